// What the screens of referrals and beds ask the server for. A referral's key begins as a case's, so that an act refreshes it alone;
// lists and beds are asked for anew when the stream tells of a referral or a bed, and beds now and then, since a ward's word of a bed
// that nobody is referred to is told to nobody.
import { useCallback, useEffect, useMemo } from 'react';
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { LedgerAct } from '../../api/events';
import { useActs } from '../../api/live';
import { BUNDLE_MS, paced, PATIENCE_MS } from '../../api/paced';
import type { HospitalRef } from '../../api/types';
import type { BedBoard, ReferralDetail, ReferralList } from './shape';

const BEDS_AGAIN_MS = 20_000;

export const listQuery = (ended: boolean) => queryOptions({ queryKey: ['referrals', ended], queryFn: ({ signal }) => api.get<ReferralList>('/api/referrals', ended ? { ended } : {}, signal) });

export const referralQuery = (id: string) => queryOptions({ queryKey: ['case', id, 'referral'], queryFn: ({ signal }) => api.get<ReferralDetail>(`/api/referrals/${id}`, undefined, signal) });

export const summaryQuery = (id: string) => queryOptions({ queryKey: ['summary', id], queryFn: ({ signal }) => api.get<unknown>(`/api/referrals/${id}/summary`, undefined, signal), staleTime: Infinity });

/** The beds of the own hospital. */
export const bedsQuery = queryOptions({ queryKey: ['beds', 'own'], queryFn: ({ signal }) => api.get<BedBoard>('/api/beds', undefined, signal), refetchInterval: BEDS_AGAIN_MS });

/** The beds of every hospital of the network: those below the highest one. */
export const allBedsQuery = queryOptions({
  queryKey: ['beds', 'all'],
  queryFn: async ({ signal }) => {
    const { hospitals } = await api.get<{ hospitals: HospitalRef[] }>('/api/hospitals', undefined, signal);
    return api.get<BedBoard>('/api/beds', { hospital: hospitals[0]?.id, region: true }, signal);
  },
  refetchInterval: BEDS_AGAIN_MS,
});

/** Keeps lists and beds true while a page shows them. */
export function useReferralsLive(): void {
  const client = useQueryClient();
  const refresh = useMemo(() => paced(() => Promise.all([client.invalidateQueries({ queryKey: ['referrals'] }), client.invalidateQueries({ queryKey: ['beds'] })]), BUNDLE_MS, PATIENCE_MS), [client]);
  useEffect(() => () => refresh.stop(), [refresh]);
  useActs(useCallback((act: LedgerAct) => { if (/^(referral|bed)\./.test(act.what)) refresh.ask(); }, [refresh]));
}
