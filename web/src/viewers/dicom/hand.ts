// What a hand does to a picture: drag, wheel, pinch, draw. Turns pointer events into steps; draws nothing.
import type { MarkKind } from './share';

export type Tool = 'window' | 'scroll' | 'zoom' | 'pan' | MarkKind;
export const DRAWING: readonly Tool[] = ['length', 'angle', 'ellipse', 'probe'];

/** Drawing, in pixels of the element. */
export interface Pen {
  /** Whether this touches a mark or begins one. */
  down(x: number, y: number, wide: boolean): boolean;
  move(x: number, y: number): void;
  up(x: number, y: number): void;
  /** A second finger came: it was no drawing. */
  cancel(): void;
}

export interface Steps {
  window(center: number, width: number): void;
  scroll(slices: number): void;
  zoom(factor: number): void;
  /** As parts of the height. */
  pan(x: number, y: number): void;
  pen: Pen;
}

/** A drag of so many pixels is one slice. */
const PIXELS_A_SLICE = 6;

export function hold(element: HTMLElement, tool: () => Tool, steps: Steps): () => void {
  const down = new Map<number, { x: number; y: number }>();
  let dragged: Tool | 'pen' = 'window';
  let rest = 0;
  let wheel = 0;

  const pick = (event: PointerEvent): Tool => {
    // A pen that touched nothing leaves the hand to scroll.
    const chosen = DRAWING.includes(tool()) ? 'scroll' : tool();
    if (event.pointerType === 'touch') return chosen === 'window' ? 'scroll' : chosen;
    if (event.button === 1 || event.shiftKey) return 'pan';
    return event.button === 2 ? 'zoom' : chosen;
  };
  const at = (event: PointerEvent): [number, number] => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const move = (dx: number, dy: number) => {
    const height = element.clientHeight || 1;
    if (dragged === 'window') steps.window(dy, dx);
    else if (dragged === 'zoom') steps.zoom(Math.exp(-dy / 180));
    else if (dragged === 'pan') steps.pan(dx / height, dy / height);
    else {
      rest += dy / PIXELS_A_SLICE;
      const whole = Math.trunc(rest);
      rest -= whole;
      if (whole) steps.scroll(whole);
    }
  };
  const pinch = (event: PointerEvent, before: { x: number; y: number }) => {
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) return;
    const span = (at: { x: number; y: number }) => Math.hypot(at.x - other.x, at.y - other.y) || 1;
    steps.zoom(span({ x: event.clientX, y: event.clientY }) / span(before));
    const height = element.clientHeight || 1;
    steps.pan((event.clientX - before.x) / 2 / height, (event.clientY - before.y) / 2 / height);
  };
  const onDown = (event: PointerEvent) => {
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (down.size > 1 && dragged === 'pen') steps.pen.cancel();
    const draws = down.size === 1 && event.button === 0 && !event.shiftKey && steps.pen.down(...at(event), event.pointerType === 'touch');
    dragged = draws ? 'pen' : pick(event);
    rest = 0;
    element.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    const before = down.get(event.pointerId);
    if (!before) {
      steps.pen.move(...at(event));
      return;
    }
    if (down.size === 2) pinch(event, before);
    else if (dragged === 'pen') steps.pen.move(...at(event));
    else move(event.clientX - before.x, event.clientY - before.y);
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const onUp = (event: PointerEvent) => {
    if (dragged === 'pen' && down.has(event.pointerId)) {
      steps.pen.up(...at(event));
      dragged = 'scroll';
    }
    down.delete(event.pointerId);
  };
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    if (event.ctrlKey) return steps.zoom(Math.exp(-event.deltaY / 400));
    wheel += event.deltaMode === 0 ? event.deltaY / 60 : event.deltaY / 2;
    const whole = Math.abs(event.deltaY) >= 60 ? Math.sign(wheel) * Math.max(1, Math.trunc(Math.abs(wheel))) : Math.trunc(wheel);
    if (whole) {
      wheel = 0;
      steps.scroll(Math.max(-5, Math.min(5, whole)));
    }
    return undefined;
  };
  const noMenu = (event: Event) => event.preventDefault();
  element.addEventListener('pointerdown', onDown);
  element.addEventListener('pointermove', onMove);
  element.addEventListener('pointerup', onUp);
  element.addEventListener('pointercancel', onUp);
  element.addEventListener('wheel', onWheel, { passive: false });
  element.addEventListener('contextmenu', noMenu);
  return () => {
    element.removeEventListener('pointerdown', onDown);
    element.removeEventListener('pointermove', onMove);
    element.removeEventListener('pointerup', onUp);
    element.removeEventListener('pointercancel', onUp);
    element.removeEventListener('wheel', onWheel);
    element.removeEventListener('contextmenu', noMenu);
  };
}
