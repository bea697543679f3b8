// The shapes of the network's figures (`network.overview`, `network.cases`), and what the page makes of them. No words here.
import type { HospitalRef, Id, Instant, State, Urgency } from '../../api/types';

export const FIGURES = ['connected', 'today', 'in_session', 'waiting', 'overdue', 'consulted'] as const;
export type Figure = (typeof FIGURES)[number];
export const URGENCIES = ['emergency', 'urgent', 'routine'] as const;
export type Urgencies = Record<Urgency, number>;

/** What matters most about a hospital; the first that holds. The order is that of the legend. */
export const HOSPITAL_STATES = ['emergency', 'session', 'connected', 'quiet', 'not-joined'] as const;
export type HospitalState = (typeof HOSPITAL_STATES)[number];

export interface Rule { code: string; version: number; text: { zh: string; en: string } }
export interface NumberNow { code: string; value: number; of?: number; distinct_patients?: number; by?: Urgencies; rule: Rule; query: string }
export interface HospitalNow {
  id: Id; name: string; name_en: string; level: string; city?: Id; longitude?: number; latitude?: number;
  state: string; connected: boolean; heard?: Instant; waiting: Urgencies; waiting_since?: Instant; due?: Instant; in_session: number; today: number;
}
export interface Hour { from: Instant; asked: number; signed: number }
export interface Overview { at: Instant; next_change?: Instant; part: string; drills: { case: Id; number: string; state: string }[]; figures: NumberNow[]; hospitals: HospitalNow[]; links: { asking: Id; advising: Id }[]; hours: Hour[] }
export interface NetworkCase {
  id: Id; number: string; state: State; urgency: Urgency; submitted_at: Instant; due?: Instant; signed_at?: Instant;
  asking: HospitalRef; advising: HospitalRef[]; opens: boolean;
}
export interface NetworkCases { count: number; cases: NetworkCase[] }

export const all = (by: Urgencies): number => by.emergency + by.urgent + by.routine;
export const isFigure = (text: string | undefined): text is Figure => FIGURES.includes(text as Figure);

/** The most urgent first; of those the one whose clock runs out first. */
export function waitingFirst(hospitals: HospitalNow[]): HospitalNow[] {
  const rank = (one: HospitalNow) => (one.waiting.emergency ? 0 : one.waiting.urgent ? 1 : 2);
  return hospitals.filter((one) => all(one.waiting) > 0).sort((a, b) => rank(a) - rank(b) || (a.due ?? '').localeCompare(b.due ?? ''));
}

/** The most urgent first; of those the one that has waited longest. */
export const urgentFirst = (cases: NetworkCase[]): NetworkCase[] =>
  [...cases].sort((a, b) => URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency) || a.submitted_at.localeCompare(b.submitted_at));

/** Cases handed in today by city, most first: a city's own and those of its counties. Hospitals above the cities stand for themselves. */
export function byCity(hospitals: HospitalNow[]): { city: HospitalNow; count: number }[] {
  const known = new Map(hospitals.map((one) => [one.id, one]));
  const counts = new Map<HospitalNow, number>();
  for (const one of hospitals) {
    const city = known.get(one.city ?? one.id) ?? one;
    if (one.today) counts.set(city, (counts.get(city) ?? 0) + one.today);
  }
  return [...counts].map(([city, count]) => ({ city, count })).sort((a, b) => b.count - a.count || a.city.id.localeCompare(b.city.id));
}

export function byState(hospitals: HospitalNow[]): Record<HospitalState, number> {
  const counts = Object.fromEntries(HOSPITAL_STATES.map((state) => [state, 0])) as Record<HospitalState, number>;
  for (const one of hospitals) if (one.state in counts) counts[one.state as HospitalState] += 1;
  return counts;
}
