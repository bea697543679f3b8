// Who the patient is: the full name and the second identifier, everywhere a mistake could hurt.
import { useTranslation } from 'react-i18next';
import type { PatientCard } from '../../api/types';
import { patientNameOf, useNames } from '../../ui/names';
import { partialDate } from '../../ui/time';
import { noneKnown } from './allergies';
import { sexAge } from './parts';
import '../patient/patient.css';

export function PatientPanel({ patient, allergies }: { patient: PatientCard | null; allergies?: string }) {
  const { t, i18n } = useTranslation();
  const names = useNames();
  if (!patient) return <div className="patientcard"><b className="nm">{t('consult.unknown_patient')}</b></div>;
  const other = names.lang === 'en' ? (patient.pinyin ? patient.name : undefined) : patient.pinyin && patientNameOf(patient, 'en');
  return (
    <div className="patientcard">
      <div className="pname"><b className="nm">{names.patient(patient)}</b>{other && <span className="sub">{other}</span>}<span>{sexAge(patient, t)}</span></div>
      {patient.drill && <p className="drillnote">{t('patient.drill_what')}</p>}
      <dl>
        {patient.birth_date && <div><dt>{t('patient.birth_date')}</dt><dd>{partialDate(patient.birth_date, i18n.language)}</dd></div>}
        {!(patient.masked && !patient.identifier.value) && <div><dt>{t(`patient.identifier.${patient.identifier.kind}`, { defaultValue: patient.identifier.kind })}</dt><dd className="mono">{patient.identifier.value ?? t('patient.no_identifier')}</dd></div>}
        {patient.phone && <div><dt>{t('consult.phone')}</dt><dd className="mono">{patient.phone}</dd></div>}
        {allergies && <div><dt>{t('consult.field.allergies')}</dt><dd className={noneKnown(allergies) ? undefined : 'allergy'}>{allergies}</dd></div>}
      </dl>
    </div>
  );
}
