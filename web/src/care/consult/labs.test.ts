import { describe, expect, it } from 'vitest';
import { flagOf, pivot, typedNumber } from './labs';

describe('typedNumber', () => {
  it.each([['5.2', 5.2], ['＜0.05', 0.05], ['<0.05', 0.05], ['１２．５', 12.5], ['1,024', 1024], ['阴性', undefined], ['', undefined], [undefined, undefined], ['3+', undefined], ['-2', -2]])('%s', (text, want) => {
    expect(typedNumber(text)).toBe(want);
  });
});

describe('flagOf', () => {
  it.each([
    [{ value: '17.3', low: '3.5', high: '9.5' }, 'high'],
    [{ value: '2.1', low: '3.5', high: '9.5' }, 'low'],
    [{ value: '9.5', low: '3.5', high: '9.5' }, undefined],
    [{ value: '阴性', low: '0', high: '1' }, undefined],
    [{ value: '7' }, undefined],
  ])('%o', (lab, want) => expect(flagOf(lab)).toBe(want));
});

describe('pivot', () => {
  const lab = (name: string, value: string, time: string) => ({ name, value, unit: 'mmol/L', low: '0.5', high: '1.6', time });
  const day = (time: string) => time.slice(0, 10);

  it('puts one test in one row, days in order, the later value of a day', () => {
    const table = pivot([lab('Lac', '3.1', '2026-11-21T08:00:00Z'), lab('Lac', '1.4', '2026-11-19T08:00:00Z'), lab('Lac', '3.6', '2026-11-21T12:00:00Z'), lab('K', '4.1', '2026-11-19T08:00:00Z')], day);
    expect(table.days).toEqual(['2026-11-19', '2026-11-21']);
    expect(table.rows.map((row) => [row.name, ...row.cells.map((cell) => cell?.value)])).toEqual([['Lac', '1.4', '3.6'], ['K', '4.1', undefined]]);
    expect(table.rows[0].points).toHaveLength(3);
    expect(table.rows[0].range).toBe('0.5–1.6');
  });

  it('keeps the newest days when there are many', () => {
    const many = Array.from({ length: 9 }, (_, index) => lab('Lac', '1', `2026-11-1${index}T08:00:00Z`));
    expect(pivot(many, day).days).toEqual(['2026-11-14', '2026-11-15', '2026-11-16', '2026-11-17', '2026-11-18']);
  });

  it('keeps two units of one test apart', () => {
    expect(pivot([{ ...lab('Glu', '5', '2026-11-19T08:00:00Z') }, { ...lab('Glu', '90', '2026-11-20T08:00:00Z'), unit: 'mg/dL' }], day).rows).toHaveLength(2);
  });
});
