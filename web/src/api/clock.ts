// The server's time. Timers run by it: a ward PC whose clock is wrong must not show a wrong deadline.
let offset_ms = 0;

/** Learns the difference to the server from an instant it just sent; `sent_ms` is when we asked. */
export function learnServerTime(server: string, sent_ms: number, now_ms = Date.now()): void {
  const at = Date.parse(server);
  if (!Number.isNaN(at)) offset_ms = at + (now_ms - sent_ms) / 2 - now_ms;
}

export const serverNow = (): number => Date.now() + offset_ms;
