// Laboratory values as a trend: one row per test and unit, one column per day, flags by the range typed with the value. Pure.
import type { Lab } from '../../api/types';

export interface LabCell { value: string; flag?: 'high' | 'low'; time: string }
export interface LabRow { name: string; unit: string; range: string; cells: (LabCell | undefined)[]; points: { at_ms: number; value: number }[]; last?: LabCell }
export interface LabTable { days: string[]; rows: LabRow[] }

/** A number a person typed, "<0.05" and full-width digits included; undefined when it is none. */
export function typedNumber(text: string | undefined): number | undefined {
  const plain = (text ?? '').normalize('NFKC').replace(/[<>≤≥~,\s]/g, '');
  return plain !== '' && /^[-+]?\d*\.?\d+(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : undefined;
}

export function flagOf(lab: Pick<Lab, 'value' | 'low' | 'high'>): 'high' | 'low' | undefined {
  const value = typedNumber(lab.value);
  if (value === undefined) return undefined;
  const high = typedNumber(lab.high);
  const low = typedNumber(lab.low);
  if (high !== undefined && value > high) return 'high';
  if (low !== undefined && value < low) return 'low';
  return undefined;
}

export function pivot(labs: readonly Lab[], dayOf: (time: string) => string, most = 5): LabTable {
  const sorted = [...labs].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const days = [...new Set(sorted.map((lab) => dayOf(lab.time)))].slice(-most);
  const rows = new Map<string, LabRow>();
  for (const lab of sorted) {
    const key = `${lab.name.trim()}\u0000${lab.unit.trim()}`;
    const row = rows.get(key) ?? { name: lab.name.trim(), unit: lab.unit.trim(), range: '', cells: days.map(() => undefined), points: [] };
    const low = lab.low?.trim();
    const high = lab.high?.trim();
    row.range = low && high ? `${low}–${high}` : high ? `≤ ${high}` : low ? `≥ ${low}` : row.range;
    const cell = { value: lab.value, flag: flagOf(lab), time: lab.time };
    const day = days.indexOf(dayOf(lab.time));
    // Two values of one day: the later one stands in the table, both in the line.
    if (day >= 0) row.cells[day] = cell;
    row.last = cell;
    const value = typedNumber(lab.value);
    if (value !== undefined) row.points.push({ at_ms: Date.parse(lab.time), value });
    rows.set(key, row);
  }
  return { days, rows: [...rows.values()] };
}
