// Whether an act of the event stream is a notice for me, and whether it presses.
import type { LedgerAct } from '../../api/events';
import type { Me, Notice } from '../../api/types';

export function isForMe(act: Pick<LedgerAct, 'by' | 'params'>, me: Me): boolean {
  const tell = act.params.tell;
  if (!Array.isArray(tell) || act.by?.id === me.person.id) return false;
  return tell.includes(`person:${me.person.id}`) || (me.role?.role === 'dispatcher' && tell.includes(`desk:${me.role.hospital.id}`));
}

/** What cannot wait: an emergency, and whoever is called into a room. */
export const isPressing = (notice: Pick<Notice, 'what' | 'params'>): boolean => notice.params.urgency === 'emergency' || notice.what === 'timer.call';
