import { expect, it } from 'vitest';
import { ahead, below, daysOf, later, mondayOf, rings, runsOf } from './rota';
import type { Rota } from './shape';

const H = 3_600_000;
const base = Date.parse('2026-11-23T00:00:00Z');
const at = (hour: number) => new Date(base + hour * H).toISOString();
const duty = (id: string, from: number, to: number, rank: number, specialty = 'respiratory') => ({ id, from: at(from), to: at(to), rank, specialty });
const rota = (...duties: ReturnType<typeof duty>[][]) => ({ experts: duties.map((own, n) => ({ id: `p${n}`, role: `r${n}`, duties: own })) }) as unknown as Rota;
const hours = (spans: { from: number; to: number }[]) => spans.map(({ from, to }) => [(from - base) / H, (to - base) / H]);
const day = { from: base, to: base + 24 * H };

it('names where nobody is, and where one is alone', () => {
  const [ring, other] = rings(rota([duty('a', -2, 8, 1), duty('b', 16, 30, 1)], [duty('c', 6, 10, 2)], [duty('d', 0, 24, 1, 'cardiology')]), day).reverse();
  expect(ring?.specialty).toBe('respiratory');
  expect(ring?.calls.map(({ duty: one }) => one.id)).toEqual(['a', 'c', 'b']);
  expect(hours(ring?.nobody ?? [])).toEqual([[10, 16]]);
  expect(hours(ring?.alone ?? [])).toEqual([[0, 6], [8, 10], [16, 24]]);
  expect([other?.specialty, hours(other?.nobody ?? []), hours(other?.alone ?? [])]).toEqual(['cardiology', [], [[0, 24]]]);
});

it('has no ring for a specialty without a duty, and forgets what lies outside', () => {
  expect(rings(rota([duty('a', 24, 30, 1)], []), day)).toEqual([]);
  expect(hours(below([{ from: base - H, to: base + 25 * H }], day, 1))).toEqual([]);
  expect(hours(below([], day, 1))).toEqual([[0, 24]]);
  expect(hours(ahead([{ from: base, to: base + 2 * H }, { from: base + 4 * H, to: base + 6 * H }], base + 5 * H))).toEqual([[5, 6]]);
});

it('cuts weeks at Monday, and keeps the hour of the clock a week later', () => {
  for (const n of [0, 1, 6]) expect(mondayOf(base + (n * 24 + 12) * H).day()).toBe(1);
  const days = daysOf(mondayOf(base + 12 * H));
  expect(days).toHaveLength(7);
  expect(days.every((one, n) => n === 0 || days[n - 1]?.to === one.from)).toBe(true);
  const next = later({ from: at(22), to: at(30) }, 7);
  expect([next.from, next.to]).toEqual([at(22 + 168), at(30 + 168)]);
});

it('says days of the week as runs', () => {
  expect(runsOf(['sun', 'tue', 'mon', 'wed', 'fri'])).toEqual([{ first: 'mon', last: 'wed' }, { first: 'fri', last: 'fri' }, { first: 'sun', last: 'sun' }]);
  expect(runsOf([])).toEqual([]);
});
