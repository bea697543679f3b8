// The case for all its parties: who, what is asked, what happened, and the step that is mine to take.
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Alert, Button, Skeleton } from 'antd';
import { ArrowLeftOutlined, CheckCircleFilled, ClockCircleOutlined, CompressOutlined, ExpandOutlined, FileImageOutlined, PhoneOutlined, WarningFilled } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import type { CaseDetail } from '../../api/types';
import { reportsOutbreak } from '../../command/can';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { useNarrow } from '../../ui/useNarrow';
import { useNow } from '../../ui/useNow';
import { useAsked } from '../../viewers/dicom/asked';
import { AttachPanel } from '../attach/AttachPanel';
import { Messages } from '../message/Messages';
import { OpinionEditor } from '../opinion/OpinionEditor';
import { OpinionView } from '../opinion/OpinionView';
import { PatientActions } from '../patient/Actions';
import { Access } from './Access';
import { Ahead } from './Ahead';
import { Clock, Mats, PatientLine, StateDot, Urg } from './parts';
import { caseQuery } from './queries';
import { RecordPanel } from './RecordPanel';
import { StepBar } from './steps/StepBar';
import { Summary } from './Summary';
import { Timeline } from './Timeline';
import './inbox.css';
import './case.css';

const DicomViewer = lazy(() => import('../../viewers/dicom/DicomViewer').then((file) => ({ default: file.DicomViewer })));

const WRITING = ['scheduled', 'waiting', 'in-session', 'suspended', 'opinion-drafted'];
const OPEN_TO_FILES = ['submitted', 'returned', 'triaged', 'scheduled', 'waiting', 'in-session', 'suspended', 'converted-async', 'no-show', 'escalated'];

function Notices({ detail }: { detail: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const asked = detail.asks.filter((ask) => !ask.answered_at);
  return (
    <>
      {detail.state === 'returned' && detail.returned && (
        <Alert type="warning" showIcon title={t('consult.returned_title', { by: name(detail.returned.by), time: clockTime(detail.returned.at, i18n.language) })} description={<ol className="items">{detail.returned.items.map((item) => <li key={item}>{item}</li>)}</ol>} />
      )}
      {asked.map((ask) => (
        <Alert key={ask.id} type="info" showIcon title={t('consult.ask_title', { by: name(ask.by), time: clockTime(ask.at, i18n.language) })} description={<ol className="items">{ask.items.map((item) => <li key={item}>{item}</li>)}</ol>} />
      ))}
      {detail.asks.filter((ask) => ask.answered_at).map((ask) => (
        <Alert key={ask.id} type="success" showIcon title={<>{ask.items.join(t('ui.list_sep'))} <small>{t('consult.ask_answered', { time: clockTime(ask.answered_at ?? '', i18n.language) })}</small></>} description={ask.answer} />
      ))}
      {detail.answer && (
        <Alert
          type={detail.answer.answer === 'adopted' ? 'success' : 'warning'}
          showIcon
          title={<>{t('consult.answer_title')}: <b>{t(`consult.answer.${detail.answer.answer}`)}</b> <small>{name(detail.answer.by)} · {clockTime(detail.answer.at, i18n.language)}</small></>}
          description={detail.answer.reason}
        />
      )}
    </>
  );
}

function Head({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const phone = detail.request.callback_phone;
  return (
    <header className="casehead">
      <div className="headline">
        <Link to="/inbox" className="back" aria-label={t('ui.to_inbox')}><ArrowLeftOutlined aria-hidden /></Link>
        <Urg urgency={detail.urgency} />
        <h1><PatientLine patient={detail.patient} second /></h1>
        {!narrow && <span className="mono sub" title={t('consult.number')}>{detail.number}</span>}
        <span className="headstate"><StateDot state={detail.state} />{detail.timer && <Clock timer={detail.timer} named />}</span>
        {detail.next && <Ahead next={detail.next} />}
      </div>
      <div className="headsteps">
        {phone && <Button size="large" href={`tel:${phone.replace(/[^\d+]/g, '')}`} icon={<PhoneOutlined />} aria-label={t('consult.call', { phone })}><span className="wide">{phone}</span></Button>}
        <StepBar detail={detail} most={narrow ? 1 : 3} />
      </div>
    </header>
  );
}

function Images({ detail, marking }: { detail: CaseDetail; marking: boolean }) {
  const { t } = useTranslation();
  const asked = useAsked(detail.id);
  const section = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  const [full, setFull] = useState(false);
  // A key image was pressed somewhere on the page.
  useEffect(() => {
    if (!asked) return;
    setOpen(true);
    section.current?.scrollIntoView({ block: 'start' });
  }, [asked]);
  const images = detail.attachments.filter((one) => one.count > 0 && !['lab', 'document', 'photo', 'other'].includes(one.kind));
  if (images.length === 0) return null;
  return (
    <section ref={section} className={full ? 'panel images full' : 'panel images'} aria-label={t('consult.images')} onKeyDown={(event) => event.key === 'Escape' && setFull(false)}>
      <div className="panelhead">
        <h2>{t('consult.images')}</h2>
        <Mats attachments={images} />
        <span className="grow" />
        {open
          ? <Button icon={full ? <CompressOutlined /> : <ExpandOutlined />} onClick={() => setFull(!full)}>{t(full ? 'consult.images_less' : 'consult.images_full')}</Button>
          : <Button icon={<FileImageOutlined />} onClick={() => setOpen(true)}>{t('consult.images_open')}</Button>}
      </div>
      {open && <div className="viewerbox"><Suspense fallback={<Skeleton.Node active />}><DicomViewer caseId={detail.id} marking={marking} /></Suspense></div>}
    </section>
  );
}

function Facts({ detail, own }: { detail: CaseDetail; own: boolean }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { name, title } = useNames();
  const { consent } = detail;
  const now = useNow();
  const owed = !consent.on_file && !['declined', 'cancelled'].includes(detail.state);
  const overdue = owed && consent.due !== undefined && now > Date.parse(consent.due);
  return (
    <dl className="facts2">
      {own && detail.patient && !detail.patient.masked && <div><dt>{t('consult.field.patient')}</dt><dd><PatientActions patient={detail.patient} />{!detail.patient.drill && <Link to="/referrals/new" search={{ patient: detail.patient.id }}>{t('referral.from_case')}</Link>}{reportsOutbreak(me) && !detail.patient.drill && <Link to="/outbreak/new" search={{ patient: detail.patient.id }}>{t('outbreak.from_case')}</Link>}</dd></div>}
      <div><dt>{t('consult.asked_by')}</dt><dd>{name(detail.asking.doctor)}<small>{title(detail.asking.doctor)} · {name(detail.asking.hospital)}</small></dd></div>
      <div><dt>{t('consult.advised_by')}</dt><dd>{detail.advising.length ? detail.advising.map((one) => <span key={one.id}>{name(one)}<small>{title(one)} · {name(one.hospital)}</small></span>) : t('consult.nobody_yet')}</dd></div>
      <div><dt>{t('consult.field.specialty')}</dt><dd>{t(`consult.specialty.${detail.specialty}`, { defaultValue: detail.specialty })}</dd></div>
      <div><dt>{t('consult.field.kind')}</dt><dd>{t(`consult.kind.${detail.kind}`)}</dd></div>
      {detail.scheduled && <div><dt>{t('consult.scheduled_at')}</dt><dd>{clockTime(detail.scheduled.start, i18n.language)}–{clockTime(detail.scheduled.end, i18n.language)}{detail.kind === 'live' && <small>{[detail.scheduled.room ? name(detail.scheduled.room) : t('consult.virtual_room'), detail.scheduled.terminal].filter(Boolean).join(' · ')}</small>}</dd></div>}
      <div><dt>{t('consult.number')}</dt><dd className="mono">{detail.number}</dd></div>
      <div><dt>{t('consult.submitted_at')}</dt><dd>{clockTime(detail.submitted_at, i18n.language)}</dd></div>
      <div>
        <dt>{t('consult.field.consent')}</dt>
        <dd>{consent.on_file
          ? <span className="good"><CheckCircleFilled aria-hidden /> {t('consult.consent.on_file')}{consent.emergency_reason && consent.given_at && <small>{t('consult.consent.added', { time: clockTime(consent.given_at, i18n.language) })}{consent.late_reason && ` · ${t('consult.consent.late', { reason: consent.late_reason })}`}</small>}</span>
          : <span><ClockCircleOutlined aria-hidden /> {consent.emergency_reason ? t('consult.consent.emergency', { reason: consent.emergency_reason }) : t('consult.consent.none')}{owed && consent.due && <small className={overdue ? 'late' : undefined}>{overdue && <><WarningFilled aria-hidden /> </>}{t(overdue ? 'consult.consent.overdue' : 'consult.consent.due', { time: clockTime(consent.due, i18n.language) })}</small>}</span>}
        </dd>
      </div>
    </dl>
  );
}

const TABS = ['record', 'files', 'opinion', 'talk'] as const;

export function CasePage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: '/inside/cases/$id' });
  const { tab = 'record' } = useSearch({ from: '/inside/cases/$id' });
  const navigate = useNavigate({ from: '/cases/$id' });
  const narrow = useNarrow();
  const me = useMe();
  const { data: detail, isPending, isError, error, refetch } = useQuery(caseQuery(id));
  const asked = useAsked(id);
  useEffect(() => {
    if (asked && narrow) void navigate({ search: { tab: 'files' }, replace: true });
  }, [asked, narrow, navigate]);
  if (isError && !detail) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending || !detail) return <div className="case" aria-busy><Skeleton active paragraph={{ rows: 12 }} className="panel" /></div>;

  const expert = me.role?.role === 'specialist' && detail.advising.some((one) => one.id === me.person.id);
  const writes = expert && !detail.opinion && WRITING.includes(detail.state);
  const amends = expert && Boolean(detail.steps.find((one) => one.step === 'amend')?.allowed);
  // Who opened it in need is an asking doctor too, of another hospital.
  const asks = me.role?.role === 'asking-doctor' && me.role.hospital.id === detail.asking.hospital.id;
  const mayAttach = asks && OPEN_TO_FILES.includes(detail.state);
  const parts = {
    summary: <section key="summary" className="panel"><p className="q">{detail.purpose}</p><Summary detail={detail} /></section>,
    record: <section key="record" className="panel" aria-label={t('consult.record')}><h2>{t('consult.record')}</h2><RecordPanel detail={detail} /></section>,
    images: <Images key="images" detail={detail} marking={writes || amends} />,
    files: <section key="files" className="panel" aria-label={t('consult.attachments')}><h2>{t('consult.attachments')}</h2><AttachPanel caseId={detail.id} patientId={detail.patient?.id ?? null} readOnly={!mayAttach} /></section>,
    opinion: (detail.opinion || writes) && (
      <section key="opinion" id="opinion" className="panel opinionpanel" aria-label={t('consult.opinion')}>
        <h2>{t('consult.opinion')}</h2>
        {detail.opinion ? <OpinionView caseId={detail.id} /> : <OpinionEditor caseId={detail.id} />}
      </section>
    ),
    facts: <section key="facts" className="panel"><Facts detail={detail} own={asks} /></section>,
    messages: <section key="messages" className="panel"><h2>{t('consult.messages')}</h2><Messages caseId={detail.id} /></section>,
    timeline: <section key="timeline" className="panel"><h2>{t('consult.timeline')}</h2><Timeline acts={detail.timeline} /></section>,
    access: (asks || expert) && <Access key="access" caseId={detail.id} />,
  };
  if (narrow) {
    const shown = {
      record: [parts.summary, parts.facts, parts.record],
      files: [parts.images, parts.files],
      opinion: [parts.opinion || <section key="none" className="panel none">{t('consult.opinion_none')}</section>],
      talk: [parts.messages, parts.timeline, parts.access],
    };
    const now = TABS.find((key) => key === tab) ?? 'record';
    return (
      <article className="case">
        <Head detail={detail} />
        <Notices detail={detail} />
        <div className="casetabs" role="tablist" aria-label={t('consult.record')}>
          {TABS.map((key) => <button key={key} role="tab" id={`tab-${key}`} aria-controls="tabpanel" aria-selected={now === key} className={now === key ? 'on' : ''} onClick={() => void navigate({ search: { tab: key }, replace: true })}>{t(`case.tab.${key}`)}</button>)}
        </div>
        <div role="tabpanel" id="tabpanel" aria-labelledby={`tab-${now}`} className="column">{shown[now]}</div>
      </article>
    );
  }
  return (
    <article className="case">
      <Head detail={detail} />
      <div className="casecols">
        <div className="column">
          <Notices detail={detail} />
          {detail.opinion ? [parts.opinion, parts.summary] : [parts.summary]}
          {parts.images}
          {!detail.opinion && parts.opinion}
          {parts.record}
          {parts.files}
        </div>
        <div className="column aside">{parts.facts}{parts.messages}{parts.timeline}{parts.access}</div>
      </div>
    </article>
  );
}
