// What a request still lacks, told while it is written. Mirrors `missing` in crates/care/src/consult/complete.rs, which decides.
import type { RequestForm } from '../../../api/types';

export const MISSING = ['patient', 'purpose', 'specialty', 'callback_phone', 'complaint', 'history', 'diagnosis', 'consent'] as const;
export type Missing = (typeof MISSING)[number];

const has = (text: string | undefined) => !!text?.trim();

export function missing(form: RequestForm): Missing[] {
  const full = form.form === 'full';
  const consented = !!form.consent.document || (form.urgency === 'emergency' && has(form.consent.emergency_reason));
  const lacks: Record<Missing, boolean> = {
    patient: full && !form.patient,
    purpose: !has(form.purpose),
    specialty: !has(form.specialty),
    callback_phone: !full && !has(form.callback_phone),
    complaint: full && !has(form.complaint),
    history: full && !has(form.history),
    diagnosis: full && !has(form.diagnosis),
    consent: !consented,
  };
  return MISSING.filter((code) => lacks[code]);
}

export function emptyForm(form: 'emergency' | 'full'): RequestForm {
  return { form, patient: null, urgency: form === 'emergency' ? 'emergency' : 'routine', kind: 'live', purpose: '', specialty: '', vitals: [], labs: [], consent: {} };
}
