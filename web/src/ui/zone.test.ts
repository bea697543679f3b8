import { expect, test } from 'vitest';
import { ahead, clockThere, isElsewhere, offsetWords } from './zone';

const NOON = Date.parse('2026-11-21T04:00:00Z');

test('how far clocks are ahead, with halves of an hour, before UTC, and where they change', () => {
  const zones = ['Asia/Shanghai', 'Asia/Kolkata', 'America/New_York', 'UTC'];
  expect(zones.map((zone) => ahead(zone, NOON))).toEqual([480, 330, -300, 0]);
  expect(zones.map((zone) => offsetWords(zone, NOON))).toEqual(['UTC+8', 'UTC+5:30', 'UTC−5', 'UTC']);
  expect(ahead('America/New_York', Date.parse('2026-07-01T12:00:00Z'))).toBe(-240);
  expect(ahead('Africa/Lusaka', NOON + 59_999)).toBe(120);
});

test('the clock there, and the day when it is another one than here', () => {
  expect(clockThere('Asia/Kolkata', NOON, 'zh')).toContain('09:30');
  const here = new Intl.DateTimeFormat('en-CA').format(NOON);
  const far = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'].find((zone) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(NOON) !== here)!;
  expect(clockThere(far, NOON, 'en')).toMatch(/^(Fri|Sat|Sun)/);
});

test('a zone with the same clock is not elsewhere', () => {
  expect(isElsewhere(undefined, NOON)).toBe(false);
  expect(isElsewhere(new Intl.DateTimeFormat().resolvedOptions().timeZone, NOON)).toBe(false);
  expect(isElsewhere(['Asia/Shanghai', 'Africa/Lusaka'].find((zone) => ahead(zone, NOON) !== ahead(undefined, NOON)), NOON)).toBe(true);
});
