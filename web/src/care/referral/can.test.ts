// Each state for each who has a part in it: what is offered. The same table stands on the server, in steps.rs and decide.rs.
import { expect, test } from 'vitest';
import type { Me } from '../../api/types';
import { keepsBeds, mayRefer, seesReferrals, stepsOf } from './can';
import { isGone, linesOf, ranked, stands, type Asked, type BedRow, type HospitalBeds, type ReferralDetail, type WardBeds } from './shape';

const NOW = Date.parse('2026-11-21T04:00:00Z');
const hospital = (id: string) => ({ id, name: id, name_en: id, level: 'county' });
const me = (role: string, at: string) => ({ person: { id: 'p', name: 'p', hospital: hospital(at) }, role: { id: 'r', role, hospital: hospital(at) } }) as unknown as Me;
const county = me('asking-doctor', 'county');
const desk = me('dispatcher', 'province');
const nurse = me('ward-nurse', 'province');
const expert = me('specialist', 'province');
const bed = { id: 'b', name: '1床', name_en: 'bed 1', until: '2026-11-21T05:00:00Z' };
const asked = (answer: Asked['answer'], until = bed.until): Asked => ({ hospital: hospital('province'), answer, why: null, bed: answer === 'offered' || answer === 'chosen' ? { ...bed, until } : null, at: '2026-11-21T03:00:00Z' });
const up = (state: string, answer: Asked['answer'] = 'waiting', more: object = {}) => ({
  state, direction: 'up', sender: hospital('county'), asked: [asked(answer)],
  receiver: state === 'asked' ? null : hospital('province'), transport: null, ...more,
}) as unknown as ReferralDetail;
const home = (state: string) => ({ ...up(state), direction: 'down', sender: hospital('province'), asked: [{ ...asked('waiting'), hospital: hospital('county') }], receiver: state === 'asked' ? null : hospital('county') }) as ReferralDetail;
const names = (detail: ReferralDetail, who: Me) => stepsOf(detail, who, NOW).map(({ step, why }) => (why ? `${step}?${why}` : step));

test.each([
  ['asked', county, up('asked'), ['accept?no_offer', 'ask', 'cancel']],
  ['asked', desk, up('asked'), ['offer', 'decline']],
  ['asked', nurse, up('asked'), []],
  ['offered', county, up('asked', 'offered'), ['accept', 'ask', 'cancel']],
  ['offered', desk, up('asked', 'offered'), ['withdraw', 'decline']],
  ['lost', desk, up('asked', 'lost'), ['offer', 'decline']],
  ['declined', desk, up('asked', 'declined'), ['offer']],
  ['accepted', county, up('accepted', 'chosen'), ['depart?no_transport', 'transport', 'reopen', 'cancel']],
  ['accepted, ordered', county, up('accepted', 'chosen', { transport: {} }), ['depart', 'transport', 'reopen', 'cancel']],
  ['accepted', desk, up('accepted', 'chosen'), []],
  ['on the way', county, up('on-the-way', 'chosen'), ['eta', 'turn-back']],
  ['on the way', nurse, up('on-the-way', 'chosen'), ['arrive']],
  ['on the way', desk, up('on-the-way', 'chosen'), []],
  ['arrived', expert, up('arrived', 'chosen'), ['send-back', 'close']],
  ['arrived', nurse, up('arrived', 'chosen'), []],
  ['arrived', county, up('arrived', 'chosen'), []],
  ['closed', expert, up('closed', 'chosen'), []],
  ['cancelled', county, up('cancelled'), []],
  ['turned back', county, up('turned-back', 'chosen'), []],
  ['home asked', county, home('asked'), ['take-back', 'decline']],
  ['home asked', expert, home('asked'), ['cancel']],
  ['home asked', desk, home('asked'), []],
  ['home accepted', expert, home('accepted'), ['depart?no_transport', 'transport', 'cancel']],
  ['home on the way', county, home('on-the-way'), ['arrive']],
  ['home arrived', county, home('arrived'), []],
  ['home declined', expert, home('declined'), []],
] as const)('%s', (_, who, detail, steps) => expect(names(detail, who)).toEqual(steps));

test('an offer whose time has passed is none', () => {
  const late = asked('offered', '2026-11-21T03:59:59Z');
  expect(stands(late, NOW)).toBe(false);
  expect(names({ ...up('asked'), asked: [late] } as ReferralDetail, county)[0]).toBe('accept?no_offer');
  expect(names({ ...up('asked'), asked: [late] } as ReferralDetail, desk)).toEqual(['offer', 'decline']);
  expect(['lost', 'lapsed', 'withdrawn', 'declined', 'waiting'].map((answer) => isGone(asked(answer as Asked['answer'])))).toEqual([true, true, true, false, false]);
});

test('who finds what', () => {
  expect([seesReferrals, mayRefer, keepsBeds].map((can) => [county, desk, nurse, expert, me('command-staff', 'province')].map(can))).toEqual([
    [true, true, true, true, false], [true, false, false, false, false], [false, true, true, false, false],
  ]);
});

test('hospitals with a free bed of the level wanted stand first, the own never', () => {
  const ward = (care: 'ward' | 'icu', free: number): WardBeds => ({ id: 'w', name: 'w', name_en: 'w', care, free, held: 0, taken: 0, beds: [] as BedRow[] });
  const at = (id: string, ...wards: WardBeds[]): HospitalBeds => ({ hospital: hospital(id), wards });
  const board = [at('a', ward('icu', 0), ward('ward', 9)), at('b', ward('icu', 1)), at('c', ward('icu', 1), ward('icu', 2)), at('county', ward('icu', 9))];
  expect(ranked(board, 'icu', 'county').map((one) => [one.at.hospital.id, one.free])).toEqual([['c', 3], ['b', 1], ['a', 0]]);
  expect(linesOf(' a \n\n b ')).toEqual(['a', 'b']);
});
