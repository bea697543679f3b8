// What the consultation screens ask the server for. Keys start with the case's id so that an act refreshes its case alone.
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { CaseDetail, Inbox, Look } from '../../api/types';

export interface InboxAsk { state?: string; urgency?: string; waiting?: 'me'; q?: string; after?: string }

/** How many cases there are of each kind. Every page of the inbox brings it along; elsewhere it is asked for with a page without rows. */
export const countsQuery = queryOptions({
  queryKey: ['inbox', 'counts'],
  queryFn: ({ signal }) => api.get<Inbox>('/api/consults', { state: 'draft' }, signal).then((page) => page.counts),
});

/** Pages of a list: every act asks for all of them anew, and nobody reads further down than this. */
const PAGES_MAX = 6;

export const rowsQuery = (client: QueryClient, ask: InboxAsk) => infiniteQueryOptions({
  queryKey: ['inbox', 'rows', ask],
  queryFn: async ({ pageParam, signal }) => {
    const page = await api.get<Inbox>('/api/consults', { ...ask, after: pageParam }, signal);
    client.setQueryData(countsQuery.queryKey, page.counts);
    return page;
  },
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last, all) => (all.length < PAGES_MAX ? last.next : undefined),
});

export const caseQuery = (id: string) => queryOptions({
  queryKey: ['case', id],
  queryFn: ({ signal }) => api.get<CaseDetail>(`/api/consults/${id}`, undefined, signal),
});

export const accessQuery = (id: string) => queryOptions({
  queryKey: ['case', id, 'access'],
  queryFn: ({ signal }) => api.get<{ looks: Look[] }>(`/api/consults/${id}/access`, undefined, signal).then((answer) => answer.looks),
});
