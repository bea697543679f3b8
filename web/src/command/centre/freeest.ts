// Beds of a level of care by hospital. Pure.
import type { BedBoard, Care } from '../../care/referral/shape';

export interface At { hospital: BedBoard['hospitals'][number]['hospital']; free: number; held: number; taken: number }

/** Those that have such a ward, most free beds first; as they came where as many are free. */
export function freeest(board: Pick<BedBoard, 'hospitals'>, care: Care): At[] {
  return board.hospitals
    .map(({ hospital, wards }) => ({ hospital, wards: wards.filter((ward) => ward.care === care) }))
    .filter(({ wards }) => wards.length > 0)
    .map(({ hospital, wards }) => wards.reduce((all, ward) => ({ ...all, free: all.free + ward.free, held: all.held + ward.held, taken: all.taken + ward.taken }), { hospital, free: 0, held: 0, taken: 0 }))
    .sort((a, b) => b.free - a.free);
}
