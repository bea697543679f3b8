// What the viewer shows, and how it changes: pure steps over a SharedView, given the stacks that have come.
import type { Choice } from './dates';
import { panesOf, type Layout, type Mark, type PaneView, type SharedView } from './share';
import { comparable, sameplace, type Stack } from './stack';

export type Stacks = (pane: PaneView) => Stack | undefined;

export const keyOfStack = (one: { study: string; series: string }): string => `${one.study}/${one.series}`;

export const paneOf = (choice: Choice): PaneView => ({
  study: choice.study.uid, series: choice.series.uid, instance: '', frame: 1, index: 0, position: null, voi: null, zoom: 1, pan: [0, 0], invert: false, offset: 0,
});

export const begin = (choice: Choice): SharedView => ({ panes: [paneOf(choice)], active: 0, layout: '1x1', linked: true, marks: [] });

/** The panes that are on the glass. */
export const visible = (view: SharedView): PaneView[] => view.panes.slice(0, panesOf(view.layout));

/** A pane at another slice of its stack. */
export function place(pane: PaneView, index: number, stack: Stack | undefined): PaneView {
  const at = stack ? Math.max(0, Math.min(stack.slices.length - 1, index)) : index;
  const slice = stack?.slices[at];
  return slice ? { ...pane, index: at, instance: slice.instance, frame: slice.frame, position: slice.position } : pane;
}

/** Scrolls a pane, and with it the others where they are linked. */
export function scroll(view: SharedView, from: number, index: number, stackOf: Stacks): SharedView {
  const stack = stackOf(view.panes[from]);
  const moved = place(view.panes[from], index, stack);
  const linked = view.linked && panesOf(view.layout) > 1;
  return {
    ...view,
    panes: view.panes.map((pane, at) => {
      if (at === from) return moved;
      const other = stackOf(pane);
      return linked && at < panesOf(view.layout) && stack && other ? place(pane, sameplace(stack, moved.index, other, pane.offset - moved.offset), other) : pane;
    }),
  };
}

/** A pane moved alone by hand: what it then lies further along than the others is kept when they scroll together. */
export function shift(view: SharedView, at: number, slices: number, stackOf: Stacks): SharedView {
  const stack = stackOf(view.panes[at]);
  const moved = place(view.panes[at], view.panes[at].index + slices, stack);
  return { ...view, panes: offsets(view.panes.map((pane, index) => (index === at ? moved : pane)), view.layout, at, stackOf) };
}

/** The offset of pane `at`, from where it stands beside the first other pane that compares with it. */
function offsets(panes: PaneView[], layout: Layout, at: number, stackOf: Stacks): PaneView[] {
  const own = stackOf(panes[at]);
  const beside = panes.slice(0, panesOf(layout)).find((other, index) => {
    const stack = stackOf(other);
    return index !== at && other.position !== null && own && stack && comparable(own, stack, 0);
  });
  if (!beside || panes[at].position === null || beside.position === null) return panes;
  const offset = Math.round((panes[at].position - beside.position + beside.offset) * 100) / 100;
  // Half a slice is where the nearest slice lies, not where somebody put it.
  const step = own && own.slices.length > 1 ? Math.abs((own.slices[1].position ?? 0) - (own.slices[0].position ?? 0)) : 0;
  return panes.map((pane, index) => (index === at ? { ...pane, offset: Math.abs(offset) < step / 2 ? 0 : offset } : pane));
}

/** Linked again: as they stand beside each other now. */
export function link(view: SharedView, linked: boolean, stackOf: Stacks): SharedView {
  if (!linked) return { ...view, linked };
  const count = panesOf(view.layout);
  const panes = view.panes.map((_, at) => at).slice(1, count).reduce((all, at) => offsets(all, view.layout, at, stackOf), view.panes);
  return { ...view, linked, panes };
}

/** Aligned by position again, at the place of the active pane. */
export function align(view: SharedView, stackOf: Stacks): SharedView {
  const bare = { ...view, linked: true, panes: view.panes.map((pane) => ({ ...pane, offset: 0 })) };
  return scroll(bare, bare.active, bare.panes[bare.active].index, stackOf);
}

/** Another layout; panes that come are filled from `more`. */
export function lay(view: SharedView, layout: Layout, more: PaneView[]): SharedView {
  const wanted = panesOf(layout);
  const active = view.panes[view.active];
  // What is looked at stays where one pane is left.
  const kept = wanted === 1 ? [active, ...view.panes.filter((pane) => pane !== active)] : view.panes;
  const fill = more.filter((pane) => !kept.some((one) => keyOfStack(one) === keyOfStack(pane)));
  const panes = [...kept, ...fill];
  while (panes.length < wanted) panes.push({ ...active });
  return { ...view, layout, panes, active: wanted === 1 ? 0 : Math.min(view.active, wanted - 1) };
}

/** Days beside each other, linked by position. */
export function layDates(view: SharedView, choices: Choice[]): SharedView {
  const current = view.panes[view.active];
  const panes = choices.map((choice): PaneView => (keyOfStack(paneOf(choice)) === keyOfStack(current) ? { ...current, offset: 0 } : { ...paneOf(choice), voi: current.voi, zoom: current.zoom, pan: current.pan, invert: current.invert }));
  const active = Math.max(0, panes.findIndex((pane) => keyOfStack(pane) === keyOfStack(current)));
  return { ...view, panes, active, layout: choices.length > 2 ? '1x3' : '1x2', linked: true };
}

/** Marks of the frame that a pane shows. */
export const marksOf = (view: SharedView, pane: PaneView): Mark[] => view.marks.filter((mark) => mark.instance === pane.instance && mark.frame === pane.frame);

/** Most marks that are kept: a room carries them all. */
export const MARKS_MAX = 40;
