import { expect, it } from 'vitest';
import { byCity, byState, waitingFirst, type HospitalNow } from './shape';

const hospital = (id: string, more: Partial<HospitalNow> = {}): HospitalNow => ({
  id, name: id, name_en: id, level: 'county', state: 'quiet', connected: false, waiting: { emergency: 0, urgent: 0, routine: 0 }, in_session: 0, today: 0, ...more,
});

it('puts emergencies first, then the clock that runs out first', () => {
  const all = [
    hospital('a', { waiting: { emergency: 0, urgent: 0, routine: 2 }, due: '2026-11-21T01:00:00Z' }),
    hospital('b', { waiting: { emergency: 0, urgent: 1, routine: 0 }, due: '2026-11-21T03:00:00Z' }),
    hospital('c', { waiting: { emergency: 1, urgent: 0, routine: 0 }, due: '2026-11-21T04:00:00Z' }),
    hospital('d', { waiting: { emergency: 0, urgent: 1, routine: 0 }, due: '2026-11-21T02:00:00Z' }),
    hospital('e'),
  ];
  expect(waitingFirst(all).map((one) => one.id)).toEqual(['c', 'd', 'b', 'a']);
});

it('adds the counties to their city, and leaves nobody out', () => {
  const all = [
    hospital('city', { level: 'city', city: 'city', today: 1 }), hospital('county', { city: 'city', today: 2 }),
    hospital('other', { level: 'city', city: 'other', today: 1 }), hospital('province', { level: 'province', today: 1 }), hospital('none', { city: 'other' }),
  ];
  const counted = byCity(all);
  expect(counted.map(({ city, count }) => [city.id, count])).toEqual([['city', 3], ['other', 1], ['province', 1]]);
  expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(all.reduce((sum, { today }) => sum + today, 0));
});

it('counts every hospital in one state', () => {
  const counts = byState([hospital('a'), hospital('b', { state: 'emergency' }), hospital('c', { state: 'session' })]);
  expect(counts).toEqual({ emergency: 1, session: 1, connected: 0, quiet: 1, 'not-joined': 0 });
});
