// One referral for both sides: who and why, which hospitals were asked and what each says, what happens next, and the step that is mine.
import { useState } from 'react';
import { Alert, Button, Skeleton } from 'antd';
import { ArrowLeftOutlined, PhoneOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime, dayOf } from '../../ui/time';
import { useNarrow } from '../../ui/useNarrow';
import { useNow } from '../../ui/useNow';
import { PatientLine } from '../consult/parts';
import { Timeline } from '../consult/Timeline';
import { stepsOf } from './can';
import { AnswerWord, Eta, Held, Needs, Next, Sev, Stands, Way } from './parts';
import { listQuery, referralQuery, useReferralsLive } from './queries';
import { isGone, stands, type Asked, type Discharge, type HandoverRow, type ReferralDetail } from './shape';
import { StepBar, type Opened } from './steps/StepBar';
import { PatientSummary } from './Summary';
import '../patient/patient.css';
import '../consult/inbox.css';
import '../consult/case.css';
import '../consult/ahead.css';
import '../bed/bed.css';
import './referral.css';

/** A bed that is gone while nobody has another: what happened, and what to do. */
function Lost({ detail, sends }: { detail: ReferralDetail; sends: boolean }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const now = useNow();
  const own = useMe().role?.hospital.id;
  if (detail.state !== 'asked') return null;
  const gone = detail.asked.filter((one) => ['lost', 'lapsed'].includes(one.answer) && (sends || one.hospital.id === own));
  const other = detail.asked.some((one) => stands(one, now));
  return (
    <>
      {gone.map((one) => (
        <Alert
          key={one.hospital.id} type="warning" showIcon role="alert"
          title={t(`referral.gone.${one.answer}`, { hospital: name(one.hospital), time: clockTime(one.at, i18n.language) })}
          description={<>{one.why && <p className="why">{t('referral.gone_why', { why: one.why })}</p>}<span>{t(!sends ? 'referral.gone_desk' : other ? 'referral.gone_other' : 'referral.gone_next')}</span></>}
        />
      ))}
    </>
  );
}

function AskedRow({ asked, now, accept }: { asked: Asked; now: number; accept?: () => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const open = stands(asked, now);
  return (
    <li className={`asked is-${asked.answer}${open ? ' open' : ''}`}>
      <div className="who"><b>{name(asked.hospital)}</b><AnswerWord asked={asked} /></div>
      <div className="says">
        {asked.bed && <span className="bedname">{name(asked.bed)}</span>}
        {asked.answer === 'offered' && asked.bed && <Held until={asked.bed.until} />}
        {asked.why && asked.answer !== 'offered' && <span className="why">{asked.why}</span>}
        <small>{t(asked.answer === 'waiting' ? 'referral.asked_since' : 'referral.since', { time: clockTime(asked.at, i18n.language) })}</small>
      </div>
      {open && accept && <Button type="primary" onClick={accept}>{t('referral.step.accept')}</Button>}
    </li>
  );
}

function AskedPanel({ detail, opens }: { detail: ReferralDetail; opens?: (hospital: string) => void }) {
  const { t } = useTranslation();
  const now = useNow();
  // Back home there is one hospital, and the state says what it says.
  if (detail.direction === 'down') return null;
  // What can be chosen stands first, what came to nothing last.
  const rank = (one: Asked) => (stands(one, now) || one.answer === 'chosen' ? 0 : one.answer === 'waiting' ? 1 : isGone(one) ? 2 : 3);
  const rows = [...detail.asked].sort((a, b) => rank(a) - rank(b));
  return (
    <section className="panel" aria-label={t('referral.asked')}>
      <h2>{t('referral.asked')}</h2>
      <ul className="askedlist">{rows.map((one) => <AskedRow key={one.hospital.id} asked={one} now={now} accept={opens && (() => opens(one.hospital.id))} />)}</ul>
    </section>
  );
}

/** Where the patient goes, with what, and when they will be there. */
function Journey({ detail }: { detail: ReferralDetail }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { receiver, bed, transport } = detail;
  if (!receiver) return null;
  const time = (at: string | null | undefined) => (at ? clockTime(at, i18n.language) : null);
  return (
    <section className="panel journey" aria-label={t('referral.journey')}>
      <h2>{t('referral.journey')}</h2>
      <div className="goes"><b>{name(receiver)}</b>{bed && <span className="bedname">{name(bed)}</span>}{detail.state === 'accepted' && bed && <Held until={bed.until} />}{detail.state === 'on-the-way' && detail.eta && <Eta at={detail.eta} />}</div>
      <dl className="facts2">
        <div><dt>{t('referral.transport')}</dt><dd>{transport ? <>{t(`referral.vehicle.${transport.vehicle}`)} · {transport.by}{transport.phone && <a href={`tel:${transport.phone.replace(/[^\d+]/g, '')}`}><PhoneOutlined aria-hidden /> {transport.phone}</a>}</> : <span className="sub">{t('referral.transport_none')}</span>}</dd></div>
        {detail.departed && <div><dt>{t('referral.departed')}</dt><dd>{time(detail.departed)}</dd></div>}
        {detail.eta && detail.departed && !detail.arrived && <div><dt>{t('referral.field.eta')}</dt><dd>{time(detail.eta)}</dd></div>}
        {detail.arrived && <div><dt>{t('referral.arrived')}</dt><dd>{time(detail.arrived)}</dd></div>}
      </dl>
    </section>
  );
}

function Handover({ rows }: { rows: HandoverRow[] }) {
  const { t } = useTranslation();
  const noes = rows.filter((row) => row.answer === 'no');
  const notes = rows.filter((row) => row.answer === 'yes' && row.note);
  return (
    <section className="panel" aria-label={t('referral.handed')}>
      <h2>{t('referral.handed')}</h2>
      <p className={noes.length ? 'handed no' : 'handed'}>{noes.length ? t('referral.handed_no', { n: noes.length, all: rows.length }) : t('referral.handed_all', { n: rows.length })}</p>
      {[...noes, ...notes].length > 0 && <ul className="handednotes">{[...noes, ...notes].map((row) => <li key={row.item}><b>{t(`referral.handover.${row.item}`)}</b> {t(`referral.${row.answer}`)}{row.note && <p className="why">{row.note}</p>}</li>)}</ul>}
    </section>
  );
}

function Going({ discharge }: { discharge: Discharge }) {
  const { t, i18n } = useTranslation();
  const part = (key: string, body: React.ReactNode) => <div key={key}><h3>{t(`referral.field.${key}`)}</h3>{body}</div>;
  const lines = (all: string[]) => <ul>{all.map((line, index) => <li key={index}>{line}</li>)}</ul>;
  return (
    <section className="panel" aria-label={t('referral.discharge')}>
      <h2>{t('referral.discharge')}</h2>
      <div className="ips">
        {part('summary', <p className="astyped">{discharge.summary}</p>)}
        {part('return_criteria', lines(discharge.return_criteria))}
        {discharge.drugs.length > 0 && part('drugs', lines(discharge.drugs))}
        {discharge.rehabilitation && part('rehabilitation', <p className="astyped">{discharge.rehabilitation}</p>)}
        {discharge.follow_ups && discharge.follow_ups.length > 0 && part('follow_ups', <ul>{discharge.follow_ups.map((one) => <li key={one.on + one.what}><time dateTime={one.on}>{dayOf(one.on, i18n.language)}</time> {one.what}</li>)}</ul>)}
      </div>
    </section>
  );
}

function Facts({ detail }: { detail: ReferralDetail }) {
  const { t, i18n } = useTranslation();
  const { name, title } = useNames();
  return (
    <dl className="facts2">
      <div><dt>{t('referral.by')}</dt><dd>{name(detail.doctor)}<small>{title(detail.doctor)} {name(detail.sender)}</small></dd></div>
      {detail.direction === 'up' && <div><dt>{t('referral.field.care')}</dt><dd>{t(`referral.care.${detail.care}`)}</dd></div>}
      <div><dt>{t('consult.field.specialty')}</dt><dd>{t(`consult.specialty.${detail.specialty}`, { defaultValue: detail.specialty })}</dd></div>
      <div><dt>{t('referral.number')}</dt><dd className="mono">{detail.number}</dd></div>
      <div><dt>{t('referral.requested_at')}</dt><dd>{clockTime(detail.requested_at, i18n.language)}</dd></div>
      {detail.answers && <div><dt>{t('referral.answers')}</dt><dd><Link to="/referrals/$id" params={{ id: detail.answers }}>{t('referral.answers_open')}</Link></dd></div>}
    </dl>
  );
}

export function ReferralPage() {
  const { id } = useParams({ from: '/inside/referrals/$id' });
  return <Page key={id} id={id} />;
}

function Page({ id }: { id: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const narrow = useNarrow();
  const now = useNow();
  const [opened, setOpened] = useState<Opened | null>(null);
  const { data: detail, isPending, isError, error, refetch } = useQuery(referralQuery(id));
  useReferralsLive();
  const { data: goes } = useQuery({ ...listQuery(false), enabled: detail?.state === 'arrived' && detail.direction === 'up' });
  if (isError && !detail) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending || !detail) return <div className="case" aria-busy><Skeleton active paragraph={{ rows: 12 }} className="panel" /></div>;
  const sends = detail.sender.id === me.role?.hospital.id;
  // From here the patient goes home by a referral of its own, once at a time.
  const stays = detail.state === 'arrived' && detail.direction === 'up';
  const home = stays ? goes?.rows.find((row) => row.direction === 'down' && row.patient?.id === detail.patient?.id) : undefined;
  const chooses = stepsOf(detail, me, now).some((one) => one.step === 'accept' && !one.why);
  const over = ['cancelled', 'declined', 'turned-back'].includes(detail.state) && detail.why;
  const parts = {
    why: (
      <section key="why" className="panel">
        <p className="why-referred astyped">{detail.reason}</p>
        <div className="needs"><span>{t('referral.field.needs')}</span><Needs needs={detail.needs} /></div>
      </section>
    ),
    asked: <AskedPanel key="asked" detail={detail} opens={chooses ? (hospital) => setOpened({ step: 'accept', version: detail.version, hospital }) : undefined} />,
    journey: <Journey key="journey" detail={detail} />,
    handover: detail.handover && <Handover key="handover" rows={detail.handover} />,
    going: detail.discharge && <Going key="going" discharge={detail.discharge} />,
    summary: detail.direction === 'up' && <PatientSummary key="summary" id={id} />,
    facts: <section key="facts" className="panel"><Facts detail={detail} /></section>,
    timeline: detail.timeline.length > 0 && <section key="timeline" className="panel"><h2>{t('consult.timeline')}</h2><Timeline acts={detail.timeline.map((act) => ({ ...act, by: act.by ?? null, why: act.why ?? undefined })) as Parameters<typeof Timeline>[0]['acts']} /></section>,
  };
  return (
    <article className="case referralcase">
      <header className="casehead">
        <div className="headline">
          <Link to="/referrals" className="back" aria-label={t('referral.to_list')}><ArrowLeftOutlined aria-hidden /></Link>
          <Sev severity={detail.severity} />
          <h1><PatientLine patient={detail.patient} second /></h1>
          <span className="headstate"><Stands row={detail} /><Next row={detail} /></span>
          <Way row={detail} />
        </div>
        <StepBar detail={detail} most={narrow ? 1 : 3} opened={opened} setOpened={setOpened} goesHome={home !== undefined} />
      </header>
      <div className={narrow ? 'column' : 'casecols'}>
        <div className="column">
          <Lost detail={detail} sends={sends} />
          {over && <Alert type="info" showIcon title={t(`referral.state.${detail.state}`)} description={detail.why} />}
          {home && <Alert type="info" showIcon title={t('referral.goes_home', { state: t(`referral.state.${home.state === 'on-the-way' ? home.state : `${home.state}-home`}`) })} action={<Link to="/referrals/$id" params={{ id: home.id }}>{t('referral.goes_home_open')}</Link>} />}
          {parts.journey}{detail.state === 'asked' ? [parts.asked, parts.why] : [parts.why, parts.asked]}{parts.going}{parts.handover}{parts.summary}
        </div>
        <div className="column aside">{parts.facts}{parts.timeline}</div>
      </div>
    </article>
  );
}
