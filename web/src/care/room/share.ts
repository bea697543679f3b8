// Lead and follow: what the leader's viewer shows goes out thinned, what comes in reaches the viewer of those who follow.
import type { SharedPoint, SharedView, ViewShare } from '../../viewers/dicom/share';
import type { ToServer } from './protocol';

const EVERY_MS = 40;
type Pointed = SharedPoint | null;
type Point = Omit<SharedPoint, 'by'> | null;

/** Sends at once, then at most every 40 ms; the last one is never lost. */
class Thin<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private next: { value: T } | undefined;
  constructor(private readonly send: (value: T) => void) {}

  push(value: T): void {
    if (this.timer) {
      this.next = { value };
      return;
    }
    this.send(value);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const next = this.next;
      this.next = undefined;
      if (next) this.push(next.value);
    }, EVERY_MS);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

export class Share {
  mode: ViewShare['mode'] = 'alone';
  /** Whether one looks alone although somebody leads. */
  private alone = false;
  private leader: string | null = null;
  private you = '';
  private view: SharedView | null = null;
  private readonly views = new Set<(view: SharedView) => void>();
  private readonly points = new Set<(point: Pointed) => void>();
  private readonly modes = new Set<() => void>();
  private readonly viewsOut: Thin<SharedView>;
  private readonly pointsOut: Thin<Point>;

  constructor(say: (said: ToServer) => void) {
    this.viewsOut = new Thin((view) => say({ type: 'view', view }));
    this.pointsOut = new Thin((point) => say({ type: 'point', point }));
  }

  publish(view: SharedView): void {
    if (this.mode === 'lead') this.viewsOut.push(view);
  }
  point(point: Point): void {
    if (this.mode === 'lead') this.pointsOut.push(point);
  }
  subscribe(listener: (view: SharedView) => void): () => void {
    this.views.add(listener);
    if (this.view && this.mode === 'follow') listener(this.view);
    return () => this.views.delete(listener);
  }
  onPoint(listener: (point: Pointed) => void): () => void {
    this.points.add(listener);
    return () => this.points.delete(listener);
  }
  onMode = (listener: () => void): (() => void) => {
    this.modes.add(listener);
    return () => this.modes.delete(listener);
  };
  readMode = (): ViewShare['mode'] => this.mode;

  /** For a viewer, which is told a change of mode by a new object. */
  as(mode: ViewShare['mode']): ViewShare {
    return {
      mode, publish: (view) => this.publish(view), point: (point) => this.point(point),
      subscribe: (listener) => this.subscribe(listener), onPoint: (listener) => this.onPoint(listener),
    };
  }

  /** Somebody leads, or nobody. Who follows again sees at once what is shown. */
  lead(leader: string | null, you: string): void {
    if (leader !== this.leader) this.alone = false;
    this.leader = leader;
    this.you = you;
    this.settle();
  }
  lookAlone(alone: boolean): void {
    this.alone = alone;
    this.settle();
  }
  take(view: SharedView): void {
    this.view = view;
    if (this.mode === 'follow') this.views.forEach((tell) => tell(view));
  }
  pointed(point: Pointed): void {
    if (this.mode === 'follow') this.points.forEach((tell) => tell(point));
  }
  end(): void {
    this.viewsOut.end();
    this.pointsOut.end();
  }

  private settle(): void {
    const before = this.mode;
    this.mode = !this.leader ? 'alone' : this.leader === this.you ? 'lead' : this.alone ? 'alone' : 'follow';
    if (before === this.mode) return;
    this.modes.forEach((tell) => tell());
    if (this.mode !== 'follow') this.points.forEach((tell) => tell(null));
    else if (this.view) this.take(this.view);
  }
}
