// Ages by completed months, and spans rounded as the law's clock rounds them.
import { expect, it } from 'vitest';
import { monthsOld, spanWords } from './marks';

it('counts completed months, and none of a birth that is not known to the day', () => {
  expect(monthsOld('2020-01-15', '2020-03-14')).toBe(1);
  expect(monthsOld('2020-01-15', '2020-03-15')).toBe(2);
  expect(monthsOld('2020', '2020-03-15')).toBeNull();
  expect(monthsOld('2020-03-16', '2020-03-15')).toBeNull();
  expect(monthsOld(undefined, '2020-03-15')).toBeNull();
});

it('says a second late as a minute, and whole days as days', () => {
  const t = ((key: string, facts: object) => `${key} ${JSON.stringify(facts)}`) as unknown as Parameters<typeof spanWords>[1];
  expect(spanWords(1_000, t)).toBe('outbreak.span.minutes {"minutes":1}');
  expect(spanWords(120 * 60_000, t)).toBe('outbreak.span.hours {"hours":2,"minutes":0}');
  expect(spanWords(26 * 3_600_000, t)).toBe('outbreak.span.days {"days":1,"hours":2}');
  expect(spanWords(-5, t)).toBe('outbreak.span.minutes {"minutes":0}');
});
