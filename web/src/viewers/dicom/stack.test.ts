import { describe, expect, test } from 'vitest';
import { arrange, edges, sameplace, whyNot, type Metadata } from './stack';

const slice = (number: number, z: number | null, more: Metadata = {}): Metadata => ({
  '00080018': { vr: 'UI', Value: [`1.2.${number}`] },
  '00083002': { vr: 'UI', Value: ['1.2.840.10008.1.2.1'] },
  '00280010': { vr: 'US', Value: [512] },
  '00280011': { vr: 'US', Value: [512] },
  '00280100': { vr: 'US', Value: [16] },
  ...(z === null ? {} : { '00200032': { vr: 'DS', Value: [0, 0, z] }, '00200037': { vr: 'DS', Value: [1, 0, 0, 0, 1, 0] } }),
  ...more,
});

describe('the order of slices', () => {
  test('by place, in the direction of the numbers', () => {
    const down = arrange('s', 'r', [slice(1, 30), slice(2, 10), slice(3, 20), slice(4, 0)]);
    expect(down.slices.map((one) => one.position)).toEqual([30, 20, 10, 0]);
    const up = arrange('s', 'r', [slice(1, 0), slice(2, 20), slice(3, 10), slice(4, 30)]);
    expect(up.slices.map((one) => one.position)).toEqual([0, 10, 20, 30]);
  });
  test('by number where there is no place', () => {
    expect(arrange('s', 'r', [slice(1, null), slice(2, null)]).slices.map((one) => one.instance)).toEqual(['1.2.1', '1.2.2']);
  });
  test('frames of one instance, placed by their own groups', () => {
    const own = (z: number) => ({ '00209113': { vr: 'SQ', Value: [{ '00200032': { vr: 'DS', Value: [0, 0, z] } }] } });
    const many = slice(1, null, {
      '00280008': { vr: 'IS', Value: [3] },
      '52009229': { vr: 'SQ', Value: [{ '00209116': { vr: 'SQ', Value: [{ '00200037': { vr: 'DS', Value: [1, 0, 0, 0, 1, 0] } }] } }] },
      '52009230': { vr: 'SQ', Value: [own(5), own(15), own(10)] },
    });
    expect(arrange('s', 'r', [many]).slices.map((one) => [one.frame, one.position])).toEqual([[1, 5], [3, 10], [2, 15]]);
  });
});

describe('two stacks side by side', () => {
  const thin = arrange('s', 'a', [0, 1, 2, 3, 4, 5, 6, 7, 8].map((z, i) => slice(i, z * 5)));
  const thick = arrange('s', 'b', [40, 30, 20, 10, 0].map((z, i) => slice(i, z)));
  test('go to the same place, whatever their spacing and direction', () => {
    expect(thick.slices[sameplace(thin, 6, thick)].position).toBe(30);
    expect(thin.slices[sameplace(thick, 1, thin)].position).toBe(30);
  });
  test('go to the same part of the way where places do not compare', () => {
    const far = arrange('s', 'c', [1000, 1010, 1020].map((z, i) => slice(i, z)));
    expect(sameplace(thin, 8, far)).toBe(2);
    expect(sameplace(thin, 0, far)).toBe(0);
  });
});

test('what cannot be shown has a reason', () => {
  expect(whyNot(slice(1, 0))).toBeNull();
  expect(whyNot(slice(1, 0, { '00083002': { vr: 'UI', Value: ['1.2.840.10008.1.2.4.51'] } }))).toBe('jpeg-12-bit');
  expect(whyNot(slice(1, 0, { '00280010': undefined }))).toBe('no-pixel-data');
});

test('the edges of an axial slice', () => {
  expect(edges([1, 0, 0, 0, 1, 0])).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
  expect(edges([0, 1, 0, 0, 0, -1])).toEqual({ left: 'A', right: 'P', top: 'H', bottom: 'F' });
});
