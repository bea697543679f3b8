// A patient is referred up: who, why, how ill, what is needed, and the hospitals asked with the beds that they have free.
import { useRef, useState } from 'react';
import { Alert, App, Button, Checkbox, Skeleton } from 'antd';
import { ArrowLeftOutlined, SendOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem, Problem } from '../../api/problem';
import { useMe } from '../../api/session';
import { SPECIALTIES, type Draft, type Id } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { AreaField, ChoiceField, Field, fieldId } from '../consult/request/fields';
import { Continued, dropDraft } from '../draft/Begun';
import { ConflictDialog } from '../draft/ConflictDialog';
import { SavedMark } from '../draft/SavedMark';
import { useBegun } from '../draft/useBegun';
import { useDraft } from '../draft/useDraft';
import { PatientPicker } from '../patient/PatientPicker';
import { mayRefer } from './can';
import { HospitalPick } from './HospitalPick';
import { useReferralsLive } from './queries';
import { CARES, NEEDS, REASON_MAX, SEVERITIES, type Care, type Need, type Severity } from './shape';
import { refusalWords } from './words';
import '../consult/inbox.css';
import '../consult/case.css';
import '../consult/record.css';
import '../consult/request.css';
import '../bed/bed.css';
import './referral.css';

export interface Form { patient: Id | null; reason: string; severity?: Severity; specialty: string; care?: Care; needs: Need[]; hospitals: Id[] }
const WANTED = ['patient', 'severity', 'reason', 'specialty', 'care', 'hospitals'] as const;
type Wanted = (typeof WANTED)[number];

export function RequestPage() {
  const me = useMe();
  return mayRefer(me) ? <Opening /> : <Failure error={new Problem(404, 'not_found', '')} />;
}

function Opening() {
  const { t } = useTranslation();
  const { patient } = useSearch({ from: '/inside/referrals/new' });
  const [times, setTimes] = useState(0);
  const id = patient ?? 'new';
  const { opened, error, again } = useBegun<Form>('referral', id, { patient: patient ?? null, reason: '', specialty: '', needs: [], hospitals: [] });
  if (error) return <Failure error={error} retry={again} />;
  if (!opened) return <div className="case" aria-busy aria-label={t('referral.new')}><Skeleton active paragraph={{ rows: 10 }} className="panel" /></div>;
  return <Writing key={`${id} ${times}`} opened={opened} anew={async () => { await dropDraft('referral', id); again(); setTimes(times + 1); }} />;
}

function Writing({ opened, anew }: { opened: Draft<Form>; anew: () => Promise<void> }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const me = useMe();
  const navigate = useNavigate();
  const client = useQueryClient();
  const page = useRef<HTMLDivElement>(null);
  const draft = useDraft('referral', opened, me.person.id);
  const form = draft.body;
  const [tried, setTried] = useState(false);
  useReferralsLive();
  const put = (part: Partial<Form>) => draft.set((now) => ({ ...now, ...part }));
  const lacks = WANTED.filter((key) => (key === 'reason' ? !form.reason.trim() : key === 'hospitals' ? form.hospitals.length === 0 : !form[key]));
  const lacking = (key: Wanted) => tried && lacks.includes(key);
  const send = useMutation({
    // A save that came after would leave a draft of what is sent.
    mutationFn: () => draft.flush().then(() => api.post<{ id: Id; number: string }>('/api/referrals', { ...form, reason: form.reason.trim(), draft: opened.id })),
    onSuccess: ({ id, number }) => {
      draft.forget();
      void client.invalidateQueries({ queryKey: ['referrals'] });
      void message.success(t('referral.sent', { number }), 5);
      void navigate({ to: '/referrals/$id', params: { id } });
    },
  });
  const submit = () => {
    setTried(true);
    if (lacks.length === 0) return send.mutate();
    const at = document.getElementById(`section-${lacks[0]}`) ?? document.getElementById(fieldId(lacks[0]));
    at?.scrollIntoView({ block: 'center' });
    (at?.matches('input,textarea,select') ? at : at?.querySelector<HTMLElement>('input,textarea,select'))?.focus({ preventScroll: true });
  };
  const underWay = isProblem(send.error, 'referral.under_way') ? String(send.error.params.id) : null;
  const section = (key: string, title: string, body: React.ReactNode) => <section id={`section-${key}`} className="panel" aria-labelledby={`title-${key}`}><h2 id={`title-${key}`}>{title}</h2>{body}</section>;
  return (
    <>
      <header className="requesthead"><Link to="/referrals" className="back" aria-label={t('referral.to_list')}><ArrowLeftOutlined aria-hidden /></Link><h1>{t('referral.new')}</h1><span className="grow" /><SavedMark saving={draft.saving} saved_at={draft.saved_at || null} /></header>
      <Continued opened={opened} anew={() => { draft.forget(); return anew(); }} />
      <div className="request referralrequest" ref={page}>
        <div className="requestmain">
          {send.isError && <Alert type="error" showIcon role="alert" title={refusalWords(send.error, t, i18n.language)} description={underWay && <Link to="/referrals/$id" params={{ id: underWay }}>{t('referral.open_that')}</Link>} />}
          {section('patient', t('request.section.patient'), (
            <Field name="patient" label={t('consult.field.patient')} required missing={lacking('patient')}><PatientPicker inputId={fieldId('patient')} value={form.patient} onChange={(id) => put({ patient: id })} /></Field>
          ))}
          {section('why', t('referral.section_why'), (
            <>
              <ChoiceField<Severity> name="severity" label={t('referral.field.severity')} required missing={lacking('severity')} value={form.severity} set={(severity) => put({ severity })} options={SEVERITIES.map((value) => ({ value, label: t(`referral.severity.${value}`) }))} />
              <AreaField name="reason" label={t('referral.field.reason_up')} required missing={lacking('reason')} value={form.reason} set={(reason) => put({ reason: reason.slice(0, REASON_MAX) })} rows={3} placeholder={t('referral.reason_what')} />
              <div className="fgrid">
                <Field name="specialty" label={t('consult.field.specialty')} required missing={lacking('specialty')}>
                  <select id={fieldId('specialty')} value={form.specialty} aria-required onChange={(event) => put({ specialty: event.target.value })}>
                    <option value="">{t('request.choose')}</option>{SPECIALTIES.map((code) => <option key={code} value={code}>{t(`consult.specialty.${code}`)}</option>)}
                  </select>
                </Field>
                <ChoiceField<Care> name="care" label={t('referral.field.care')} required missing={lacking('care')} value={form.care} set={(care) => put({ care })} options={CARES.map((value) => ({ value, label: t(`referral.care.${value}`) }))} />
              </div>
              <Field name="needs" label={t('referral.field.needs')} group><Checkbox.Group className="needpick" value={form.needs} onChange={(needs) => put({ needs: needs as Need[] })} options={NEEDS.map((value) => ({ value, label: t(`referral.need.${value}`) }))} /></Field>
            </>
          ))}
          {section('hospitals', t('referral.field.hospitals'), form.care
            ? <>{lacking('hospitals') && <em className="fielderror">{t('referral.hospitals_missing')}</em>}<HospitalPick care={form.care} value={form.hospitals} onChange={(hospitals) => put({ hospitals })} id={fieldId('hospitals')} /></>
            : <p className="hint">{t('referral.care_first')}</p>)}
        </div>
        <aside className="requestside">
          <div className="sendbox">
            <Button type="primary" size="large" block icon={<SendOutlined aria-hidden />} loading={send.isPending} onClick={submit}>{t('referral.send')}</Button>
            <p role="status">{form.hospitals.length > 0 && t('referral.to_n', { n: form.hospitals.length })}</p>
            {tried && lacks.length > 0 && <p role="alert" className="fielderror">{t('request.needs', { what: lacks.map((key) => t(key === 'patient' || key === 'specialty' ? `consult.field.${key}` : `referral.field.${key}`)).join(t('ui.list_sep')) })}</p>}
            <small>{t('referral.summary_goes')}</small>
          </div>
        </aside>
      </div>
      {draft.conflict && <ConflictDialog conflict={draft.conflict} mine={draft.body} settle={draft.settle} label={(field) => t(field === 'patient' || field === 'specialty' ? `consult.field.${field}` : `referral.field.${field}`)} />}
    </>
  );
}
