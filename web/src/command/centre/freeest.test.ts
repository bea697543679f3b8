import { expect, it } from 'vitest';
import type { BedBoard } from '../../care/referral/shape';
import { freeest } from './freeest';

const ward = (care: string, free: number, held: number, taken: number) => ({ id: `${care}${free}`, name: '', name_en: '', care, free, held, taken, beds: [] });
const at = (id: string, ...wards: unknown[]) => ({ hospital: { id, name: id, name_en: id, level: 'county' }, wards });
const board = { hospitals: [at('a', ward('icu', 0, 1, 3)), at('b', ward('ward', 9, 0, 1)), at('c', ward('icu', 2, 0, 1), ward('icu', 1, 1, 0), ward('ward', 4, 0, 0))] } as unknown as BedBoard;

it('sums the wards of a level, the hospital with most free beds first', () => {
  expect(freeest(board, 'icu').map(({ hospital, free, held, taken }) => [hospital.id, free, held, taken])).toEqual([['c', 3, 1, 1], ['a', 0, 1, 3]]);
  expect(freeest(board, 'ward').map(({ hospital }) => hospital.id)).toEqual(['b', 'c']);
  expect(freeest({ hospitals: [] }, 'icu')).toEqual([]);
});
