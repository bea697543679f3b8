import { describe, expect, it } from 'vitest';
import { left, spell } from './timer';

const span = { started: '2026-11-21T08:00:00Z', due: '2026-11-21T08:10:00Z' };
const at = (clock: string) => Date.parse(`2026-11-21T${clock}Z`);

describe('left', () => {
  it.each([
    ['08:00:00', 600_000, 0, 'calm'],
    ['08:05:29', 271_000, 0.548, 'calm'],
    ['08:05:31', 269_000, 0.552, 'near'],
    ['08:10:00', 0, 1, 'near'],
    ['08:10:01', -1_000, 1, 'over'],
    ['07:59:00', 660_000, 0, 'calm'],
  ])('at %s', (clock, left_ms, share, level) => {
    const got = left(span, at(clock));
    expect(got.left_ms).toBe(left_ms);
    expect(got.share).toBeCloseTo(share, 3);
    expect(got.level).toBe(level);
  });

  it('survives a timer without length', () => {
    expect(left({ started: span.due, due: span.due }, at('08:10:00')).share).toBe(1);
  });
});

describe('spell', () => {
  it.each([
    [0, { form: 'clock', minutes: 0, seconds: '00' }],
    [65_000, { form: 'clock', minutes: 1, seconds: '05' }],
    [-65_999, { form: 'clock', minutes: 1, seconds: '05' }],
    [599_999, { form: 'clock', minutes: 9, seconds: '59' }],
    [600_000, { form: 'minutes', minutes: 10 }],
    [3_600_000, { form: 'hours', hours: 1, minutes: 0 }],
    [47 * 3_600_000 + 59 * 60_000, { form: 'hours', hours: 47, minutes: 59 }],
    [50 * 3_600_000, { form: 'days', days: 2, hours: 2 }],
  ])('%i ms', (span_ms, want) => expect(spell(span_ms)).toEqual(want));
});
