import { expect, it } from 'vitest';
import type { Notice } from '../../api/types';
import { openCalls, STANDS_MS } from './calls';

const at = '2026-11-23T02:00:00Z';
const notice = (number: number, what: string, id: string, params = {}): Notice => ({ number, at, what, by: null, case: id, params: { number: `N${id}`, ...params } });
const called = (id: string) => notice(1, 'timer.ring', id, { specialty: 'respiratory', on_call: [{}, {}] });

it('stands until somebody has answered, and not for ever', () => {
  const now = Date.parse(at) + 1000;
  expect(openCalls([called('a'), called('b')], now).map((call) => [call.case, call.called])).toEqual([['a', 2], ['b', 2]]);
  expect(openCalls([notice(2, 'consult.answer_ring', 'a'), called('a'), called('b')], now).map((call) => call.case)).toEqual(['b']);
  expect(openCalls([notice(2, 'consult.assign', 'a'), called('a')], now)).toEqual([]);
  expect(openCalls([called('a')], Date.parse(at) + STANDS_MS + 1)).toEqual([]);
});

it('calls anew when the case comes back', () => {
  expect(openCalls([called('a'), notice(2, 'consult.answer_ring', 'a'), called('a')], Date.parse(at)).length).toBe(1);
});
