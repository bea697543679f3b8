// What a measurement comes to: geometry, statistics, and how far its millimetres can be trusted. Pure.
import type { Mark, MarkKind, Place } from './share';
import { first, inGroups, items, numbers, text, type Metadata } from './stack';

/** How many places a finished mark of a kind has. */
export const PLACES: Record<MarkKind, number> = { length: 2, angle: 3, ellipse: 2, probe: 1 };

/**
 * Where millimetres come from (PS3.3, 10.7.1.3):
 * - `patient`: the scanner's geometry, in the patient
 * - `corrected`: a projection, corrected for its magnification
 * - `detector`: a projection measured at the detector: what lies in the patient is smaller by an unknown factor
 * - `region`: an ultrasound region that says what a pixel is
 * - `unknown`: the file does not say; lengths are in pixels
 */
export type CalibrationKind = 'patient' | 'corrected' | 'detector' | 'region' | 'unknown';
export interface Calibration { kind: CalibrationKind; /** Millimetres of a row's and a column's step. */ row: number; column: number }

const PROJECTIONS = ['CR', 'DX', 'MG', 'PX', 'IO', 'RF', 'XA', 'RG'];
const UNKNOWN: Calibration = { kind: 'unknown', row: 1, column: 1 };
const pair = (found: number[]): [number, number] | null => (found.length === 2 && found[0] > 0 && found[1] > 0 ? [found[0], found[1]] : null);

/** Ultrasound regions (PS3.3, C.8.5.5): the one that holds all of these places and counts in centimetres. */
function regionOf(metadata: Metadata, places: Place[]): Calibration | null {
  for (const region of items(metadata, '00186011')) {
    const [x0, y0, x1, y1] = ['00186018', '0018601A', '0018601C', '0018601E'].map((tag) => first(region, tag) ?? NaN);
    const inside = places.every(([x, y]) => x >= x0 && x <= x1 + 1 && y >= y0 && y <= y1 + 1);
    const [dx, dy] = [first(region, '0018602C'), first(region, '0018602E')].map((delta) => Math.abs(delta ?? 0));
    // Spatial, both directions in centimetres.
    const spatial = (first(region, '00186012') ?? 1) === 1 && first(region, '00186024') === 3 && first(region, '00186026') === 3;
    if (inside && spatial && dx > 0 && dy > 0) return { kind: 'region', row: dy * 10, column: dx * 10 };
  }
  return null;
}

export function calibrationOf(metadata: Metadata, frame: number, places: Place[] = []): Calibration {
  const modality = text(metadata, '00080060');
  const pixel = pair(inGroups(metadata, frame, '00289110', '00280030'));
  const detector = pair(numbers(metadata, '00181164'));
  if (items(metadata, '00186011').length > 0) return regionOf(metadata, places) ?? UNKNOWN;
  if (pixel && (detector || PROJECTIONS.includes(modality))) {
    const same = detector !== null && Math.abs(detector[0] - pixel[0]) < 1e-6 && Math.abs(detector[1] - pixel[1]) < 1e-6;
    const corrected = text(metadata, '00280A02') !== '' || (detector !== null && !same);
    return { kind: corrected ? 'corrected' : 'detector', row: pixel[0], column: pixel[1] };
  }
  if (pixel) return { kind: 'patient', row: pixel[0], column: pixel[1] };
  if (detector) return { kind: 'detector', row: detector[0], column: detector[1] };
  return UNKNOWN;
}

/** The pixels of a frame as its modality means them: Hounsfield units for CT. */
export interface Values {
  columns: number; rows: number; samples: number;
  at(column: number, row: number, sample: number): number;
  /** `HU`, what the file says, or nothing. */
  unit: string;
}

export interface Statistics { mean: number; sd: number; min: number; max: number; pixels: number }

/** Whether a pixel's centre lies in the ellipse that fills the box of two places. */
export function statisticsOf([a, b]: Place[], values: Values): Statistics | null {
  const [cx, cy] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const [rx, ry] = [Math.abs(a[0] - b[0]) / 2, Math.abs(a[1] - b[1]) / 2];
  if (values.samples !== 1 || rx === 0 || ry === 0) return null;
  let [pixels, sum, squares, min, max] = [0, 0, 0, Infinity, -Infinity];
  for (let row = Math.max(0, Math.floor(cy - ry)); row <= Math.min(values.rows - 1, Math.ceil(cy + ry)); row += 1) {
    for (let column = Math.max(0, Math.floor(cx - rx)); column <= Math.min(values.columns - 1, Math.ceil(cx + rx)); column += 1) {
      if (((column + 0.5 - cx) / rx) ** 2 + ((row + 0.5 - cy) / ry) ** 2 > 1) continue;
      const value = values.at(column, row, 0);
      pixels += 1;
      sum += value;
      squares += value * value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  if (!pixels) return null;
  const mean = sum / pixels;
  return { mean, sd: Math.sqrt(Math.max(0, squares / pixels - mean * mean)), min, max, pixels };
}

export interface Measured {
  calibration: Calibration;
  /** Millimetres; pixels where the calibration is unknown. */
  length?: number;
  /** Degrees. */
  angle?: number;
  /** Square millimetres; square pixels where the calibration is unknown. */
  area?: number;
  statistics?: Statistics;
  /** The samples of the pixel under a probe. */
  value?: number[];
  unit: string;
}

/** What a mark comes to on its frame; `values` when its pixels are here. */
export function measure(mark: Pick<Mark, 'kind' | 'places' | 'frame'>, metadata: Metadata, values: Values | null): Measured {
  const calibration = calibrationOf(metadata, mark.frame, mark.places);
  const unit = values?.unit ?? '';
  const [a, b, c] = mark.places;
  const between = (p: Place, q: Place): Place => [(q[0] - p[0]) * calibration.column, (q[1] - p[1]) * calibration.row];
  if (mark.kind === 'length' && b) return { calibration, unit, length: Math.hypot(...between(a, b)) };
  if (mark.kind === 'angle' && b && c) {
    const [one, other] = [between(b, a), between(b, c)];
    const turn = Math.abs(Math.atan2(one[0] * other[1] - one[1] * other[0], one[0] * other[0] + one[1] * other[1]));
    return { calibration, unit, angle: (turn * 180) / Math.PI };
  }
  if (mark.kind === 'ellipse' && b) {
    const [w, h] = between(a, b);
    return { calibration, unit, area: (Math.PI * Math.abs(w * h)) / 4, statistics: (values && statisticsOf(mark.places, values)) ?? undefined };
  }
  if (mark.kind === 'probe' && values) {
    const [column, row] = [Math.floor(a[0]), Math.floor(a[1])];
    const inside = column >= 0 && row >= 0 && column < values.columns && row < values.rows;
    return { calibration, unit, value: inside ? Array.from({ length: values.samples }, (_, sample) => values.at(column, row, sample)) : undefined };
  }
  return { calibration, unit };
}

/** The unit of a modality's values: Hounsfield only where the file does not say otherwise. */
export function unitOf(metadata: Metadata): string {
  const said = text(metadata, '00281054');
  if (text(metadata, '00080060') === 'CT') return said === '' || said === 'HU' ? 'HU' : said === 'US' ? '' : said;
  return said === 'US' || said === '' ? '' : said;
}
