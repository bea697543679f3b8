// What happened to a case and when, from what stands in its report. Pure; oldest first.
import type { Case } from './api';

export interface Moment { at: string; what: 'onset' | 'found' | 'reported' | 'laboratory' | 'class' | 'graded' | 'ended'; facts?: Record<string, string> }

export function momentsOf(of: Case): Moment[] {
  const moments: Moment[] = [];
  if (of.onset) moments.push({ at: of.onset, what: 'onset' });
  if (of.clock) moments.push({ at: of.clock.from, what: 'found' }, { at: of.clock.reported_at, what: 'reported' });
  for (const one of of.laboratory) if (one.at) moments.push({ at: one.at, what: 'laboratory', facts: { name: one.name, value: one.value ?? '' } });
  for (const one of of.gradings) moments.push({ at: one.at, what: 'graded', facts: { grade: one.grade } });
  // As it was found it was suspected: that is the report itself.
  if (of.class_at !== of.clock?.from) moments.push({ at: of.class_at, what: 'class', facts: { class: of.class } });
  if (of.outcome) moments.push({ at: of.outcome.at, what: 'ended', facts: { end: of.outcome.end } });
  return moments.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
