// What the consultation screens ask the server for. Keys start with the case's id so that an act refreshes its case alone.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { CaseDetail, Inbox, Look } from '../../api/types';

export interface InboxAsk { state?: string; urgency?: string; waiting?: 'me'; q?: string; after?: string }

export const inboxQuery = (ask: InboxAsk) => queryOptions({
  queryKey: ['inbox', ask],
  queryFn: ({ signal }) => api.get<Inbox>('/api/consults', { ...ask }, signal),
  placeholderData: keepPreviousData,
});

export const caseQuery = (id: string) => queryOptions({
  queryKey: ['case', id],
  queryFn: ({ signal }) => api.get<CaseDetail>(`/api/consults/${id}`, undefined, signal),
});

export const accessQuery = (id: string) => queryOptions({
  queryKey: ['case', id, 'access'],
  queryFn: ({ signal }) => api.get<{ looks: Look[] }>(`/api/consults/${id}/access`, undefined, signal).then((answer) => answer.looks),
});
