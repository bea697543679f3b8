// How a room lets one lead and the others see the same. The room carries it; only the viewer knows what is in a view.
export interface PaneView {
  study: string; series: string; instance: string; frame: number;
  index: number; position: number | null;
  voi: { center: number; width: number } | null;
  /** Relative to the fitted image. */
  zoom: number;
  /** As parts of the pane's height. */
  pan: [number, number];
  invert: boolean;
}

export interface SharedView { panes: PaneView[]; active: number; compare: boolean; linked: boolean }
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
