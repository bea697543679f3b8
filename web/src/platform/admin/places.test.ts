import { expect, test } from 'vitest';
import type { Place } from '../api';
import { bedsOf, sortOf, standsIn } from './places';

const place = (id: string, kind: string, name: string, more: Partial<Place> = {}): Place => ({ id, kind, name, name_en: name, active: true, ...more });
const PLACES = [
  place('d', 'department', '呼吸科'), place('r', 'room', '一号会诊室'), place('v', 'virtual', '线上'), place('w', 'ward', '呼吸一病区'), place('old', 'ward', '旧病区', { active: false }),
  place('b10', 'bed', '10床', { ward: 'w' }), place('b2', 'bed', '2床', { ward: 'w' }), place('b3', 'bed', '3床', { ward: 'w', active: false }), place('x', 'bed', '1床', { ward: 'old' }),
];

test('each kind has its section, and a bed its ward', () => {
  expect(PLACES.map(({ kind }) => sortOf(kind))).toEqual(['department', 'room', 'room', 'ward', 'ward', undefined, undefined, undefined, undefined]);
  expect(bedsOf(PLACES, 'w').map(({ id }) => id)).toEqual(['b2', 'b3', 'b10']);
});

test('a device stands where a door is: no department, nothing virtual, nothing closed or in what is closed', () => {
  expect(standsIn(PLACES, ({ name }) => name)).toEqual([
    { value: 'w', label: '呼吸一病区' }, { value: 'b2', label: '呼吸一病区 · 2床' }, { value: 'b10', label: '呼吸一病区 · 10床' }, { value: 'r', label: '一号会诊室' },
  ]);
});
