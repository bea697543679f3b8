// A key image into the draft of the opinion: where it is and how it is shown in one draft, its picture in another under the same id.
import { api } from '../../api/client';
import type { Draft, Id } from '../../api/types';
import type { Presentation } from './asked';
import { capture } from './capture';
import type { Mark, PaneView } from './share';
import { edges, type Stack } from './stack';

export interface KeyImageDraft {
  case: Id; study: string; series: string; instance: string; frame: number;
  /** The place in the series as a reader counts: "12/24". */
  number: string;
  note: string;
  view: Presentation;
  /** For the list alone; the server takes date and words from the study itself. */
  date: string; modality: string; description: string; thumb: string; marked_at: string;
}

export const keyImagesKey = (caseId: Id) => ['key-images', caseId];

/** Marks what a pane shows. */
export async function keepKeyImage(caseId: Id, pane: HTMLElement, view: PaneView, stack: Stack, marks: Mark[]): Promise<void> {
  const date = /^\d{8}$/.test(stack.date) ? `${stack.date.slice(0, 4)}-${stack.date.slice(4, 6)}-${stack.date.slice(6)}` : stack.date;
  const number = `${view.index + 1}/${stack.slices.length}`;
  const window = view.voi ? `W ${view.voi.width} L ${view.voi.center}` : '';
  const { png, thumb } = await capture(pane, [date, stack.modality, number, window].filter(Boolean).join('  '), edges(stack.orientation));
  const body: KeyImageDraft = {
    case: caseId, study: stack.study, series: stack.series, instance: view.instance, frame: view.frame, number, note: '',
    view: { voi: view.voi, zoom: view.zoom, pan: view.pan, invert: view.invert, marks },
    date, modality: stack.modality, description: stack.description, thumb, marked_at: new Date().toISOString(),
  };
  const made = await api.post<Draft<KeyImageDraft>>('/api/drafts/key-image', { body });
  try {
    await api.put(`/api/drafts/key-picture/${made.id}`, { revision: 0, body: { png } });
  } catch (error) {
    await api.delete(`/api/drafts/key-image/${made.id}`).catch(() => undefined);
    throw error;
  }
}

/** The key images marked in a case, in the order in which they were. */
export async function keyImages(caseId: Id): Promise<Draft<KeyImageDraft>[]> {
  const { drafts } = await api.get<{ drafts: Draft<KeyImageDraft>[] }>('/api/drafts/key-image');
  return drafts.filter((one) => one.body.case === caseId).sort((a, b) => a.body.marked_at.localeCompare(b.body.marked_at));
}
