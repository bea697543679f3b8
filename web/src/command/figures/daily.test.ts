// A day is restated when cases came or went, even where the number stayed the same; a running day is not published.
import { expect, it } from 'vitest';
import { byDay, type Daily, drawn, restated } from './daily';

const day = (date: string, value: number, published: number | undefined, added = 0, removed = 0) => ({ date, value, published, added, removed });

it('says what was published where it was changed, and nothing while the day runs', () => {
  expect(restated(day('2026-11-20', 3, 3))).toBeNull();
  expect(restated(day('2026-11-20', 3, 3, 1, 1))).toBe(3);
  expect(restated(day('2026-11-20', 3, 0, 3))).toBe(0);
  expect(restated(day('2026-11-22', 3, undefined, 3))).toBeNull();
  expect([drawn(day('2026-11-22', 3, undefined), 'published'), drawn(day('2026-11-22', 3, undefined), 'known'), drawn(day('2026-11-20', 3, 0, 3), 'published')]).toEqual([null, 3, 0]);
});

it('puts the newest day first with all its series', () => {
  const line = (code: string, values: number[]) => ({ code, days: values.map((value, n) => day(`2026-11-2${n}`, value, value)) });
  const rows = byDay({ series: [line('confirmed', [1, 2]), line('severe', [0, 1])] } as unknown as Daily);
  expect(rows.map((row) => [row.date, row.of.confirmed?.value, row.of.severe?.value, row.of.connected])).toEqual([['2026-11-21', 2, 1, undefined], ['2026-11-20', 1, 0, undefined]]);
});
