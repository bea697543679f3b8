// Whom an emergency calls: the calls among my notices that nobody has answered yet. Pure.
import type { HospitalRef, Id, Instant, Notice } from '../../api/types';

/** A call of an emergency's ring. */
export interface Call { case: Id; number: string; at: Instant; specialty: string; from: HospitalRef | null; called: number; drill: boolean }

/** So long a call stands on the screen: by then the dispatchers have been told, twice. */
export const STANDS_MS = 10 * 60_000;

const CALL = 'timer.ring';
/** What ends a call for whoever was called. */
const ANSWERED = new Set(['consult.answer_ring', 'consult.assign', 'consult.cancel', 'consult.decline', 'consult.transfer']);

/** Newest first; `notices` are newest first too. */
export function openCalls(notices: readonly Notice[], now: number): Call[] {
  const over = new Set<Id>();
  const calls: Call[] = [];
  for (const { what, at, case: id, params } of notices) {
    if (!id || over.has(id)) continue;
    if (ANSWERED.has(what)) over.add(id);
    if (what !== CALL || now - Date.parse(at) > STANDS_MS) continue;
    over.add(id);
    calls.push({
      case: id, at, number: String(params.number ?? ''), specialty: String(params.specialty ?? ''),
      from: (params.from_hospital as HospitalRef | null | undefined) ?? null, called: Array.isArray(params.on_call) ? params.on_call.length : 0, drill: params.drill === true,
    });
  }
  return calls;
}
