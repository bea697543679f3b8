// The shapes of the directory, of sign-ins and of settings as the administration's pages read them.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Id, Instant, Me, PersonRef } from '../api/types';

export const ROLES = ['asking-doctor', 'dispatcher', 'specialist', 'reader', 'ward-nurse', 'ward-doctor', 'care-manager', 'social-worker', 'hospital-administrator', 'command-staff', 'outbreak-officer', 'platform-administrator'] as const;
export const LEVELS = ['international', 'national', 'province', 'city', 'county', 'township', 'village'] as const;
export const LANGUAGES = ['zh', 'en', 'yue', 'ug', 'bo', 'mn', 'fr', 'es', 'ru', 'ar', 'pt', 'ja', 'ko', 'de'] as const;

export interface Site { id: Id; name: string; name_en: string; level: string; parent?: Id; active: boolean; people: number; departments: number; rooms: number }
export interface Sites { sites: Site[]; runs_all: boolean }
export interface Place { id: Id; kind: string; name: string; name_en: string; ward?: Id; active: boolean }
export const DEVICES = ['terminal', 'ct', 'mr', 'x-ray', 'ultrasound', 'endoscope', 'ecg', 'slide-scanner', 'monitor', 'ventilator', 'other'] as const;
export interface Device { id: Id; kind: string; name: string; place?: Id; manufacturer?: string; model?: string; serial?: string; active: boolean }
export interface Post { id: Id; role: string; hospital: Id; hospital_name: string; hospital_name_en: string; specialties: string[]; department?: Id; mine: boolean }
export interface PersonRow { id: Id; name: string; name_en?: string; title?: string; title_en?: string; account?: string; active: boolean; has_password: boolean; has_factor: boolean; licence_until?: string; posts: Post[] }
export interface People { people: PersonRow[]; total: number }
export interface Certificate { subject: string; not_after: Instant; ended_at?: Instant }
export interface PersonDetail { row: PersonRow; licence?: string; licence_until?: string; phone?: string; languages: string[]; time_zone?: string; version: number; wholly: boolean; certificates: Certificate[]; link_until?: Instant }
export interface Link { id: Id; account: string; token: string; until: Instant }
export interface Fault { field: string; code: string; value: string; bound?: number }
export type ImportKind = 'hospitals' | 'places' | 'devices' | 'people';
export interface ImportLine { table: ImportKind; line: number; outcome: 'new' | 'changed' | 'same' | 'bad'; key: string; name: string; changes?: { field: string; before: string; after: string }[]; faults?: Fault[]; link?: Link }
export interface Imported { digest: string; applied: boolean; encoding: string; unknown_columns: string[]; unknown_sheets: string[]; new: number; changed: number; same: number; bad: number; lines: ImportLine[] }
export interface ImportProgress { step: 'none' | 'reading' | 'comparing' | 'keeping' | 'undoing'; done: number; total: number }
export interface ImportedBefore { id: Id; at: Instant; until: Instant; by: string; new: number; changed: number }
export type UndoFate = 'removed' | 'restored' | 'changed' | 'used' | 'gone' | 'outside';
export interface ImportUndo { digest: string; undone: boolean; lines: { table: ImportKind | 'posts'; id: Id; name: string; fate: UndoFate }[] }
export interface OpenSession { opened_at: Instant; until: Instant; address: string; device: string; this: boolean }
export interface Recent { open: OpenSession[]; tries: { at: Instant; outcome: string; address: string; device: string }[] }
export type SettingValue = number | boolean | string | string[] | null;
export interface SettingChange { number: number; value?: SettingValue; at: Instant; by?: PersonRef; why: string }
export interface Setting { key: string; kind: string; min?: number; max?: number; unit?: string; choices?: string[]; value: SettingValue; default: SettingValue; set_here: boolean; number: number; last?: SettingChange }
export interface Program { id: Id; name: string; hospital: Id; strict: boolean; create_by_put: boolean; unrestricted: boolean; added_at: Instant; ended_at?: Instant | null }
export interface Programs { clients: Program[]; may_add: boolean }
export interface ProgramAdded { client: Program; token: string; address: string }
export interface JoinFigure { name: string; value: number; unit: string }
export interface JoinTrial { hospital: { id: Id; name: string; name_en: string; level: string }; ice_servers: { urls: string[]; username: string; credential: string }[]; call_seconds: number }
export interface JoinProbe { name: string; state: 'passed' | 'failed' | 'hung' | 'not-tried'; figures: JoinFigure[]; took_ms: number; said: string; tried?: JoinConfirmed | null }
export interface JoinGateway { version: string; until: Instant; clock_off: boolean; last_seen?: Instant | null; clock_ms?: number | null; round_trip_ms?: number | null; loss_percent?: number | null; queue?: number | null }
export interface JoinConfirmed { by?: PersonRef | null; at: Instant }
export interface JoinRow { hospital: { id: Id; name: string; name_en: string; level: string }; state: string; since?: Instant | null; contact?: { name: string; phone: string } | null; until?: Instant | null; failing: string[]; probes: JoinProbe[]; gateway?: JoinGateway | null; centre?: JoinConfirmed | null; own?: JoinConfirmed | null }
export interface JoinBoard { rows: JoinRow[]; next?: Id | null }
export const OUTAGE_CAUSES = ['line', 'power', 'machine', 'software', 'planned', 'unknown'] as const;
export interface OutageBy { by?: PersonRef | null; at: Instant }
export interface Outage { id: Id; hospital: { id: Id; name: string; name_en: string; level: string }; state: 'silent' | 'back' | 'ended'; since: Instant; silent_since?: Instant | null; back?: Instant | null; silences: number; seconds: number; taken?: OutageBy | null; cause?: string | null; text: string; closed?: OutageBy | null; notes: (OutageBy & { text: string })[] }
export interface OutageList { outages: Outage[]; hospitals: { hospital: Outage['hospital']; outages: number; seconds: number; available: number }[] }
export interface JoinInvitation { hospital: Id; line: string; qr: string; until: Instant }
export interface Offer { secret: string; uri: string; sealed: string }
export interface CalendarLink { address: string; since: Instant }
export interface Confirmed { recovery_codes: string[]; me: Me }

export interface PeopleAsk { q?: string; hospital?: string; role?: string; state?: string; skip?: number; count?: number }

export const sitesQuery = queryOptions({ queryKey: ['admin', 'sites'], queryFn: () => api.get<Sites>('/api/admin/hospitals') });
export const importsQuery = queryOptions({ queryKey: ['admin', 'imports'], queryFn: () => api.get<ImportedBefore[]>('/api/admin/imports') });
export const placesQuery = (id: Id) => queryOptions({ queryKey: ['admin', 'places', id], queryFn: () => api.get<{ places: Place[] }>(`/api/admin/hospitals/${id}/places`).then((answer) => answer.places) });
export const devicesQuery = (id: Id) => queryOptions({ queryKey: ['admin', 'devices', id], queryFn: () => api.get<{ devices: Device[] }>(`/api/admin/hospitals/${id}/devices`).then((answer) => answer.devices) });
export const peopleQuery = (ask: PeopleAsk) => queryOptions({ queryKey: ['admin', 'people', ask], queryFn: () => api.get<People>('/api/admin/people', { ...ask }), placeholderData: (before: People | undefined) => before });
export const personQuery = (id: Id) => queryOptions({ queryKey: ['admin', 'person', id], queryFn: () => api.get<PersonDetail>(`/api/admin/people/${id}`) });
export const personSessionsQuery = (id: Id) => queryOptions({ queryKey: ['admin', 'person', id, 'sessions'], queryFn: () => api.get<Recent>(`/api/admin/people/${id}/sessions`) });
export const recentQuery = queryOptions({ queryKey: ['session', 'recent'], queryFn: () => api.get<Recent>('/api/session/recent') });
export const calendarQuery = queryOptions({ queryKey: ['calendar', 'link'], queryFn: () => api.get<{ since?: Instant }>('/api/calendar/link') });
export const settingsQuery = (hospital?: Id) => queryOptions({ queryKey: ['admin', 'settings', hospital ?? ''], queryFn: () => api.get<{ settings: Setting[] }>('/api/admin/settings', { hospital }).then((answer) => answer.settings) });
export const settingHistoryQuery = (key: string, hospital?: Id) => queryOptions({ queryKey: ['admin', 'settings', hospital ?? '', key], queryFn: () => api.get<{ changes: SettingChange[] }>(`/api/admin/settings/${key}`, { hospital }).then((answer) => answer.changes) });

export const trialQuery = (hospital: Id) => queryOptions({ queryKey: ['admin', 'trial', hospital], queryFn: () => api.get<JoinTrial>(`/api/admin/join/${hospital}/trial`), staleTime: 0 });
export const outagesQuery = queryOptions({ queryKey: ['admin', 'outages'], queryFn: () => api.get<OutageList>('/api/admin/outages'), refetchInterval: 30_000 });
export const joinQuery = infiniteQueryOptions({
  queryKey: ['admin', 'join'],
  queryFn: ({ pageParam }) => api.get<JoinBoard>('/api/admin/join', { after: pageParam, count: 200 }),
  initialPageParam: undefined as Id | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
  refetchInterval: 15_000,
});
export const programsQuery = queryOptions({ queryKey: ['admin', 'programs'], queryFn: () => api.get<Programs>('/api/admin/clients') });

/** The faults of a form or a file, when that is why it was refused. */
export const faultsOf = (params: Record<string, unknown>): Fault[] => (Array.isArray(params.faults) ? (params.faults as Fault[]) : []);

/** A link is shown once; it opens the page where its person sets the password. */
export const linkUrl = (link: Link): string => `${location.origin}/welcome?token=${encodeURIComponent(link.token)}`;
