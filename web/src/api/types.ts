// The shapes of the HTTP API as the screens use them. Instants are RFC 3339 in UTC; clinical numbers are strings as typed.
export type Id = string;
export type Instant = string;
export interface Ref { id: Id; name: string }
export interface HospitalRef { id: Id; name: string; name_en: string; level: string }
export interface PersonRef { id: Id; name: string; name_en?: string; title?: string; title_en?: string; hospital: HospitalRef }

export type Urgency = 'emergency' | 'urgent' | 'routine';
export type Kind = 'live' | 'record';
export const STATES = ['draft', 'submitted', 'returned', 'triaged', 'scheduled', 'waiting', 'in-session', 'suspended', 'opinion-drafted', 'signed', 'delivered', 'acknowledged', 'followed-up', 'closed', 'declined', 'cancelled', 'transferred', 'converted-async', 'escalated', 'no-show'] as const;
export type State = (typeof STATES)[number];
export const SPECIALTIES = ['respiratory', 'critical-care', 'infectious', 'cardiology', 'neurosurgery', 'neurology', 'obstetrics', 'paediatrics', 'radiology', 'endocrinology', 'thoracic-surgery', 'general-surgery', 'nephrology', 'haematology', 'oncology', 'orthopaedics'] as const;

export interface Role { id: Id; role: string; hospital: HospitalRef }
export interface MyFactor { since?: Instant; codes_left: number; demanded: boolean; fresh_until?: Instant }
/** `step`: what signing in still wants; until it is `done` there are no roles. */
export interface Me { person: PersonRef; role: Role | null; roles: Role[]; step: 'done' | 'prove' | 'enrol' | (string & {}); factor: MyFactor; until: Instant; demo: boolean; server_time: Instant; ledger_number: number }

export interface Age { value: number; unit: 'y' | 'm' | 'd' }
export interface PatientCard {
  id: Id; name: string; pinyin?: string; sex: string; birth_date?: string; age: Age | null;
  identifier: { kind: string; value?: string }; phone?: string; unknown: boolean; /** Nobody: made up for a drill. */ drill: boolean; masked: boolean; hospital: HospitalRef;
  found_at?: string; marks?: string; /** Other records of the same person. */ linked?: Id[]; version?: number;
}
export interface PatientInput {
  name?: string; family?: string; given?: string; sex: 'male' | 'female' | 'other' | 'unknown'; birth_date?: string;
  identifier: { kind: 'resident' | 'passport' | 'unknown' | 'drill'; value?: string }; phone?: string;
  unknown?: { approx_age?: number; found_at?: string; marks?: string };
}

export interface Vitals {
  time: Instant; temperature?: string; pulse?: string; respiration?: string; systolic?: string; diastolic?: string;
  spo2?: string; oxygen?: boolean; consciousness?: 'A' | 'C' | 'V' | 'P' | 'U';
}
export interface Lab { name: string; value: string; unit: string; low?: string; high?: string; time: Instant }
export interface RequestForm {
  form: 'emergency' | 'full'; patient: Id | null; drill?: boolean; urgency: Urgency; kind: Kind; purpose: string; specialty: string; callback_phone?: string;
  complaint?: string; history?: string; past_history?: string; examination?: string; auxiliary?: string; allergies?: string; drugs?: string;
  weight_kg?: string; pregnancy?: 'no' | 'yes' | 'unknown'; pregnancy_weeks?: string;
  vitals: Vitals[]; labs: Lab[]; diagnosis?: string; treatment?: string;
  wanted?: { expert?: Id; hospital?: Id; time?: Instant };
  consent: { document?: Id; emergency_reason?: string };
}

export interface Attachment { kind: string; count: number }
export interface Timer { kind: 'first-look' | 'expert-in-room' | 'signed-opinion' | 'acknowledge'; started: Instant; due: Instant }
/** What happens next by itself, unless somebody takes a step before; `who` is late. */
export type Rung = 'ring' | 'first-look' | 'accept' | 'remind' | 'call' | 'standby' | 'dispatcher' | 'swap' | 'absent' | 'expert-in-room' | 'line' | 'opinion' | 'acknowledge' | 'administrator';
export interface NextRung { what: Rung; at: Instant; who?: 'expert' | 'asking'; tells: string[] }
export interface CaseRow {
  id: Id; number: string; version: number; state: State; urgency: Urgency; kind: Kind; form: string; purpose: string; specialty: string;
  patient: PatientCard | null; asking: { hospital: HospitalRef; doctor: PersonRef }; advising: PersonRef[];
  attachments: Attachment[]; timer: Timer | null; next: NextRung | null; waiting_for_me: boolean;
  scheduled: null | { start: Instant; end: Instant; /** null: a virtual room of the case's own */ room: (Ref & { name_en: string }) | null; /** by which the asking hospital joins, as that calls it */ terminal?: string }; submitted_at: Instant; updated_at: Instant;
}
export interface Inbox { rows: CaseRow[]; next?: string; counts: { all: number; waiting: number; emergency: number; by_state: Partial<Record<State, number>> } }
export interface Act { number: number; at: Instant; what: string; by: PersonRef | null; role?: string; why?: string; params: Record<string, unknown> }
export interface Notice { number: number; at: Instant; what: string; by: PersonRef | null; case?: Id; params: Record<string, unknown> }
export interface Notices { notices: Notice[]; unread: number; read_to: number; mail?: string | null; sends_mail: boolean; sms?: string | null; sends_sms: boolean }
export interface Message { id: Id; at: Instant; by: PersonRef; text: string }
export interface Step { step: string; allowed: boolean; why?: string }
export interface SummaryNumber { name: string; value: string; unit: string; flag?: 'high' | 'low' | 'critical'; at: Instant }
export interface CaseDetail extends CaseRow {
  request: RequestForm; consent: { on_file: boolean; emergency_reason?: string; due?: Instant; given_at?: Instant; late_reason?: string };
  returned: { items: string[]; at: Instant; by: PersonRef } | null;
  asks: { id: Id; items: string[]; at: Instant; by: PersonRef; answered_at?: Instant; answer?: string }[];
  timeline: Act[]; messages: Message[]; opinion: { signed_at: Instant; by: PersonRef; version: number } | null;
  answer: { answer: 'adopted' | 'partly' | 'not'; reason?: string; at: Instant; by: PersonRef } | null;
  room: { open: boolean; announced: boolean }; steps: Step[];
  summary: { who: string[]; why: string; changed: string[]; numbers: SummaryNumber[] };
}
export interface Look { at: Instant; person: PersonRef; role: string; what: string; allowed: boolean }
export interface Busy { from: Instant; to: Instant; what?: string; case?: Id }
/** `role` (a PractitionerRole) is what an assignment names; `id` is the person. */
export interface Expert extends PersonRef { role: Id; specialties: string[]; zone?: string; busy: Busy[] }
export interface Room { id: Id; name: string; name_en: string; hospital: HospitalRef; virtual: boolean; busy: Busy[] }
export interface Draft<Body> { id: Id; revision: number; saved_at: Instant; body: Body }

export interface FileResult { name: string; kind: 'dicom' | 'document' | 'held' | 'refused'; study?: string; document?: Id; why?: string; detail?: string; duplicate?: boolean }
export interface Series { uid: string; number?: number; description?: string; modality: string; instances: number; shown: boolean; why_not?: string; thumbnail?: string }
export interface Study { uid: string; id: Id; date?: string; time?: string; description?: string; modality: string; series: Series[]; instances: number; bytes: number; patient_differs: boolean }
export interface Doc { id: Id; name: string; mime: string; bytes: number; at: Instant }
export interface PersonShown { name: string; name_latin?: string; sex: string; birth_date: string; identifier: string }
export type Difference = 'name' | 'sex' | 'birth_date' | 'identifier';
/** Somebody whom files name who is not the patient chosen. */
export interface Differing { identity: string; in_file: PersonShown; in_case: PersonShown; differs: Difference[] }
export interface Held { upload: Id; name: string; in_file: PersonShown; in_case: PersonShown; differs: Difference[] }
export interface HandoverBegun { token: string; read_by: Instant; until: Instant }
export interface HandoverShown { open: boolean; read: boolean; photos: number; until?: Instant }
export interface Files { studies: Study[]; documents: Doc[]; held: Held[] }

export interface Consulted {
  value: number; distinct_patients: number; rule: { code: string; version: string; text: { zh: string; en: string } };
  series: { date: string; value: number }[];
}
export interface ConsultedCase { id: Id; number: string; at: Instant; asking: HospitalRef; advising: HospitalRef[] }
