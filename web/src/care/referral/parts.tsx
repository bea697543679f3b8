// The small parts that the screens of a referral share: how ill, where it stands, how long a bed is held, from where to where.
import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { useNow } from '../../ui/useNow';
import { shape, spellWords } from '../consult/parts';
import { urgencyOf, type Asked, type Need, type Referral, type ReferralState, type Severity } from './shape';

/** Shape, word and colour; only the critical is red. */
export function Sev({ severity }: { severity: Severity }) {
  const { t } = useTranslation();
  const urgency = urgencyOf[severity];
  return <span className={`urg ${urgency}`}><i aria-hidden>{severity === 'mild' ? '○' : shape[urgency]}</i>{t(`referral.severity.${severity}`)}</span>;
}

const tone: Partial<Record<ReferralState, string>> = { asked: 'wait', accepted: 'live', 'on-the-way': 'live', arrived: 'good', 'turned-back': 'wait', declined: 'wait' };

export function Stands({ row }: { row: Pick<Referral, 'state' | 'direction' | 'asked'> }) {
  const { t } = useTranslation();
  const offers = row.state === 'asked' && row.direction === 'up' ? row.asked.filter((one) => one.answer === 'offered').length : 0;
  const key = row.direction === 'down' && ['asked', 'accepted', 'arrived'].includes(row.state) ? `${row.state}-home` : row.state;
  return <span className={`state ${offers ? 'live' : tone[row.state] ?? ''}`}><i aria-hidden />{offers ? t('referral.offers', { n: offers }) : t(`referral.state.${key}`)}</span>;
}

/** Under a quarter of an hour it is told with weight: who holds the bed will not wait. */
const NEAR_MS = 15 * 60_000;

/** How long a bed is still held, running. */
export function Held({ until }: { until: string }) {
  const { t, i18n } = useTranslation();
  const left = Date.parse(until) - useNow();
  const level = left <= 0 ? 'over' : left < NEAR_MS ? 'near' : 'calm';
  return (
    <span className={`hold ${level}`}>
      <b>{left <= 0 ? t('referral.hold_over') : t('referral.hold_left', { span: spellWords(left, t) })}</b>
      <time dateTime={until}>{t('referral.until', { time: clockTime(until, i18n.language) })}</time>
    </span>
  );
}

/** When somebody on the way will be there, running. */
export function Eta({ at }: { at: string }) {
  const { t, i18n } = useTranslation();
  const left = Date.parse(at) - useNow();
  return (
    <span className={`hold ${left < 0 ? 'near' : 'calm'}`}>
      <b>{t(left < 0 ? 'referral.eta_over' : 'referral.eta_left', { span: spellWords(left, t) })}</b>
      <time dateTime={at}>{t('referral.eta_at', { time: clockTime(at, i18n.language) })}</time>
    </span>
  );
}

export function Needs({ needs }: { needs: readonly Need[] }) {
  const { t } = useTranslation();
  if (needs.length === 0) return <span className="sub">{t('referral.needs_none')}</span>;
  return <span className="mats">{needs.map((need) => <span key={need} className="mat need">{t(`referral.need.${need}`)}</span>)}</span>;
}

/** From which hospital to which; before one is chosen, how many are asked. */
export function Way({ row }: { row: Referral }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const to = row.receiver ?? (row.asked.length === 1 ? row.asked[0].hospital : null);
  const Arrow = row.direction === 'up' ? ArrowUpOutlined : ArrowDownOutlined;
  return (
    <span className="way">
      <Arrow className={row.direction} aria-hidden /><span className="sr">{t(`referral.direction.${row.direction}`)}: </span>
      <span className="from">{name(row.sender)}</span> <i aria-hidden>→</i><span className="sr">{t('inbox.to')}</span> <span className="to">{to ? name(to) : t('referral.asked_n', { n: row.asked.length })}</span>
    </span>
  );
}

/** What is waited for now: the arrival, the departure, an answer; and the clock of it. */
export function Next({ row }: { row: Referral }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  if (row.state === 'on-the-way' && row.eta) return <Eta at={row.eta} />;
  const held = row.asked.filter((one) => one.answer === 'offered' && one.bed).sort((a, b) => (a.bed?.until ?? '').localeCompare(b.bed?.until ?? ''))[0];
  if (row.state === 'asked' && held?.bed) return <Held until={held.bed.until} />;
  if (row.state === 'accepted' && row.bed) return <Held until={row.bed.until} />;
  if (row.next) {
    const hospital = row.asked.find((one) => one.hospital.id === row.next?.hospital)?.hospital;
    return <span className="ahead"><time dateTime={row.next.at}>{clockTime(row.next.at, i18n.language)}</time> {t(`referral.next.${row.next.what}`, { hospital: hospital ? name(hospital) : '' })}</span>;
  }
  return <span className="ahead">{t(row.state === 'asked' ? 'referral.waits_since' : 'referral.since', { time: clockTime(row.state === 'asked' ? row.requested_at : row.updated_at, i18n.language) })}</span>;
}

/** A hospital's answer in a word, with its shape. */
export function AnswerWord({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  const mark: Record<Asked['answer'], string> = { waiting: '…', offered: '●', chosen: '✓', declined: '×', withdrawn: '×', lapsed: '×', lost: '×', 'not-chosen': '–' };
  return <span className={`answer is-${asked.answer}`}><i aria-hidden>{mark[asked.answer]}</i>{t(`referral.answer.${asked.answer}`)}</span>;
}
