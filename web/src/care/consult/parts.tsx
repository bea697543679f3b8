// The small parts that every screen of a consultation shares: urgency, running clock, state, attachments, the patient's line.
import { ExperimentOutlined, FileImageOutlined, FileTextOutlined, LineChartOutlined, PictureOutlined } from '@ant-design/icons';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Age, Attachment, PatientCard, State, Timer, Urgency } from '../../api/types';
import { useNames } from '../../ui/names';
import { useNow } from '../../ui/useNow';
import { left, spell } from './timer';

export const shape: Record<Urgency, string> = { emergency: '▲▲', urgent: '▲', routine: '●' };

export function Urg({ urgency }: { urgency: Urgency }) {
  const { t } = useTranslation();
  return <span className={`urg ${urgency}`}><i aria-hidden>{shape[urgency]}</i>{t(`consult.urgency.${urgency}`)}</span>;
}

export function spellWords(span_ms: number, t: TFunction): string {
  const { form, ...parts } = spell(span_ms);
  return t(`consult.span.${form}`, parts);
}

export function Clock({ timer, named }: { timer: Timer; named?: boolean }) {
  const { t } = useTranslation();
  const { left_ms, share, level } = left(timer, useNow());
  const words = t(level === 'over' ? 'consult.overdue' : 'consult.left', { span: spellWords(left_ms, t) });
  return (
    <span className={`timer ${level}`} title={t(`consult.timer.${timer.kind}`)}>
      <b>{named ? t('consult.timer_named', { what: t(`consult.timer.${timer.kind}`), time: level === 'over' ? words : t('consult.left_named', { span: words }) }) : words}</b>
      <i aria-hidden><em style={{ width: `${Math.round(share * 100)}%` }} /></i>
    </span>
  );
}

const tone: Partial<Record<State, string>> = {
  submitted: 'hot', returned: 'wait', triaged: 'wait', scheduled: 'live', waiting: 'live', 'in-session': 'live', suspended: 'wait', 'opinion-drafted': 'wait',
  signed: 'good', delivered: 'good', acknowledged: 'good', 'followed-up': 'good', escalated: 'hot', 'no-show': 'hot',
};

export function StateDot({ state }: { state: State }) {
  const { t } = useTranslation();
  return <span className={`state ${tone[state] ?? ''}`}><i aria-hidden />{t(`consult.state.${state}`)}</span>;
}

const pictures: Record<string, typeof FileTextOutlined> = { lab: ExperimentOutlined, ECG: LineChartOutlined, document: FileTextOutlined, photo: PictureOutlined };

export function Mats({ attachments }: { attachments: Attachment[] }) {
  const { t } = useTranslation();
  if (attachments.length === 0) return null;
  return (
    <span className="mats">
      {attachments.map(({ kind, count }) => {
        const Picture = pictures[kind] ?? FileImageOutlined;
        return <span key={kind} className="mat"><Picture aria-hidden />{t(`consult.attachment.${kind}`, { defaultValue: kind })}{count > 1 && <span>×{count}</span>}</span>;
      })}
    </span>
  );
}

export function ageWords(age: Age | null, t: TFunction): string {
  if (!age) return '';
  return t({ y: 'ui.years', m: 'ui.months', d: 'ui.days' }[age.unit], { n: age.value });
}

export function sexAge(patient: PatientCard, t: TFunction): string {
  return [t(`ui.${patient.sex}`, { defaultValue: patient.sex }), ageWords(patient.age, t)].filter(Boolean).join(' · ');
}

/** Name, sex and age, and the second identifier wherever a mistake could hurt. */
export function PatientLine({ patient, second }: { patient: PatientCard | null; second?: boolean }) {
  const { t } = useTranslation();
  const names = useNames();
  if (!patient) return <span className="patientline"><b>{t('consult.unknown_patient')}</b></span>;
  return (
    <span className="patientline">
      <b className="nm">{names.patient(patient)}</b>
      <span className="sub">{sexAge(patient, t)}</span>
      {second && patient.identifier.value && <span className="sub mono" title={t(`patient.identifier.${patient.identifier.kind}`)}>{patient.identifier.value}</span>}
      {second && patient.masked && <span className="sub">{t('consult.masked')}</span>}
    </span>
  );
}
