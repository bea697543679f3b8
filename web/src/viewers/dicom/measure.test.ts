import { describe, expect, test } from 'vitest';
import { calibrationOf, measure, statisticsOf, unitOf, type Values } from './measure';
import type { Place } from './share';
import type { Metadata } from './stack';

const of = (more: Record<string, unknown[]>): Metadata => Object.fromEntries(Object.entries(more).map(([tag, Value]) => [tag, { vr: 'DS', Value }]));
const ct = of({ '00080060': ['CT'], '00280030': [0.5, 0.25] });
/** 8 x 8, each pixel its column plus ten times its row. */
const ramp: Values = { columns: 8, rows: 8, samples: 1, unit: 'HU', at: (column, row) => column + 10 * row };

describe('how far millimetres can be trusted', () => {
  const kind = (more: Record<string, unknown[]>, places: Place[] = []) => calibrationOf(of(more), 1, places).kind;
  test('by the scanner, at the detector, corrected, or not at all', () => {
    expect(kind({ '00080060': ['CT'], '00280030': [0.5, 0.5] })).toBe('patient');
    expect(kind({ '00080060': ['CT'] })).toBe('unknown');
    expect(kind({ '00080060': ['DX'], '00181164': [0.14, 0.14] })).toBe('detector');
    expect(kind({ '00080060': ['DX'], '00181164': [0.14, 0.14], '00280030': [0.14, 0.14] })).toBe('detector');
    expect(kind({ '00080060': ['DX'], '00181164': [0.14, 0.14], '00280030': [0.12, 0.12] })).toBe('corrected');
    expect(kind({ '00080060': ['CR'], '00280030': [0.12, 0.12] })).toBe('detector');
    expect(kind({ '00080060': ['CR'], '00280030': [0.12, 0.12], '00280A02': ['FIDUCIAL'] })).toBe('corrected');
    expect(kind({ '00080060': ['CT'], '00280030': [0, 0.5] })).toBe('unknown');
  });
  test('of ultrasound by the region that holds all of it', () => {
    const region = of({ '00186012': [1], '00186018': [10], '0018601A': [10], '0018601C': [99], '0018601E': [99], '00186024': [3], '00186026': [3], '0018602C': [0.02], '0018602E': [-0.03] });
    const us: Metadata = { ...of({ '00080060': ['US'] }), '00186011': { vr: 'SQ', Value: [region] } };
    const inside = calibrationOf(us, 1, [[20, 20], [50, 50]]);
    expect(inside.kind).toBe('region');
    expect(inside.column).toBeCloseTo(0.2);
    expect(inside.row).toBeCloseTo(0.3);
    expect(calibrationOf(us, 1, [[20, 20], [150, 50]]).kind).toBe('unknown');
  });
});

describe('measurements', () => {
  test('a length counts rows and columns by their own spacing', () => {
    expect(measure({ kind: 'length', frame: 1, places: [[0, 0], [12, 8]] }, ct, null).length).toBeCloseTo(5);
    expect(measure({ kind: 'length', frame: 1, places: [[0, 0], [3, 4]] }, of({ '00080060': ['SC'] }), null)).toMatchObject({ length: 5, calibration: { kind: 'unknown' } });
  });
  test('an angle in the patient, not in the pixels', () => {
    expect(measure({ kind: 'angle', frame: 1, places: [[4, 0], [0, 0], [4, 2]] }, ct, null).angle).toBeCloseTo(45);
    expect(measure({ kind: 'angle', frame: 1, places: [[0, 5], [0, 0], [5, 0]] }, ct, null).angle).toBeCloseTo(90);
  });
  test('an ellipse takes the pixels whose centres lie in it', () => {
    const found = measure({ kind: 'ellipse', frame: 1, places: [[0, 0], [8, 8]] }, ct, ramp);
    expect(found.area).toBeCloseTo((Math.PI * 2 * 4) / 4);
    expect(found.unit).toBe('HU');
    const all = Array.from({ length: 64 }, (_, i) => [i % 8, Math.floor(i / 8)]).filter(([x, y]) => ((x + 0.5 - 4) / 4) ** 2 + ((y + 0.5 - 4) / 4) ** 2 <= 1).map(([x, y]) => x + 10 * y);
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    expect(found.statistics).toMatchObject({ pixels: all.length, min: Math.min(...all), max: Math.max(...all) });
    expect(found.statistics?.mean).toBeCloseTo(mean);
    expect(found.statistics?.sd).toBeCloseTo(Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length));
  });
  test('outside the picture there is nothing', () => {
    expect(statisticsOf([[20, 20], [30, 30]], ramp)).toBeNull();
    expect(statisticsOf([[2, 2], [2, 6]], ramp)).toBeNull();
    expect(statisticsOf([[0, 0], [8, 8]], { ...ramp, samples: 3 })).toBeNull();
    expect(measure({ kind: 'probe', frame: 1, places: [[8.2, 3]] }, ct, ramp).value).toBeUndefined();
    expect(measure({ kind: 'probe', frame: 1, places: [[7.9, 3.1]] }, ct, ramp).value).toEqual([37]);
  });
  test('Hounsfield units only where the file does not say otherwise', () => {
    expect(unitOf(of({ '00080060': ['CT'] }))).toBe('HU');
    expect(unitOf(of({ '00080060': ['CT'], '00281054': ['US'] }))).toBe('');
    expect(unitOf(of({ '00080060': ['MR'] }))).toBe('');
    expect(unitOf(of({ '00080060': ['CT'], '00281054': ['MGML'] }))).toBe('MGML');
  });
});
