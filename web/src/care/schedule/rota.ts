// A week of duties by specialty: who is called first and who stands by, and where nobody is. Pure.
import dayjs, { type Dayjs } from 'dayjs';
import type { Rota, RotaRow } from './shape';

export interface Span { from: number; to: number }
export type RotaDuty = RotaRow['duties'][number];
/** A duty with whose it is. */
export interface Call { duty: RotaDuty; row: RotaRow }
/** A specialty with its calls, and the spans in which nobody, or one alone, can be called. */
export interface Ring { specialty: string; calls: Call[]; nobody: Span[]; alone: Span[] }

export const DAYS = 7;

/** The Monday of the week of this instant, where the reader is. */
export const mondayOf = (at: number | string): Dayjs => {
  const day = dayjs(at).startOf('day');
  return day.subtract((day.day() + 6) % 7, 'day');
};

/** The seven days of a week, each from its midnight to the next: one of them has 23 or 25 hours where clocks are changed. */
export const daysOf = (monday: Dayjs): Span[] => Array.from({ length: DAYS }, (_, n) => ({ from: monday.add(n, 'day').valueOf(), to: monday.add(n + 1, 'day').valueOf() }));

const spanOf = (one: { from: string; to: string }): Span => ({ from: Date.parse(one.from), to: Date.parse(one.to) });

export const meets = (one: { from: string; to: string }, span: Span): boolean => Date.parse(one.from) < span.to && Date.parse(one.to) > span.from;

/** The spans of a window in which fewer than `least` of these are there. */
export function below(spans: readonly Span[], window: Span, least: number): Span[] {
  const edges = [...new Set([window.from, window.to, ...spans.flatMap(({ from, to }) => [from, to])])].filter((at) => at >= window.from && at <= window.to).sort((a, b) => a - b);
  const found: Span[] = [];
  edges.slice(0, -1).forEach((from, n) => {
    const to = edges[n + 1] ?? from;
    if (spans.filter((one) => one.from < to && one.to > from).length >= least) return;
    const last = found.at(-1);
    if (last?.to === from) last.to = to;
    else found.push({ from, to });
  });
  return found;
}

/** One ring for each specialty for which anybody is on call in the window, in the order of its code; calls by time, then place. */
export function rings(rota: Pick<Rota, 'experts'>, window: Span): Ring[] {
  const calls = rota.experts.flatMap((row) => row.duties.filter((duty) => meets(duty, window)).map((duty) => ({ duty, row })));
  const specialties = [...new Set(calls.map(({ duty }) => duty.specialty))].sort();
  return specialties.map((specialty) => {
    const own = calls.filter(({ duty }) => duty.specialty === specialty).sort((a, b) => Date.parse(a.duty.from) - Date.parse(b.duty.from) || a.duty.rank - b.duty.rank);
    const spans = own.map(({ duty }) => spanOf(duty));
    const nobody = below(spans, window, 1);
    const alone = below(spans, window, 2).flatMap((span) => without(span, nobody));
    return { specialty, calls: own, nobody, alone };
  });
}

/** What of these spans is still to come. */
export const ahead = (spans: readonly Span[], now: number): Span[] => spans.filter(({ to }) => to > now).map(({ from, to }) => ({ from: Math.max(from, now), to }));

/** What is left of a span without those that lie in it. */
function without(span: Span, gone: readonly Span[]): Span[] {
  let from = span.from;
  const left: Span[] = [];
  for (const one of gone.filter((other) => other.from < span.to && other.to > span.from)) {
    if (one.from > from) left.push({ from, to: one.from });
    from = Math.max(from, one.to);
  }
  if (from < span.to) left.push({ from, to: span.to });
  return left;
}

/** The same duty so many days later, at the same hour of the clock. */
export const later = (duty: { from: string; to: string }, days: number) => ({ from: dayjs(duty.from).add(days, 'day').toISOString(), to: dayjs(duty.to).add(days, 'day').toISOString() });

export const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Days of the week as runs: Monday to Friday, Sunday. */
export function runsOf(days: readonly string[]): { first: (typeof WEEK)[number]; last: (typeof WEEK)[number] }[] {
  const runs: { first: (typeof WEEK)[number]; last: (typeof WEEK)[number] }[] = [];
  WEEK.forEach((day, n) => {
    if (!days.includes(day)) return;
    const last = runs.at(-1);
    if (last && WEEK[n - 1] === last.last) last.last = day;
    else runs.push({ first: day, last: day });
  });
  return runs;
}
