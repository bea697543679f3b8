// How a viewer shows the same picture to several people: one leads, the others follow or look alone. The room carries it.

/** Whatever a viewer needs to show the same again; at most 12 kB as JSON. */
export type SharedView = Record<string, unknown>;

/** A place in an image: 0 to 1 from the left and from the top of what is shown. */
export interface SharedPoint { pane: number; x: number; y: number }

export interface ViewShare {
  mode: 'alone' | 'lead' | 'follow';
  /** The leader's viewer calls it at every change; it is thinned out on the way, the last one always arrives. */
  publish(view: SharedView): void;
  /** What the leader shows; the last view is told at once. */
  subscribe(listener: (view: SharedView) => void): () => void;
  /** The leader's pointer; null when it left the image. */
  point(point: SharedPoint | null): void;
  onPoint(listener: (point: (SharedPoint & { by: string }) | null) => void): () => void;
}
