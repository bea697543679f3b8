// The operations of the outbreak slice. Shapes are those that the server describes.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, url } from '../../api/client';
import type { components } from '../../api/schema';
import type { HospitalRef } from '../../api/types';

type Server = components['schemas'];
export type Case = Server['OutbreakCase'];
export type Row = Server['OutbreakRow'];
export type List = Server['OutbreakList'];
export type Class = Server['OutbreakClass'];
export type Grade = Server['OutbreakGrade'];
export type Verdict = Server['OutbreakVerdict'];
export type Clock = Server['OutbreakClock'];
export type Text = Server['OutbreakText'];
export type Guideline = Server['OutbreakGuideline'];
export type Criterion = Server['OutbreakCriterion'];
export type Guidelines = Server['OutbreakGuidelines'];
export type Values = Server['OutbreakValues'];
export type Typed = Server['OutbreakTyped'];
export type GradedBy = Server['OutbreakGradedBy'];
export type Pair = Server['OutbreakPair'];
export type Duplicates = Server['OutbreakDuplicates'];
export type Alert = Server['OutbreakAlert'];
export type Patient = Server['OutbreakPatient'];

export const CLASSES = ['suspected', 'clinical', 'confirmed', 'excluded'] as const;
export const GRADES = ['mild', 'ordinary', 'severe', 'critical'] as const;
export const EXPOSURES = ['contact', 'place', 'travel', 'animal', 'work', 'unknown'] as const;
/** Longest text typed, in characters: the server's bound. */
export const TEXT_MAX = 500;

export interface Filter { disease?: string; class?: string; grade?: string; hospital?: string; from?: string; to?: string; sort?: string }

export const listQuery = (filter: Filter) => queryOptions({ queryKey: ['outbreak', 'list', filter], queryFn: ({ signal }) => api.get<List>('/api/outbreak/cases', { ...filter }, signal), placeholderData: keepPreviousData });
export const caseQuery = (id: string) => queryOptions({ queryKey: ['outbreak', 'case', id], queryFn: ({ signal }) => api.get<Case>(`/api/outbreak/cases/${id}`, undefined, signal) });
export const guidelinesQuery = queryOptions({ queryKey: ['outbreak', 'guidelines'], queryFn: ({ signal }) => api.get<Guidelines>('/api/outbreak/guidelines', undefined, signal), staleTime: 3_600_000 });
export const duplicatesQuery = queryOptions({ queryKey: ['outbreak', 'duplicates'], queryFn: ({ signal }) => api.get<Duplicates>('/api/outbreak/duplicates', undefined, signal) });
export const alertsQuery = queryOptions({ queryKey: ['outbreak', 'alerts'], queryFn: ({ signal }) => api.get<{ alerts: Alert[] }>('/api/outbreak/alerts', undefined, signal).then((answer) => answer.alerts) });
export const hospitalsQuery = queryOptions({ queryKey: ['hospitals'], queryFn: ({ signal }) => api.get<{ hospitals: HospitalRef[] }>('/api/hospitals', undefined, signal).then((answer) => answer.hospitals), staleTime: 600_000 });

export const exportUrl = (filter: Filter, format: string): string => url('/api/outbreak/cases.csv', { ...filter, format });
