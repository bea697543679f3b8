// Free and busy on one axis: where a block lies, and whether a wanted slot clashes with it. Pure.
export interface Block { from: string; to: string }
export interface Slot { start_ms: number; end_ms: number }

export const HOUR_MS = 3_600_000;

/** Eight hours around the wanted start, beginning with the whole hour before it. */
export function axis(start_ms: number, hours = 8): Slot {
  const begin = Math.floor((start_ms - HOUR_MS / 2) / HOUR_MS) * HOUR_MS;
  return { start_ms: begin, end_ms: begin + hours * HOUR_MS };
}

export function place(block: Block, on: Slot): { left: number; width: number } | null {
  const from = Math.max(Date.parse(block.from), on.start_ms);
  const to = Math.min(Date.parse(block.to), on.end_ms);
  if (!(to > from)) return null;
  const whole = on.end_ms - on.start_ms;
  return { left: ((from - on.start_ms) / whole) * 100, width: ((to - from) / whole) * 100 };
}

export function clash<B extends Block>(busy: readonly B[], slot: Slot): B | undefined {
  return busy.find((block) => Date.parse(block.from) < slot.end_ms && Date.parse(block.to) > slot.start_ms);
}

/** The moment under a click on a strip, on a whole five minutes. */
export function momentAt(share: number, on: Slot): number {
  const at = on.start_ms + Math.min(1, Math.max(0, share)) * (on.end_ms - on.start_ms);
  return Math.floor(at / 300_000) * 300_000;
}
