import { expect, it } from 'vitest';
import type { JoinRow } from '../api';
import { counted, groupOf, shown } from './standings';

const row = (id: string, state: string, contact?: string): JoinRow => ({
  hospital: { id, name: `医院${id}`, name_en: `Hospital ${id}`, level: 'county' }, state, failing: [], probes: [], contact: contact ? { name: contact, phone: '0376-1' } : null,
});
const rows = [row('a', 'none'), row('b', 'accepted'), row('c', 'failing', '赵工'), row('d', 'invited'), row('e', 'withdrawn'), row('f', 'out')];

it('counts every state once', () => {
  expect(counted(rows)).toEqual({ wrong: 2, under_way: 1, accepted: 1, none: 2 });
  expect(['late', 'joined', 'probed', 'nobody knows'].map((state) => groupOf({ state }))).toEqual(['wrong', 'under_way', 'under_way', 'none']);
});

it('shows what is wrong first, and finds by name and by whom one calls', () => {
  const ids = (all: JoinRow[]) => all.map((one) => one.hospital.id).join('');
  expect(ids(shown(rows, null, ''))).toBe('cfdbae');
  expect(ids(shown(rows, 'none', ''))).toBe('ae');
  expect(ids(shown(rows, null, ' 赵工 '))).toBe('c');
  expect(ids(shown(rows, null, 'hospital F'))).toBe('f');
  expect(ids(shown(rows, 'accepted', '赵工'))).toBe('');
});
