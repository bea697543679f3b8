// A plan as the server describes it, and what the screen makes of it: what can be taken, where a block lies, a cost in time. Pure.
import type { components } from '../../api/schema';

/** What is null for the server is absent for us. */
type Said<T> = T extends (infer I)[] ? Said<I>[] : T extends object ? { [K in keyof T]: Said<Exclude<T[K], null>> } : T;
type Server = components['schemas'];
export type Plan = Said<Server['PlanProposed']>;
export type Proposal = Said<Server['PlanProposal']>;
export type Meeting = Said<Server['PlanMeeting']>;
export type Specialist = Said<Server['PlanSpecialist']>;
export type Costs = Said<Server['PlanCosts']>;
export type Rota = Said<Server['Rota']>;
export type RotaRow = Said<Server['RotaRow']>;
export type Room = Said<Server['ScheduleRoom']>;
export type Spell = Said<Server['RotaSpell']>;
export type Taken = Said<Server['PlanTaken']>;
export type Acceptance = Server['PlanAccepted'];

/** As the server bounds a question of what would be, and an answer (propose.rs, accept.rs). */
export const ROOMS_MAX = 5;
export const AWAY_MAX = 50;
export const ACCEPT_MAX = 200;
export const DAYS = 8;

export const SHOWS = ['open', 'stays', 'all'] as const;
export type Show = (typeof SHOWS)[number];
export const isShow = (text: string | undefined): text is Show => SHOWS.includes(text as Show);
export const shows = (show: Show, proposal: Proposal): boolean => show === 'all' || (proposal.becomes === 'stays') === (show === 'stays');

const URGENCIES = ['emergency', 'urgent', 'routine'] as const;
/** As the server orders them within each urgency. */
export const urgentFirst = (proposals: Proposal[]): Proposal[] => [...proposals].sort((a, b) => URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency));

/** Something would be arranged that is not: only that can be taken. */
export const isOpen = (proposal: Proposal): boolean => Boolean(proposal.proposed) && (proposal.becomes === 'new' || proposal.becomes === 'moved');

/** An emergency begins when it is taken, whatever time is asked for: only who sees it can be another. */
export const canInstead = (proposal: Proposal, { start }: Meeting): boolean => isOpen(proposal) && (proposal.urgency !== 'emergency' || Date.parse(start) === Date.parse(proposal.proposed?.start ?? ''));

/** What an assignment is asked for; a room that there is not cannot be asked for. */
export const acceptance = ({ case: id, version }: Pick<Proposal, 'case' | 'version'>, { experts, start, minutes, room }: Meeting): Acceptance => ({
  case: id, version, experts: experts.map((expert) => expert.role), start, minutes, ...(room ? { room } : {}),
});

export const sameMeeting = (a: Meeting | undefined, b: Meeting | undefined): boolean => JSON.stringify(a && key(a)) === JSON.stringify(b && key(b));
const key = (meeting: Meeting) => [meeting.experts.map((expert) => expert.role), Date.parse(meeting.start), meeting.minutes, meeting.virtual, meeting.room ?? null];

/** A cost is counted in five minutes that a routine patient waits; it is told as that time. */
export function costSpan(units: number): { form: 'minutes' | 'hours' | 'days'; n: number; m: number } {
  const minutes = Math.round(Math.abs(units) * 5);
  if (minutes < 120) return { form: 'minutes', n: minutes, m: 0 };
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return { form: 'hours', n: hours, m: minutes % 60 };
  return { form: 'days', n: Math.floor(hours / 24), m: hours % 24 };
}
export const TERMS = ['waiting', 'late', 'unplaced', 'load', 'continuity', 'moved'] as const;

export const HOUR_MS = 3_600_000;
/** Pixels of an hour on the board: half an hour must hold the last digits of a case's number. */
export const HOUR_PX = 116;
export interface Axis { from: number; to: number; width: number }

/** Whole hours around what is planned. */
export function axisOf({ from, to }: Spell): Axis {
  const begin = Math.floor(Date.parse(from) / HOUR_MS) * HOUR_MS;
  const end = Math.max(Math.ceil(Date.parse(to) / HOUR_MS) * HOUR_MS, begin + HOUR_MS);
  return { from: begin, to: end, width: ((end - begin) / HOUR_MS) * HOUR_PX };
}

export function place(on: Axis, from_ms: number, to_ms: number): { left: number; width: number } | null {
  const from = Math.max(from_ms, on.from);
  const to = Math.min(to_ms, on.to);
  return to > from ? { left: ((from - on.from) / HOUR_MS) * HOUR_PX, width: ((to - from) / HOUR_MS) * HOUR_PX } : null;
}

export interface Block { case: string; from: number; to: number }
export const blockOf = (id: string, meeting: Meeting): Block => ({ case: id, from: Date.parse(meeting.start), to: Date.parse(meeting.start) + meeting.minutes * 60_000 });

/** Puts blocks into as few lines as they need, none over another. */
export function lines<B extends Block>(blocks: B[]): B[][] {
  const all: B[][] = [];
  for (const block of [...blocks].sort((a, b) => a.from - b.from)) {
    const free = all.find((line) => line[line.length - 1].to <= block.from);
    if (free) free.push(block);
    else all.push([block]);
  }
  return all;
}

/** One row a person, as the planner sees them: the post at the highest hospital, which the rota names first. */
export function onePost(rows: RotaRow[]): RotaRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(row.id) && seen.add(row.id));
}

/** The date of an instant in a zone, as `YYYY-MM-DD`. */
export const dateIn = (at_ms: number, zone: string | undefined): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at_ms);

/** Days from one on, by the calendar. */
export const daysFrom = (first: string, count = DAYS): string[] => Array.from({ length: count }, (_, n) => new Date(Date.parse(`${first}T00:00:00Z`) + n * 24 * HOUR_MS).toISOString().slice(0, 10));

/** The number's own part: the rest is the same for all of them. */
export const shortNumber = (number: string): string => number.split('-').pop() ?? number;
