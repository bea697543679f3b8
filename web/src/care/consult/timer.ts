// How a deadline is told: how much is left, how near it is, and the parts of the words. Pure; the time is an argument.
export interface Span { started: string; due: string }
export type Level = 'calm' | 'near' | 'over';
export interface Left { left_ms: number; share: number; level: Level }

const MINUTE_MS = 60_000;

/** `share` is how much of the time is used up, 0 to 1; `near` means less than 45 % is left. */
export function left(timer: Span, now_ms: number): Left {
  const due = Date.parse(timer.due);
  const whole = Math.max(due - Date.parse(timer.started), 1);
  const left_ms = due - now_ms;
  const share = Math.min(1, Math.max(0, 1 - left_ms / whole));
  return { left_ms, share, level: left_ms < 0 ? 'over' : left_ms < whole * 0.45 ? 'near' : 'calm' };
}

export type Spelled = { form: 'clock'; minutes: number; seconds: string } | { form: 'minutes'; minutes: number } | { form: 'hours'; hours: number; minutes: number } | { form: 'days'; days: number; hours: number };

/** Under ten minutes every second counts and is shown; beyond, minutes are enough. */
export function spell(span_ms: number): Spelled {
  const size = Math.abs(span_ms);
  const minutes = Math.floor(size / MINUTE_MS);
  if (minutes < 10) return { form: 'clock', minutes, seconds: String(Math.floor((size % MINUTE_MS) / 1000)).padStart(2, '0') };
  if (minutes < 60) return { form: 'minutes', minutes };
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return { form: 'hours', hours, minutes: minutes % 60 };
  return { form: 'days', days: Math.floor(hours / 24), hours: hours % 24 };
}
