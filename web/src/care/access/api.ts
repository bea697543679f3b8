// The operations of access: records opened in need, their review, who looked.
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { HospitalRef, Id, Instant, PatientCard, PersonRef } from '../../api/types';

export interface CaseOf { id: Id; number: string; purpose: string; state: string; submitted_at: Instant }
export interface Open { patient: PatientCard; cases: CaseOf[]; reason: string; until: Instant }
export interface Opened { open: Open[] }
export interface BreakGlass { identifier?: { kind: 'resident' | 'passport'; value: string }; case_number?: string; hospital?: Id; reason: string; code?: string }
export interface Review {
  id: Id; version: number; by?: PersonRef | null; role: string; patient: string; hospital: HospitalRef; reason: string; from: Instant; until: Instant;
  looks: Record<string, number>; outcome?: string | null; note?: string | null; reviewed_by?: PersonRef | null; reviewed_at?: Instant | null;
}
export interface Reviews { reviews: Review[]; open: number }
export interface Look { number: number; at: Instant; person: PersonRef; role: string; what: string; allowed: boolean; glass: boolean; case?: Id | null; case_number?: string | null; patient?: string | null }
export interface Archived { before: Instant; at: Instant; file: string; sha256: string }
export interface Looks { looks: Look[]; next?: number | null; archives?: Archived[] }
export interface LookFilter { case?: string; patient?: string; person?: string; day?: string }

export const mineQuery = queryOptions({ queryKey: ['access', 'mine'], queryFn: ({ signal }) => api.get<Opened>('/api/access/mine', undefined, signal), staleTime: 30_000 });
export const reviewsQuery = queryOptions({ queryKey: ['access', 'reviews'], queryFn: ({ signal }) => api.get<Reviews>('/api/access/reviews', undefined, signal) });

const CLINICAL = ['asking-doctor', 'specialist', 'reader', 'ward-nurse', 'ward-doctor'];
/** Mirrors `kernel::decide`: who may open a record in need. */
export const mayBreak = (role: string | undefined): boolean => CLINICAL.includes(role ?? '');
/** Mirrors `kernel::decide`: who judges, and sees all looks of a hospital. */
export const answersFor = (role: string | undefined): boolean => role === 'hospital-administrator';
