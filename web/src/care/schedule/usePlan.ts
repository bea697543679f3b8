// A plan and the calendars it was made beside, read together and kept as they were: a plan does not move under the hand. What
// happens meanwhile is counted, and the dispatcher has the day planned anew.
import { useCallback, useEffect, useState } from 'react';
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { subscribeResync, type LedgerAct } from '../../api/events';
import { useActs } from '../../api/live';
import { onePost, type Plan, type Room, type Rota, type RotaRow } from './shape';

export interface Asked { day?: string; rooms: number; away: string[] }
export interface Snapshot { plan: Plan; zone: string; people: RotaRow[]; rooms: Room[]; planned_ms: number }

/** The shortest span that a rota is shown for, at the very end of a day. */
const LEAST_MS = 300_000;
/** What changes a day: a case, a calendar. Messages, files and looks do not. */
const CHANGES = /^(consult|schedule)\./;

async function read({ day, rooms: more_rooms, away: ill }: Asked): Promise<Snapshot> {
  const plan = await api.post<Plan>('/api/schedule/proposals', { day, more_rooms, ill });
  const to = new Date(Math.max(Date.parse(plan.to), Date.parse(plan.from) + LEAST_MS)).toISOString();
  const [rota, { rooms }] = await Promise.all([api.get<Rota>('/api/rota', { from: plan.from, to }), api.get<{ rooms: Room[] }>('/api/rooms', { from: plan.from, to })]);
  return { plan, zone: rota.zone, people: onePost(rota.experts), rooms, planned_ms: Date.now() };
}

const planQuery = (asked: Asked, turn: number) => queryOptions({ queryKey: ['plan', turn, asked], queryFn: () => read(asked), staleTime: 'static', placeholderData: keepPreviousData });

export function usePlan(asked: Asked) {
  const client = useQueryClient();
  const [turn, setTurn] = useState(() => Date.now());
  const [heard, setHeard] = useState<{ number: number }[]>([]);
  const query = useQuery(planQuery(asked, turn));
  const isThought = asked.rooms > 0 || asked.away.length > 0;
  const real = isThought ? client.getQueryData<Snapshot>(planQuery({ day: asked.day, rooms: 0, away: [] }, turn).queryKey) : undefined;
  const hear = useCallback((act: LedgerAct) => {
    if (CHANGES.test(act.what) && act.what !== 'schedule.propose') setHeard((all) => [...all.slice(-99), { number: act.number }]);
  }, []);
  useActs(hear);
  // The line was cut: nobody knows what happened, so it counts as something.
  useEffect(() => subscribeResync(() => setHeard((all) => [...all.slice(-99), { number: Number.MAX_SAFE_INTEGER }])), []);
  const again = useCallback(() => {
    setHeard((all) => all.filter((one) => one.number < Number.MAX_SAFE_INTEGER));
    setTurn((before) => Math.max(Date.now(), before + 1));
  }, []);
  const ledger = query.data?.plan.ledger;
  const changed = ledger === undefined ? 0 : heard.filter((one) => one.number > ledger).length;
  return { shown: query.data, real, isThought, changed, again, planning: query.isFetching, error: query.error, retry: () => void query.refetch() };
}
