// A proposal under the hand: where it would be, and what of what is on the screen speaks against it. Pure. The server decides when it
// is taken; this keeps a hand from a place that is known to be none.
import type { Meeting, Plan, Proposal, Room, RotaRow, Spell } from './shape';

/** The planner's grid. */
export const STEP_MS = 300_000;
/** A row of the board. */
export type Row = { kind: 'expert'; role: string } | { kind: 'room'; room: string } | { kind: 'virtual' };
export type Hindrance = 'emergency' | 'past' | 'day' | 'specialty' | 'twice' | 'away' | 'expert' | 'room';
export interface Ground { plan: Pick<Plan, 'from' | 'to'>; people: RotaRow[]; rooms: Room[]; others: { case: string; meeting: Meeting }[]; leaving: ReadonlySet<string>; now: number }

/** The meeting so much later, in another row: another expert in place of the row's, another room, or none. */
export function movedTo(meeting: Meeting, from: Row, by_ms: number, to: Row | undefined, people: RotaRow[]): Meeting {
  const start = new Date(Math.round((Date.parse(meeting.start) + by_ms) / STEP_MS) * STEP_MS).toISOString();
  const moved: Meeting = Date.parse(start) === Date.parse(meeting.start) ? { ...meeting } : { ...meeting, start };
  if (to?.kind === 'room') return { ...moved, virtual: false, room: to.room };
  if (to?.kind === 'virtual') {
    const { room: _, ...rest } = moved;
    return { ...rest, virtual: true };
  }
  if (to?.kind !== 'expert' || from.kind !== 'expert' || to.role === from.role) return moved;
  const row = people.find((one) => one.role === to.role);
  if (!row) return moved;
  return { ...moved, experts: meeting.experts.map((expert) => (expert.role === from.role ? { ...expert, role: row.role, person: row } : expert)) };
}

const meets = (spell: Spell, from: number, to: number) => Date.parse(spell.from) < to && Date.parse(spell.to) > from;

/** Whether spells, one behind the other, leave no hole between two instants. */
function covers(spells: Spell[], from: number, to: number): boolean {
  let at = from;
  for (const spell of [...spells].sort((a, b) => Date.parse(a.from) - Date.parse(b.from))) if (Date.parse(spell.from) <= at) at = Math.max(at, Date.parse(spell.to));
  return at >= to;
}

/** Whether somebody is on leave, or outside of their hours, for some of a time. */
export const isAway = (row: Pick<RotaRow, 'away' | 'there'>, from: number, to: number): boolean => row.away.some((spell) => meets(spell, from, to)) || !covers(row.there, from, to);

/** What speaks against it; null when nothing on the screen does. */
export function hindrance(proposal: Pick<Proposal, 'case' | 'specialty' | 'urgency' | 'proposed'>, meeting: Meeting, { plan, people, rooms, others, leaving, now }: Ground): Hindrance | null {
  const [from, to] = [Date.parse(meeting.start), Date.parse(meeting.start) + meeting.minutes * 60_000];
  const later = from !== Date.parse(proposal.proposed?.start ?? meeting.start);
  if (proposal.urgency === 'emergency' && later) return 'emergency';
  if (later && from < now) return 'past';
  if (from < Date.parse(plan.from) || to > Date.parse(plan.to)) return 'day';
  const roles = meeting.experts.map((expert) => expert.role);
  if (new Set(roles).size < roles.length) return 'twice';
  const beside = others.filter((one) => one.case !== proposal.case && meets({ from: one.meeting.start, to: new Date(Date.parse(one.meeting.start) + one.meeting.minutes * 60_000).toISOString() }, from, to));
  const taken = (busy: RotaRow['busy']) => busy.some((block) => meets(block, from, to) && (block.case === undefined || (block.case !== proposal.case && !leaving.has(block.case))));
  for (const role of roles) {
    const row = people.find((one) => one.role === role);
    if (!row) continue;
    if (!proposal.proposed?.experts.some((expert) => expert.role === role) && !row.specialties.includes(proposal.specialty)) return 'specialty';
    if (isAway(row, from, to)) return 'away';
    if (taken(row.busy) || beside.some((one) => one.meeting.experts.some((expert) => expert.role === role))) return 'expert';
  }
  const room = rooms.find((one) => one.id === meeting.room);
  if (!meeting.virtual && meeting.room && ((room && taken(room.busy)) || beside.some((one) => one.meeting.room === meeting.room))) return 'room';
  return null;
}
