// How a room lets one lead and the others see the same. The room carries it; only the viewer knows what is in a view.

/** A place in the picture: columns to the right, rows down, from the outer corner of the first pixel. */
export type Place = [number, number];
export type MarkKind = 'length' | 'angle' | 'ellipse' | 'probe';
/** A measurement: on one frame of one instance, whoever shows it. */
export interface Mark { id: string; kind: MarkKind; instance: string; frame: number; places: Place[] }
/** The mark and the handle that are in hand; `keys`: arrows move it. */
export interface Chosen { id: string; at: number; keys?: boolean }

export interface PaneView {
  study: string; series: string; instance: string; frame: number;
  index: number; position: number | null;
  voi: { center: number; width: number } | null;
  /** Relative to the fitted image. */
  zoom: number;
  /** As parts of the pane's height. */
  pan: [number, number];
  invert: boolean;
  /** Set by hand: so many millimetres further along than the others when they scroll together. */
  offset: number;
}

export const LAYOUTS = ['1x1', '1x2', '2x1', '1x3', '2x2'] as const;
/** Rows x columns. */
export type Layout = (typeof LAYOUTS)[number];

export interface SharedView { panes: PaneView[]; active: number; layout: Layout; linked: boolean; marks: Mark[] }
export interface SharedPoint { pane: number; x: number; y: number; by: string }

export interface ViewShare {
  mode: 'alone' | 'lead' | 'follow';
  publish(view: SharedView): void;
  /** The last view is replayed at once. */
  subscribe(listener: (view: SharedView) => void): () => void;
  /** x and y in 0..1 of the image. */
  point(at: { pane: number; x: number; y: number } | null): void;
  onPoint(listener: (at: SharedPoint | null) => void): () => void;
}

/** How many panes a layout has. */
export const panesOf = (layout: Layout): number => Number(layout[0]) * Number(layout[2]);
