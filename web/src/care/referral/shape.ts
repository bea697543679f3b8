// A referral as the server describes it, and what the screens make of it: which answers stand, how a step is called. Pure.
import type { components } from '../../api/schema';
import type { PatientCard, PersonRef, Urgency } from '../../api/types';

type Server = components['schemas'];
export type Referral = Omit<Server['ReferralRow'], 'patient' | 'doctor'> & { patient: PatientCard | null; doctor?: PersonRef | null };
export type ReferralDetail = Omit<Server['ReferralDetail'], 'patient' | 'doctor'> & Referral;
export interface ReferralList { rows: Referral[]; more: boolean }
export type Asked = Server['ReferralAsked'];
export type NamedBed = Server['ReferralBed'];
export type Severity = Server['ReferralSeverity'];
export type ReferralState = Server['ReferralState'];
export type Care = Server['ReferralCare'];
export type Need = Server['ReferralNeed'];
export type Vehicle = Server['ReferralVehicle'];
export type Answer = Server['ReferralAnswer'];
export type HandoverRow = Server['HandoverRow'];
export type HandoverItem = Server['HandoverItem'];
export type Discharge = Server['Discharge'];
export type BedBoard = Server['BedBoard'];
export type HospitalBeds = Server['HospitalBeds'];
export type WardBeds = Server['WardBeds'];
export type BedRow = Server['BedRow'];

/** The lists of the server (crates/care/src/referral/state.rs), in its order. */
export const SEVERITIES: readonly Severity[] = ['critical', 'severe', 'ordinary', 'mild'];
export const CARES: readonly Care[] = ['icu', 'ward'];
export const NEEDS: readonly Need[] = ['stretcher', 'oxygen', 'ventilator', 'monitor', 'infusion', 'isolation', 'doctor', 'nurse', 'incubator'];
export const VEHICLES: readonly Vehicle[] = ['ambulance', 'hospital-ambulance', 'negative-pressure', 'air', 'own'];
export const HANDOVER: readonly HandoverItem[] = ['identity', 'summary', 'vitals', 'airway', 'lines', 'drugs', 'allergies', 'isolation', 'papers', 'family'];
/** Of the ends of a stay, those that are no referral home. */
export const OUTCOMES = ['discharged', 'moved-on', 'died'] as const;
/** How long a bed is held, in minutes, within the server's bounds (HOLD_MINUTES of model.rs); the second is its default. */
export const HOLDS = [60, 120, 240, 480, 1440] as const;
export const HOLD_DEFAULT = 120;
/** Hospitals that one referral can ask (ASKED_MAX of model.rs). */
export const ASKED_MAX = 10;
/** Characters of a reason (REASON_MAX of step.rs), of a discharge's text and of one line of it (send_back.rs). */
export const REASON_MAX = 2000;
export const TEXT_MAX = 20_000;
export const LINE_MAX = 500;

/** How soon somebody must look, as consultations say it: clock.rs takes the same. */
export const urgencyOf: Record<Severity, Urgency> = { critical: 'emergency', severe: 'urgent', ordinary: 'routine', mild: 'routine' };

/** An offer that stands at this instant. */
export const stands = (asked: Asked, now_ms: number): boolean => asked.answer === 'offered' && !!asked.bed && Date.parse(asked.bed.until) > now_ms;

/** A bed that was offered and is gone: taken by its ward, run out, taken back. */
export const isGone = (asked: Asked): boolean => ['lost', 'lapsed', 'withdrawn'].includes(asked.answer);

/** Lines as typed in a text, without the empty ones. */
export const linesOf = (text: string | undefined): string[] => (text ?? '').split('\n').map((line) => line.trim()).filter(Boolean);

/** Hospitals that can be asked for this level of care: those with a free bed first, most of them first. */
export function ranked(board: HospitalBeds[], care: Care, own: string): { at: HospitalBeds; free: number }[] {
  return board
    .filter((one) => one.hospital.id !== own)
    .map((at) => ({ at, free: at.wards.filter((ward) => ward.care === care).reduce((sum, ward) => sum + ward.free, 0) }))
    .sort((a, b) => Number(b.free > 0) - Number(a.free > 0) || b.free - a.free);
}
