import { expect, test } from 'vitest';
import { acceptance, axisOf, canInstead, costSpan, dateIn, daysFrom, HOUR_PX, isOpen, lines, onePost, place, sameMeeting, shortNumber, shows, urgentFirst, type Meeting, type Proposal, type RotaRow } from './shape';

const meeting: Meeting = { experts: [{ role: 'r1' }], start: '2026-11-23T01:00:00Z', minutes: 30, virtual: false, room: 'a' };
const proposal = (becomes: Proposal['becomes'], proposed?: Meeting) => ({ case: 'c', version: 3, becomes, proposed }) as Proposal;

test('only what would be arranged anew can be taken', () => {
  expect((['new', 'moved', 'stays'] as const).map((becomes) => isOpen(proposal(becomes, meeting)))).toEqual([true, true, false]);
  expect(isOpen(proposal('no-place'))).toBe(false);
});

test('what stays is shown apart; what finds no place waits for a decision', () => {
  const all = (['new', 'stays', 'moved', 'no-place'] as const).map((becomes) => proposal(becomes));
  const of = (show: 'open' | 'stays' | 'all') => all.filter((one) => shows(show, one)).map((one) => one.becomes);
  expect([of('open'), of('stays'), of('all').length]).toEqual([['new', 'moved', 'no-place'], ['stays'], 4]);
});

test('the most urgent stand first, the others as they came', () => {
  const one = (urgency: Proposal['urgency'], id: string) => ({ urgency, case: id }) as Proposal;
  expect(urgentFirst([one('routine', 'a'), one('urgent', 'b'), one('emergency', 'c'), one('urgent', 'd')]).map((all) => all.case)).toEqual(['c', 'b', 'd', 'a']);
});

test('an emergency cannot be put off by an alternative', () => {
  const later = { ...meeting, start: '2026-11-23T05:00:00Z' };
  const of = (urgency: Proposal['urgency']) => ({ ...proposal('new', meeting), urgency });
  expect([canInstead(of('emergency'), later), canInstead(of('emergency'), { ...meeting, experts: [{ role: 'r2' }] }), canInstead(of('routine'), later)]).toEqual([false, true, true]);
  expect(canInstead({ ...of('routine'), becomes: 'stays' }, later)).toBe(false);
});

test('an acceptance names the case as it was seen, and no room where there is none', () => {
  expect(acceptance(proposal('new'), meeting)).toEqual({ case: 'c', version: 3, experts: ['r1'], start: meeting.start, minutes: 30, room: 'a' });
  expect(acceptance(proposal('new'), { ...meeting, virtual: true, room: undefined })).not.toHaveProperty('room');
});

test('a meeting is the same by who, when and where, however it is written', () => {
  expect(sameMeeting(meeting, { ...meeting, start: '2026-11-23T01:00:00.000Z', experts: [{ role: 'r1', person: undefined }] })).toBe(true);
  expect([{ ...meeting, minutes: 45 }, { ...meeting, room: 'b' }, { ...meeting, experts: [{ role: 'r2' }] }, undefined].some((other) => sameMeeting(meeting, other))).toBe(false);
  expect(sameMeeting(undefined, undefined)).toBe(true);
});

test('a cost is told as five minutes each', () => {
  expect([0, 23, 24, 575, 576].map(costSpan)).toEqual([
    { form: 'minutes', n: 0, m: 0 }, { form: 'minutes', n: 115, m: 0 }, { form: 'hours', n: 2, m: 0 }, { form: 'hours', n: 47, m: 55 }, { form: 'days', n: 2, m: 0 },
  ]);
});

test('the board is whole hours, and a block is cut where it ends', () => {
  const on = axisOf({ from: '2026-11-23T00:40:00Z', to: '2026-11-23T03:05:00Z' });
  expect(on.width).toBe(4 * HOUR_PX);
  const at = (text: string) => Date.parse(`2026-11-23T${text}:00Z`);
  expect(place(on, at('00:30'), at('01:30'))).toEqual({ left: HOUR_PX / 2, width: HOUR_PX });
  expect(place(on, at('03:30'), at('09:00'))).toEqual({ left: 3.5 * HOUR_PX, width: HOUR_PX / 2 });
  expect(place(on, at('05:00'), at('06:00'))).toBeNull();
  expect(axisOf({ from: '2026-11-23T16:00:00Z', to: '2026-11-23T16:00:00Z' }).width).toBe(HOUR_PX);
});

test('blocks at the same time stand in lines of their own', () => {
  const block = (id: string, from: number, to: number) => ({ case: id, from, to });
  expect(lines([block('c', 20, 30), block('a', 0, 10), block('b', 5, 15), block('d', 10, 20)]).map((line) => line.map((one) => one.case))).toEqual([['a', 'd', 'c'], ['b']]);
});

test('a person stands once, with the first post', () => {
  const row = (id: string, role: string) => ({ id, role }) as RotaRow;
  expect(onePost([row('p', '1'), row('q', '2'), row('p', '3')]).map((one) => one.role)).toEqual(['1', '2']);
});

test('days are those of the zone, across the end of a month', () => {
  expect(dateIn(Date.parse('2026-11-22T20:00:00Z'), 'Asia/Shanghai')).toBe('2026-11-23');
  expect(daysFrom('2026-11-29', 3)).toEqual(['2026-11-29', '2026-11-30', '2026-12-01']);
});

test('a number is told by its own part', () => expect([shortNumber('HN2611-0418'), shortNumber('17')]).toEqual(['0418', '17']));
