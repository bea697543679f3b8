// The chips above the inbox, as a list: what each asks the server for, and which count stands on it.
import type { Inbox, State } from '../../api/types';
import type { InboxAsk } from './queries';

const REPORT: State[] = ['opinion-drafted'];
const GROUPS = {
  new: ['submitted', 'returned', 'triaged', 'escalated'],
  planned: ['scheduled', 'waiting', 'converted-async', 'no-show'],
  live: ['in-session', 'suspended'],
  report: REPORT,
  answered: ['signed', 'delivered', 'acknowledged', 'followed-up'],
  done: ['closed', 'declined', 'cancelled', 'transferred'],
} as const satisfies Record<string, readonly State[]>;

export const SHOWS = ['all', 'waiting', 'emergency', ...(Object.keys(GROUPS) as (keyof typeof GROUPS)[])] as const;
export type Show = (typeof SHOWS)[number];
export const showOf = (text: string | undefined): Show => SHOWS.find((show) => show === text) ?? 'all';

export function askFor(show: Show, q: string | undefined): InboxAsk {
  const search = q?.trim() ? { q: q.trim() } : {};
  if (show === 'all') return search;
  if (show === 'waiting') return { waiting: 'me', ...search };
  if (show === 'emergency') return { urgency: 'emergency', ...search };
  return { state: GROUPS[show].join(','), ...search };
}

export function countOf(show: Show, counts: Inbox['counts']): number {
  if (show === 'all') return counts.all;
  if (show === 'waiting') return counts.waiting;
  if (show === 'emergency') return counts.emergency;
  return GROUPS[show].reduce((total, state) => total + (counts.by_state[state] ?? 0), 0);
}
