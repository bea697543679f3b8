import { expect, test } from 'vitest';
import { both, hearsOnly, level, rate } from './line';

const line = (ms: number | null, lost: number | null) => ({ ms, lost, bps: 0 });
const seen = (paused: boolean, video = true) => ({ stream: null as unknown as MediaStream, paused, video, playable: true });

test('a line is as good as its worse way', () => {
  expect(level(line(20, 0))).toBe('good');
  expect(level(line(200, 0))).toBe('fair');
  expect(level(line(20, 60))).toBe('poor');
  expect(level(line(null, null))).toBeNull();
  expect(both({ up: line(20, 0), down: line(20, 20) })).toBe('fair');
  expect(both({ up: line(500, 0) })).toBe('poor');
  expect(both(undefined)).toBeNull();
});

test('rates read well', () => {
  expect(rate(64_400)).toBe('64 kbit/s');
  expect(rate(1_440_000)).toBe('1.4 Mbit/s');
});

test('voices alone: when every face that should be there is paused', () => {
  expect(hearsOnly({ a: seen(true), b: seen(true) }, ['a', 'b'])).toBe(true);
  expect(hearsOnly({ a: seen(true), b: seen(false) }, ['a', 'b'])).toBe(false);
  expect(hearsOnly({ a: seen(true), b: seen(false) }, ['a'])).toBe(true);
  expect(hearsOnly({ a: seen(true, false) }, ['a'])).toBe(false);
  expect(hearsOnly({}, [])).toBe(false);
});
