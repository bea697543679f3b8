import { expect, test } from 'vitest';
import { runsOfDays } from './days';

test('days that follow one another are one run, across months and leap days', () => {
  expect(runsOfDays([])).toEqual([]);
  expect(runsOfDays(['2026-09-30', '2026-10-01', '2026-10-02', '2026-10-10'])).toEqual([{ first: '2026-09-30', last: '2026-10-02' }, { first: '2026-10-10', last: '2026-10-10' }]);
  expect(runsOfDays(['2028-02-28', '2028-02-29', '2028-03-01'])).toHaveLength(1);
  expect(runsOfDays(['2027-02-28', '2027-03-02'])).toHaveLength(2);
});
