// What a hand does to a picture: drag, wheel, pinch. Turns pointer events into steps; draws nothing.
export type Tool = 'window' | 'scroll' | 'zoom' | 'pan';

export interface Steps {
  window(center: number, width: number): void;
  scroll(slices: number): void;
  zoom(factor: number): void;
  /** As parts of the height. */
  pan(x: number, y: number): void;
}

/** A drag of so many pixels is one slice. */
const PIXELS_A_SLICE = 6;

export function hold(element: HTMLElement, tool: () => Tool, steps: Steps): () => void {
  const down = new Map<number, { x: number; y: number }>();
  let dragged: Tool = 'window';
  let rest = 0;
  let wheel = 0;

  const pick = (event: PointerEvent): Tool => {
    if (event.pointerType === 'touch') return tool() === 'window' ? 'scroll' : tool();
    if (event.button === 1 || event.shiftKey) return 'pan';
    return event.button === 2 ? 'zoom' : tool();
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
    dragged = pick(event);
    rest = 0;
    element.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    if (down.size === 2) pinch(event, before);
    else move(event.clientX - before.x, event.clientY - before.y);
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const onUp = (event: PointerEvent) => down.delete(event.pointerId);
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
