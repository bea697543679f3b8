import { expect, it } from 'vitest';
import { type Ground, hindrance, movedTo } from './drag';
import type { Meeting, Proposal, Room, RotaRow } from './shape';

const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 10, 24, hour, minute)).toISOString();
const row = (role: string, specialties: string[], more: object = {}) => ({ id: role, role, name: role, specialties, there: [{ from: at(0), to: at(9) }, { from: at(9), to: at(12) }], away: [], busy: [], duties: [], days: {}, version: 1, ...more }) as unknown as RotaRow;
const people = [row('li', ['respiratory']), row('yu', ['respiratory'], { busy: [{ from: at(4), to: at(5), case: 'other', what: '0002' }] }), row('feng', ['radiology']), row('shi', ['respiratory'], { away: [{ from: at(6), to: at(7) }] })];
const rooms = [{ id: 'r1', busy: [] }, { id: 'r2', busy: [{ from: at(2), to: at(3) }] }] as unknown as Room[];
const meeting = (start: string, role = 'li', room?: string): Meeting => ({ experts: [{ role }], start, minutes: 30, virtual: !room, ...(room ? { room } : {}) }) as unknown as Meeting;
const proposal = { case: 'c', specialty: 'respiratory', urgency: 'routine', proposed: meeting(at(2), 'li', 'r1') } as unknown as Proposal;
const ground: Ground = { plan: { from: at(0), to: at(12) }, people, rooms, others: [{ case: 'c', meeting: meeting(at(2), 'li', 'r1') }, { case: 'd', meeting: meeting(at(8), 'li', 'r1') }], leaving: new Set(), now: Date.parse(at(1)) };
const why = (one: Meeting, over: Partial<Ground> = {}, of = proposal) => hindrance(of, one, { ...ground, ...over });

it('moves in steps of five minutes, to another expert, another room, none', () => {
  const start = meeting(at(2), 'li', 'r1');
  expect(movedTo(start, { kind: 'expert', role: 'li' }, 7 * 60_000, undefined, people).start).toBe(at(2, 5));
  expect(movedTo(start, { kind: 'expert', role: 'li' }, 60_000, { kind: 'expert', role: 'yu' }, people)).toMatchObject({ start: at(2), experts: [{ role: 'yu' }], room: 'r1' });
  expect(movedTo(start, { kind: 'room', room: 'r1' }, 0, { kind: 'room', room: 'r2' }, people)).toMatchObject({ room: 'r2', virtual: false });
  const none = movedTo(start, { kind: 'room', room: 'r1' }, 0, { kind: 'virtual' }, people);
  expect([none.virtual, 'room' in none]).toEqual([true, false]);
  expect(movedTo(start, { kind: 'room', room: 'r1' }, 0, { kind: 'expert', role: 'yu' }, people).experts[0]?.role).toBe('li');
});

it('says what speaks against it', () => {
  expect(why(meeting(at(3), 'li', 'r1'))).toBeNull();
  expect(why(meeting(at(0), 'li', 'r1'))).toBe('past');
  expect(why(meeting(at(11, 45), 'li', 'r1'))).toBe('day');
  expect(why(meeting(at(3), 'feng', 'r1'))).toBe('specialty');
  expect(why(meeting(at(6, 45), 'shi', 'r1'))).toBe('away');
  expect(why(meeting(at(8, 45), 'li'), { others: [] }), 'two spells in a row are one').toBeNull();
  expect(why(meeting(at(4, 45), 'yu', 'r1'))).toBe('expert');
  expect(why(meeting(at(4, 45), 'yu', 'r1'), { leaving: new Set(['other']) }), 'that one makes room').toBeNull();
  expect(why(meeting(at(8, 10), 'li', 'r2'))).toBe('expert');
  expect(why(meeting(at(2, 30), 'li', 'r2'))).toBe('room');
  expect(why(meeting(at(8, 10), 'yu', 'r1'))).toBe('room');
  expect(why({ ...meeting(at(3)), experts: [{ role: 'li' }, { role: 'li' }] } as unknown as Meeting)).toBe('twice');
  const emergency = { ...proposal, urgency: 'emergency' } as Proposal;
  expect(why(meeting(at(3), 'li', 'r1'), {}, emergency)).toBe('emergency');
  expect(why(meeting(at(2), 'yu', 'r1'), {}, emergency)).toBeNull();
});
