import { describe, expect, test } from 'vitest';
import type { Series, Study } from '../../api/types';
import { loopOf, rateOf } from './cine';
import { dates, type Choice } from './dates';
import { commandOf, KEYS } from './keys';
import type { PaneView } from './share';
import { arrange, type Metadata, type Stack } from './stack';
import * as step from './view';

const slice = (study: string, number: number, z: number): Metadata => ({
  '00080018': { vr: 'UI', Value: [`${study}.${number}`] }, '00280010': { vr: 'US', Value: [512] }, '00280011': { vr: 'US', Value: [512] }, '00280100': { vr: 'US', Value: [16] },
  '00200032': { vr: 'DS', Value: [0, 0, z] }, '00200037': { vr: 'DS', Value: [1, 0, 0, 0, 1, 0] },
});
const stackOf = (study: string, from: number, by: number, many: number): Stack => arrange(study, `${study}.1`, Array.from({ length: many }, (_, i) => slice(study, i, from + by * i)));
const stacks = [stackOf('a', 0, 5, 24), stackOf('b', 2, 5, 24), stackOf('c', 115, -2.5, 47)];
const found = (pane: PaneView) => stacks.find((one) => one.study === pane.study);
const choice = (study: string, date: string, modality = 'CT', instances = 24, uid = `${study}.1`): Choice => {
  const series: Series = { uid, modality, instances, shown: true };
  const whole: Study = { uid: study, id: study, date, modality, series: [series], instances, bytes: 1, patient_differs: false };
  return { study: whole, series };
};
const three = [choice('b', '20200204'), choice('c', '20200206', 'CT', 47), choice('a', '20200202')];

describe('three dates', () => {
  test('of the same kind, oldest first, one a day, with the one that is looked at', () => {
    const more = [...three, choice('d', '20190101'), choice('e', '20200205', 'MR'), choice('f', '20200206', 'CT', 2)];
    expect(dates(more, { study: 'a', series: 'a.1' }).map((one) => one.study.uid)).toEqual(['a', 'b', 'c']);
    expect(dates(more, { study: 'd', series: 'd.1' }).map((one) => one.study.uid)).toEqual(['d', 'b', 'c']);
    expect(dates(more, { study: 'e', series: 'e.1' }).map((one) => one.study.uid)).toEqual(['e']);
  });
  const laid = () => {
    const one = step.layDates(step.begin(three[2]), dates(three, { study: 'a', series: 'a.1' }));
    return step.scroll(one, 0, 10, found);
  };
  test('scroll to the same place in the patient, whatever their spacing and direction', () => {
    const view = laid();
    expect(view.layout).toBe('1x3');
    expect(view.panes.map((pane) => pane.position)).toEqual([50, 52, 50]);
  });
  test('one moved by hand keeps its offset, until it is aligned again', () => {
    const moved = step.shift(laid(), 2, -4, found);
    expect(moved.panes[2]).toMatchObject({ position: 60, offset: 10 });
    expect(moved.panes[0]).toMatchObject({ position: 50, offset: 0 });
    const on = step.scroll(moved, 0, 12, found);
    expect(on.panes.map((pane) => pane.position)).toEqual([60, 62, 70]);
    expect(step.scroll(on, 2, 0, found).panes.map((pane) => pane.position)).toEqual([105, 107, 115]);
    expect(step.align(on, found).panes.map((pane) => [pane.position, pane.offset])).toEqual([[60, 0], [62, 0], [60, 0]]);
  });
  test('not linked they scroll alone, and linked again as they stand', () => {
    const alone = step.scroll(step.link(laid(), false, found), 1, 14, found);
    expect(alone.panes.map((pane) => pane.position)).toEqual([50, 72, 50]);
    const linked = step.link(alone, true, found);
    expect(linked.panes[1].offset).toBe(22);
    expect(step.scroll(linked, 0, 8, found).panes.map((pane) => pane.position)).toEqual([40, 62, 40]);
  });
});

test('a layout is filled, and left with what was looked at', () => {
  const two = step.lay(step.begin(three[0]), '2x2', three.map(step.paneOf));
  expect(two.panes.map((pane) => pane.study)).toEqual(['b', 'c', 'a', 'b']);
  expect(step.visible(step.lay({ ...two, active: 2 }, '1x1', []))[0].study).toBe('a');
});

test('films run as fast as the file says', () => {
  const of = (more: Metadata) => rateOf(more);
  expect(of({ '00181063': { vr: 'DS', Value: [40] } })).toEqual({ rate: 25, told: true });
  expect(of({ '00181065': { vr: 'DS', Value: [0, 20, 30] } })).toEqual({ rate: 40, told: true });
  expect(of({ '00082144': { vr: 'IS', Value: [12] } })).toEqual({ rate: 12, told: true });
  expect(of({ '00181063': { vr: 'DS', Value: [0] } })).toEqual({ rate: 15, told: false });
  const clips = arrange('s', 'r', [{ ...slice('s', 1, 0), '00280008': { vr: 'IS', Value: [3] } }, { ...slice('s', 2, 0), '00280008': { vr: 'IS', Value: [4] } }]);
  expect(loopOf(clips, 4)).toEqual([3, 6]);
  expect(loopOf(stacks[0], 4)).toEqual([0, 23]);
});

test('no two commands share a key', () => {
  const pressed = KEYS.flatMap((one) => one.keys.map((key) => `${one.ctrl ? 'ctrl ' : ''}${key}`));
  expect(new Set(pressed).size).toBe(pressed.length);
  const press = (key: string, more = {}) => commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });
  expect([press('Z'), press('z', { ctrlKey: true }), press('?'), press('q'), press('a', { ctrlKey: true })]).toEqual(['tool.zoom', 'undo', 'help', null, null]);
});
