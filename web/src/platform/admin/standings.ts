// Where the hospitals of a rollout stand, in groups that somebody acts on: what is wrong first.
import type { JoinRow } from '../api';

export const GROUPS = ['wrong', 'under_way', 'accepted', 'none'] as const;
export type Group = (typeof GROUPS)[number];

const OF: Record<string, Group> = { failing: 'wrong', out: 'wrong', late: 'wrong', invited: 'under_way', joined: 'under_way', probed: 'under_way', accepted: 'accepted' };

export const groupOf = (row: Pick<JoinRow, 'state'>): Group => OF[row.state] ?? 'none';

/** How many of each. */
export function counted(rows: readonly Pick<JoinRow, 'state'>[]): Record<Group, number> {
  const counts: Record<Group, number> = { wrong: 0, under_way: 0, accepted: 0, none: 0 };
  for (const row of rows) counts[groupOf(row)] += 1;
  return counts;
}

/** Those of a group (all without one) that the words name, by name or by whom one calls; what is wrong first, else as they came. */
export function shown(rows: readonly JoinRow[], only: Group | null, words: string): JoinRow[] {
  const asked = words.trim().toLowerCase();
  const names = (row: JoinRow) => [row.hospital.name, row.hospital.name_en, row.hospital.id, row.contact?.name, row.contact?.phone];
  return rows
    .filter((row) => (!only || groupOf(row) === only) && (!asked || names(row).some((name) => name?.toLowerCase().includes(asked))))
    .sort((a, b) => GROUPS.indexOf(groupOf(a)) - GROUPS.indexOf(groupOf(b)));
}
