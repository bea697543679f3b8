// What somebody typed about a patient, as the server judges it. Pure. What was not typed is left out: it is not known, never normal.
import type { Criterion, Guideline, Values } from './api';

export type Answer = 'yes' | 'no' | undefined;
export interface Measured { value: string; at?: string }
export interface Asked {
  rate: Measured; spo2: Measured & { rest: Answer; air: Answer }; ratio: Measured & { altitude: string; pressure: string };
  growth: Measured & { first?: string }; fever: Measured; signs: Record<string, Answer>;
}

export const nothing = (now: string): Asked => ({
  rate: { value: '', at: now }, spo2: { value: '', at: now, rest: undefined, air: undefined }, ratio: { value: '', at: now, altitude: '', pressure: '' },
  growth: { value: '', at: now }, fever: { value: '', at: now }, signs: {},
});

export const typedNumber = (text: string): number | null => {
  const plain = text.normalize('NFKC').trim();
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
};

/** The values, or the first field that is no number or has no time. */
export function valuesOf(asked: Asked): { values: Values } | { wrong: string } {
  const values: Values = {};
  for (const [field, text] of [['rate', asked.rate.value], ['spo2', asked.spo2.value], ['ratio', asked.ratio.value], ['altitude', asked.ratio.altitude], ['pressure', asked.ratio.pressure], ['growth', asked.growth.value], ['fever', asked.fever.value]] as const) {
    if (text.trim() && typedNumber(text) === null) return { wrong: field };
  }
  const measured = (one: Measured, unit: string) => {
    const value = typedNumber(one.value);
    return value === null ? undefined : one.at ? { value, unit, at: one.at } : null;
  };
  const known = (answer: Answer) => (answer === undefined ? undefined : answer === 'yes');
  const [rate, spo2, ratio, growth, fever] = [measured(asked.rate, '/min'), measured(asked.spo2, '%'), measured(asked.ratio, 'mm[Hg]'), measured(asked.growth, '%'), measured(asked.fever, 'd')];
  for (const [field, one] of [['rate', rate], ['spo2', spo2], ['ratio', ratio], ['growth', growth], ['fever', fever]] as const) if (one === null) return { wrong: field };
  if (growth && !asked.growth.first) return { wrong: 'growth' };
  if (rate) values.respiratory_rate = rate;
  if (spo2) values.spo2 = { measured: spo2, at_rest: known(asked.spo2.rest), on_air: known(asked.spo2.air) };
  if (ratio) values.oxygenation = { ratio, altitude_m: typedNumber(asked.ratio.altitude) ?? undefined, atmospheric_mmhg: typedNumber(asked.ratio.pressure) ?? undefined };
  if (growth) values.lesions = { growth, first_at: asked.growth.first ?? '' };
  if (fever) values.fever = fever;
  const signs = Object.entries(asked.signs).filter((entry): entry is [string, 'yes' | 'no'] => entry[1] !== undefined);
  if (signs.length) values.signs = Object.fromEntries(signs.map(([sign, answer]) => [sign, answer === 'yes']));
  return { values };
}

/** The criteria that speak of somebody of this age, in the guideline's order. */
export function criteriaFor(guideline: Guideline, months: number): Criterion[] {
  const child = months < guideline.adult_from_months;
  return guideline.criteria.filter((one) => one.who === 'everybody' || (one.who === 'child') === child);
}
