// What the consultation screens ask the server for. Keys start with the case's id so that an act refreshes its case alone.
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { CaseDetail, Inbox, Look } from '../../api/types';

export interface InboxAsk { state?: string; urgency?: string; waiting?: 'me'; q?: string; after?: string }

/** How many cases there are of each kind. Every page of the inbox brings it along; elsewhere it is asked for with a page without rows. */
export const countsQuery = queryOptions({
  queryKey: ['inbox', 'counts'],
  queryFn: ({ signal }) => api.get<Inbox>('/api/consults', { state: 'draft' }, signal).then((page) => page.counts),
});

export const caseQuery = (id: string) => queryOptions({
  queryKey: ['case', id],
  queryFn: ({ signal }) => api.get<CaseDetail>(`/api/consults/${id}`, undefined, signal),
});

export const accessQuery = (id: string) => queryOptions({
  queryKey: ['case', id, 'access'],
  queryFn: ({ signal }) => api.get<{ looks: Look[] }>(`/api/consults/${id}/access`, undefined, signal).then((answer) => answer.looks),
});
