// Blank is not known; what is no number is named; a child is asked about as a child.
import { expect, it } from 'vitest';
import type { Guideline } from './api';
import { criteriaFor, nothing, valuesOf } from './values';

const now = '2026-11-22T02:00:00.000Z';

it('leaves out what was not typed, and keeps a no apart from it', () => {
  expect(valuesOf(nothing(now))).toEqual({ values: {} });
  const asked = nothing(now);
  asked.rate.value = '３２';
  asked.spo2 = { ...asked.spo2, value: '92', rest: 'yes' };
  asked.signs = { shock: 'no', 'pneumonia-on-images': undefined };
  expect(valuesOf(asked)).toEqual({ values: {
    respiratory_rate: { value: 32, unit: '/min', at: now },
    spo2: { measured: { value: 92, unit: '%', at: now }, at_rest: true, on_air: undefined },
    signs: { shock: false },
  } });
});

it('names what is no number, and what has no time', () => {
  expect(valuesOf({ ...nothing(now), rate: { value: '3o', at: now } })).toEqual({ wrong: 'rate' });
  expect(valuesOf({ ...nothing(now), fever: { value: '4' } })).toEqual({ wrong: 'fever' });
  expect(valuesOf({ ...nothing(now), growth: { value: '60', at: now } })).toEqual({ wrong: 'growth' });
});

it('asks a child what the guideline asks of children', () => {
  const one = (code: string, who: string) => ({ code, who });
  const guideline = { adult_from_months: 168, criteria: [one('shock', 'everybody'), one('rate', 'adult'), one('fever', 'child')] } as unknown as Guideline;
  expect(criteriaFor(guideline, 167).map((c) => c.code)).toEqual(['shock', 'fever']);
  expect(criteriaFor(guideline, 168).map((c) => c.code)).toEqual(['shock', 'rate']);
});
