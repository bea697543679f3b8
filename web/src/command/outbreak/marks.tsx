// The small parts that the outbreak's screens share: class and grade by shape, word and colour, the law's clock, whose illness.
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import dayjs from 'dayjs';
import { useNames } from '../../ui/names';
import type { Class, Grade, Patient, Text, Verdict } from './api';

const CLASS_SHAPE: Record<Class, string> = { suspected: '○', clinical: '◐', confirmed: '●', excluded: '✕' };
const GRADE_SHAPE: Record<Grade, string> = { mild: '▁', ordinary: '▃', severe: '▅', critical: '▇' };
const VERDICT_SHAPE: Record<Verdict, string> = { met: '●', 'not-met': '○', 'not-known': '?' };

export function ClassMark({ of }: { of: Class }) {
  const { t } = useTranslation();
  return <span className={`omark class-${of}`}><i aria-hidden>{CLASS_SHAPE[of]}</i>{t(`outbreak.class.${of}`)}</span>;
}

/** Nobody graded it: that is said, and never shown as mild. */
export function GradeMark({ of }: { of: Grade | null | undefined }) {
  const { t } = useTranslation();
  if (!of) return <span className="omark ungraded"><i aria-hidden>–</i>{t('outbreak.ungraded')}</span>;
  return <span className={`omark grade-${of}`}><i aria-hidden>{GRADE_SHAPE[of]}</i>{t(`outbreak.grade.${of}`)}</span>;
}

export function VerdictMark({ of }: { of: Verdict }) {
  const { t } = useTranslation();
  return <span className={`verdict ${of}`}><i aria-hidden>{VERDICT_SHAPE[of]}</i>{t(`outbreak.verdict.${of}`)}</span>;
}

/** A span of time in whole minutes, rounded up as the law's clock does: a second late is late. */
export function spanWords(ms: number, t: TFunction): string {
  const minutes = Math.max(0, Math.ceil(ms / 60_000));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days) return t('outbreak.span.days', { days, hours });
  return hours ? t('outbreak.span.hours', { hours, minutes: rest }) : t('outbreak.span.minutes', { minutes: rest });
}

/** Whether a report was in time, and by how much it was not. */
export function InTime({ due, at, met }: { due?: string | null; at: string; met?: boolean | null }) {
  const { t } = useTranslation();
  if (!due) return <span className="intime none">{t('outbreak.no_clock')}</span>;
  return met
    ? <span className="intime met"><i aria-hidden>✓</i>{t('outbreak.in_time')}</span>
    : <span className="intime late"><i aria-hidden>▲</i>{t('outbreak.late', { span: spanWords(Date.parse(at) - Date.parse(due), t) })}</span>;
}

/** In completed months on a day; none where the day of birth is not known to the day. */
export function monthsOld(birth: string | null | undefined, at: string | number): number | null {
  if (!birth || !/^\d{4}-\d\d-\d\d$/.test(birth)) return null;
  return dayjs(at).isBefore(birth) ? null : dayjs(at).diff(dayjs(birth), 'month');
}

export function ageOf(patient: Patient, at: string | number, t: TFunction): string {
  const months = monthsOld(patient.birth_date, at);
  if (months === null) return patient.birth_date ?? '';
  return months < 24 ? t('ui.months', { n: months }) : t('ui.years', { n: Math.floor(months / 12) });
}

export function WhoseIllness({ patient, at }: { patient: Patient; at: string }) {
  const { t } = useTranslation();
  const names = useNames();
  return <><b className="nm">{names.patient(patient.name ? patient : null)}</b> <span className="sub">{[t(`ui.${patient.sex}`, { defaultValue: patient.sex }), ageOf(patient, at, t)].filter(Boolean).join(' · ')}</span></>;
}

export function useText(): (text: Text) => string {
  const { i18n } = useTranslation();
  return (text) => (i18n.language === 'en' ? text.en : text.zh);
}
