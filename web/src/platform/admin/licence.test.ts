import { describe, expect, it } from 'vitest';
import { daysLeft, licenceWords, today } from './licence';

describe('the end of a licence', () => {
  it('is counted in days, the last one still good', () => {
    expect(['2026-11-23', '2026-11-22', '2027-01-22', '2027-01-23'].map((until) => daysLeft(until, '2026-11-23'))).toEqual([0, -1, 60, 61]);
    expect(today(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
  });

  it('is said when it matters', () => {
    const t = ((key: string) => key) as never;
    expect(['', '2026-11-22', '2026-11-23', '2027-01-22', '2027-01-23'].map((until) => licenceWords(until, '2026-11-23', t))).toEqual(['', 'admin.licence_over', 'admin.licence_soon', 'admin.licence_soon', 'admin.licence_until']);
  });
});
