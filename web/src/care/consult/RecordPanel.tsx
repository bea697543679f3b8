// The record as it was sent with the request: patient, the form's text, vital signs, laboratory trend. The case page and the
// room both show it; parts are a list, so that one more field is one more line.
import { useTranslation } from 'react-i18next';
import type { CaseDetail, RequestForm } from '../../api/types';
import { noneKnown } from './allergies';
import { LabTrend } from './LabTrend';
import { PatientPanel } from './PatientPanel';
import { VitalsTable } from './VitalsStrip';
import './record.css';

const TEXTS = ['diagnosis', 'complaint', 'history', 'past_history', 'allergies', 'drugs', 'examination', 'auxiliary', 'treatment'] as const satisfies readonly (keyof RequestForm)[];

export function RecordPanel({ detail, patient = true }: { detail: CaseDetail; patient?: boolean }) {
  const { t } = useTranslation();
  const form = detail.request;
  const texts = TEXTS.filter((key) => form[key]?.trim());
  const facts = [
    form.weight_kg && { key: 'weight_kg', text: `${form.weight_kg} kg` },
    form.pregnancy && form.pregnancy !== 'no' && { key: 'pregnancy', text: [t(`consult.pregnancy.${form.pregnancy}`), form.pregnancy_weeks && t('consult.weeks', { weeks: form.pregnancy_weeks })].filter(Boolean).join(' ') },
  ].filter((fact) => !!fact);
  const empty = texts.length === 0 && facts.length === 0 && form.vitals.length === 0 && form.labs.length === 0;
  return (
    <div className="record">
      {patient && <PatientPanel patient={detail.patient} allergies={form.allergies} />}
      {empty && <p className="lead none">{t(detail.patient?.masked ? 'consult.record_for_staff' : 'consult.no_record')}</p>}
      {texts.map((key) => <section key={key} className={key === 'allergies' && !noneKnown(form[key]) ? 'kv allergic' : 'kv'}><h3>{t(`consult.field.${key}`)}</h3><p>{form[key]}</p></section>)}
      {facts.length > 0 && <section className="shortfacts">{facts.map((fact) => <div key={fact.key} className="kv"><h3>{t(`consult.field.${fact.key}`)}</h3><p>{fact.text}</p></div>)}</section>}
      {form.vitals.length > 0 && <section><h3>{t('consult.field.vitals')}</h3><VitalsTable vitals={form.vitals} /></section>}
      {form.labs.length > 0 && <section><h3>{t('consult.labs')}</h3><LabTrend labs={form.labs} /></section>}
    </div>
  );
}
