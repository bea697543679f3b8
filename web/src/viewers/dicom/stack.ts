// A series as a stack of slices in the order in which one scrolls. Pure but for the one request.
import { api } from '../../api/client';

export interface Attribute { vr: string; Value?: unknown[]; InlineBinary?: string }
export type Metadata = Record<string, Attribute | undefined>;
type Vector = [number, number, number];

export interface Slice {
  imageId: string; instance: string; frame: number; metadata: Metadata;
  /** Along the stack's normal, millimetres. */
  position: number | null;
  window: { center: number; width: number } | null;
  /** Smaller values are brighter (MONOCHROME1). */
  inverse: boolean;
  /** Why the viewer cannot show it: a code. */
  why: string | null;
}

export interface Stack {
  study: string; series: string; modality: string; description: string; date: string;
  name: string; identifier: string;
  slices: Slice[];
  normal: Vector | null;
  orientation: number[] | null;
}

const values = (metadata: Metadata, tag: string): unknown[] => metadata[tag]?.Value ?? [];
export const text = (metadata: Metadata, tag: string): string => String(values(metadata, tag)[0] ?? '');
export const numbers = (metadata: Metadata, tag: string): number[] => values(metadata, tag).map(Number).filter(Number.isFinite);
export const first = (metadata: Metadata, tag: string): number | null => numbers(metadata, tag)[0] ?? null;
export const items = (metadata: Metadata | undefined, tag: string): Metadata[] => (metadata?.[tag]?.Value ?? []) as Metadata[];

/** What stands in the frame's own group, in the shared one, or at the top. */
export function inGroups(metadata: Metadata, frame: number, group: string, tag: string): number[] {
  const own = items(items(metadata, '52009230')[frame - 1], group)[0];
  const shared = items(items(metadata, '52009229')[0], group)[0];
  for (const place of [own, shared, metadata]) {
    const found = place ? numbers(place, tag) : [];
    if (found.length) return found;
  }
  return [];
}

const cross = (a: number[], b: number[]): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const dot = (a: number[], b: number[]): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Pixels as they lie in the file. */
const NATIVE = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2'];

/** The colours of a palette: red, green, blue. */
export const PALETTES = ['00281201', '00281202', '00281203'];

/** A modality LUT: what each stored value means, from the first one it maps (PS3.3, C.11.1). */
export function modalityLut(metadata: Metadata): { from: number; table: number[] } | null {
  const [item] = items(metadata, '00283000');
  const table = item && tableOf(item, '00283006', '00283002');
  if (!table?.length) return null;
  const from = numbers(item, '00283002')[1] ?? 0;
  // It is signed when the pixels are, whatever its own VR says.
  return { from: first(metadata, '00280103') === 1 && from > 32_767 ? from - 65_536 : from, table };
}

/** A lookup table's entries, as numbers or as bytes; its descriptor says how many, and of how many bits. */
export function tableOf(metadata: Metadata, tag: string, descriptor: string): number[] | null {
  const given = metadata[tag];
  if (given?.Value?.length) return numbers(metadata, tag);
  if (!given?.InlineBinary) return null;
  const bytes = Uint8Array.from(atob(given.InlineBinary), (letter) => letter.charCodeAt(0));
  const entries = first(metadata, descriptor) || 65_536;
  // Eight bits an entry are packed, or stand in words of their own.
  if (bytes.length < 2 * entries) return [...bytes.subarray(0, entries)];
  const words = new DataView(bytes.buffer);
  return Array.from({ length: entries }, (_, at) => words.getUint16(2 * at, true));
}

/** Mirrors `why_not` in crates/wire/src/dicom/describe.rs, which decides for the series. */
export function whyNot(metadata: Metadata): string | null {
  const syntax = text(metadata, '00083002');
  const bits = first(metadata, '00280100');
  const samples = first(metadata, '00280002') ?? 1;
  if (!first(metadata, '00280010') || !first(metadata, '00280011')) return 'no-pixel-data';
  if (syntax === '1.2.840.10008.1.2.4.51' && bits !== 8) return 'jpeg-12-bit';
  if (syntax.startsWith('1.2.840.10008.1.2.4.10')) return 'video';
  if (syntax.startsWith('1.2.840.10008.1.2.4.11')) return 'syntax';
  const photometric = text(metadata, '00280004');
  // Whether its colours were turned before they were compressed cannot be told, and a wrong guess shows other colours.
  if (syntax === '1.2.840.10008.1.2.4.50' && photometric === 'RGB') return 'jpeg-rgb';
  if (samples === 3 && (bits === 16 || (photometric === 'YBR_FULL_422' && NATIVE.includes(syntax)))) return 'pixel-layout';
  if (photometric === 'PALETTE COLOR' && PALETTES.some((tag) => !tableOf(metadata, tag, '00281101'))) return 'palette';
  if ((bits !== 8 && bits !== 16) || (samples !== 1 && samples !== 3)) return 'pixel-layout';
  return null;
}

function windowOf(metadata: Metadata, frame: number): Slice['window'] {
  const [center] = inGroups(metadata, frame, '00289132', '00281050');
  const [width] = inGroups(metadata, frame, '00289132', '00281051');
  return center !== undefined && width !== undefined && width >= 1 ? { center, width } : null;
}

function personName(metadata: Metadata): string {
  const name = (values(metadata, '00100010')[0] ?? {}) as { Alphabetic?: string; Ideographic?: string };
  const characters = name.Ideographic?.replaceAll('^', '');
  const latin = name.Alphabetic?.replaceAll('^', /[\u3400-\u9fff]/.test(name.Alphabetic) ? '' : ' ').trim();
  return characters || latin || '';
}

/** Slices in the order of their place in the patient, in the scanner's direction; by number where there is no place. */
export function arrange(study: string, series: string, all: Metadata[], caseId?: string): Stack {
  const slices: Slice[] = [];
  let normal: Vector | null = null;
  let orientation: number[] | null = null;
  let parallel = true;
  for (const metadata of all) {
    const instance = text(metadata, '00080018');
    const frames = Math.max(1, first(metadata, '00280008') ?? 1);
    const why = whyNot(metadata);
    for (let frame = 1; frame <= frames; frame += 1) {
      const plane = inGroups(metadata, frame, '00209116', '00200037');
      const corner = inGroups(metadata, frame, '00209113', '00200032');
      if (plane.length === 6) {
        const own = cross(plane.slice(0, 3), plane.slice(3));
        if (!normal) [normal, orientation] = [own, plane];
        parallel &&= Math.abs(dot(normal, own)) > 0.99;
      } else parallel = false;
      slices.push({
        imageId: `wadors:/dicom-web/studies/${study}/series/${series}/instances/${instance}/frames/${frame}${caseId ? `?case=${caseId}` : ''}`,
        instance, frame, metadata, why,
        position: normal && corner.length === 3 ? dot(normal, corner) : null,
        window: windowOf(metadata, frame),
        inverse: text(metadata, '00280004') === 'MONOCHROME1',
      });
    }
  }
  const placed = parallel && slices.length > 1 && slices.every((slice) => slice.position !== null) && new Set(slices.map((slice) => slice.position)).size > 1;
  if (placed) {
    const down = (slices[0].position ?? 0) > (slices[slices.length - 1].position ?? 0);
    slices.sort((a, b) => ((a.position ?? 0) - (b.position ?? 0)) * (down ? -1 : 1));
  }
  const head = all[0] ?? {};
  return {
    study, series, slices, normal: placed || slices.length === 1 ? normal : null, orientation,
    modality: text(head, '00080060'), description: text(head, '0008103E') || text(head, '00081030'), date: text(head, '00080020'),
    name: personName(head), identifier: text(head, '00100020'),
  };
}

export async function loadStack(caseId: string, study: string, series: string): Promise<Stack> {
  const all = await api.get<Metadata[]>(`/dicom-web/studies/${study}/series/${series}/metadata`, { case: caseId });
  return arrange(study, series, all, caseId);
}

/** Whether places of two stacks mean the same: parallel, placed, and over enough of the same stretch once one is moved. */
export function comparable(from: Stack, to: Stack, moved = 0): boolean {
  const [own, other] = [from, to].map((stack) => stack.slices.map((slice) => slice.position));
  const placed = from.normal && to.normal && Math.abs(dot(from.normal, to.normal)) > 0.95 && [...own, ...other].every((place) => place !== null);
  if (!placed || !own.length || !other.length) return false;
  const sign = dot(from.normal as Vector, to.normal as Vector) < 0 ? -1 : 1;
  const ends = (places: (number | null)[], times = 1) => [Math.min(...places.map((place) => (place ?? 0) * times)), Math.max(...places.map((place) => (place ?? 0) * times))];
  const [[low, high], [from_, till]] = [ends(other, sign), ends(own)];
  const shared = Math.min(high, till + moved) - Math.max(low, from_ + moved);
  const shorter = Math.min(high - low, till - from_);
  return shared > 0.3 * shorter || (shorter === 0 && shared >= 0);
}

/**
 * The slice of `to` that lies where slice `index` of `from` lies, `moved` millimetres further along; by the part of the way where
 * places do not compare.
 */
export function sameplace(from: Stack, index: number, to: Stack, moved = 0): number {
  const last = to.slices.length - 1;
  const at = from.slices[index]?.position;
  if (at !== null && at !== undefined && comparable(from, to, moved)) {
    const sign = dot(from.normal as Vector, to.normal as Vector) < 0 ? -1 : 1;
    const wanted = (at + moved) * sign;
    let best = 0;
    const away = (candidate: number) => Math.abs((to.slices[candidate].position ?? 0) - wanted);
    to.slices.forEach((_, candidate) => { if (away(candidate) < away(best)) best = candidate; });
    return best;
  }
  return from.slices.length < 2 ? 0 : Math.round((index / (from.slices.length - 1)) * last);
}

/** Letters at the left, right, top and bottom edge: R L A P H F (PS3.3, C.7.6.1.1.1). */
export function edges(orientation: number[] | null): { left: string; right: string; top: string; bottom: string } | null {
  if (!orientation) return null;
  const letters = (direction: number[]): [string, string] => {
    const most = direction.map(Math.abs).indexOf(Math.max(...direction.map(Math.abs)));
    const [minus, plus] = [['R', 'L'], ['A', 'P'], ['F', 'H']][most];
    return direction[most] > 0 ? [minus, plus] : [plus, minus];
  };
  const [left, right] = letters(orientation.slice(0, 3));
  const [top, bottom] = letters(orientation.slice(3));
  return { left, right, top, bottom };
}
