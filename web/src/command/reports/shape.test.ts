import { expect, it } from 'vitest';
import { byOf, each, percent, windows } from './shape';

it('says no share of nothing, and never rounds up', () => {
  expect([percent(0, 0), percent(899, 1000), percent(8999, 10000), percent(3, 3)]).toEqual([undefined, '89.9', '89.9', '100.0']);
  expect([each(5, 0), each(5, 4), each(0, 4)]).toEqual([undefined, '1.2', '0.0']);
});

it('knows whole months and quarters', () => {
  const of = (today: string) => Object.fromEntries(windows(today).map(({ key, from, to }) => [key, `${from} ${to}`]));
  expect(of('2026-11-21')).toEqual({ month: '2026-11-01 2026-11-21', last_month: '2026-10-01 2026-10-31', quarter: '2026-10-01 2026-11-21', year: '2026-01-01 2026-11-21' });
  expect(of('2026-01-01')).toMatchObject({ last_month: '2025-12-01 2025-12-31', quarter: '2026-01-01 2026-01-01' });
  expect(of('2024-03-05').last_month).toBe('2024-02-01 2024-02-29');
});

it('keeps diseases from those who see no clinical content', () => {
  expect([byOf('disease', true), byOf('disease', false), byOf('month', false), byOf('x', true), byOf(undefined, true)]).toEqual(['disease', 'asking', 'month', 'asking', 'asking']);
});
