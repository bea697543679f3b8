// Reporting a notifiable case, on a phone first: whose, what, how sure, found when. The law's clock runs on the page.
import { useState } from 'react';
import { Alert, Button, DatePicker, Input, Radio, Select, Skeleton } from 'antd';
import { ArrowLeftOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { serverNow } from '../../api/clock';
import { isProblem } from '../../api/problem';
import { useMe } from '../../api/session';
import type { Draft } from '../../api/types';
import { WhenInput } from '../../care/consult/request/WhenInput';
import { Continued, dropDraft } from '../../care/draft/Begun';
import { ConflictDialog } from '../../care/draft/ConflictDialog';
import { SavedMark } from '../../care/draft/SavedMark';
import { useBegun } from '../../care/draft/useBegun';
import { useDraft } from '../../care/draft/useDraft';
import { PatientPicker } from '../../care/patient/PatientPicker';
import { Failure } from '../../ui/Failure';
import { clockTime } from '../../ui/time';
import { useNow } from '../../ui/useNow';
import { problemWords } from '../../ui/words';
import { type Case, type Clock, EXPOSURES, guidelinesQuery, TEXT_MAX } from './api';
import { Field } from './Dialogs';
import { spanWords, useText } from './marks';
import './outbreak.css';

/** How long there is left, by the clock of the disease and the instant it was found. */
function Deadline({ clock, found }: { clock: Clock; found: string }) {
  const { t, i18n } = useTranslation();
  const text = useText();
  const due = Date.parse(found) + Date.parse(clock.due) - Date.parse(clock.from);
  const left = due - useNow();
  const level = left < 0 ? 'over' : left < 30 * 60_000 ? 'near' : '';
  return (
    <div className={`deadline ${level}`} role="timer" aria-label={t('outbreak.clock')}>
      <b>{left < 0 ? t('outbreak.too_late', { span: spanWords(-left, t) }) : t('outbreak.left', { span: spanWords(left, t) })}</b>
      <span>{t('outbreak.due_at', { time: clockTime(new Date(due).toISOString(), i18n.language) })} · {t(`outbreak.law.${clock.class}`)}</span>
      <details className="silent"><summary>{t('outbreak.the_rule')}</summary><p>{text(clock.text)}</p><p><small>{clock.source}</small></p></details>
    </div>
  );
}

const LABELS: Record<string, string> = { sure: 'class_head', found: 'found_at', exposure: 'exposure_text' };

/** What is written of a case before it is reported. */
export interface Written { patient: string | null; disease?: string; sure: 'suspected' | 'clinical'; found: string; onset?: string; exposure: { kind?: string; text: string } }

export function ReportPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/inside/outbreak/new' });
  const [empty] = useState<Written>(() => ({ patient: search.patient ?? null, sure: 'suspected', found: dayjs(serverNow()).second(0).millisecond(0).toISOString(), exposure: { text: '' } }));
  const [times, setTimes] = useState(0);
  const id = search.patient ?? 'new';
  const { opened, error, again } = useBegun<Written>('report', id, empty);
  if (error) return <article className="outbreak"><Failure error={error} retry={again} /></article>;
  if (!opened) return <article className="outbreak" aria-label={t('outbreak.new')}><Skeleton active className="panel" /></article>;
  return <Reporting key={`${id} ${times}`} opened={opened} anew={async () => { await dropDraft('report', id); again(); setTimes(times + 1); }} />;
}

function Reporting({ opened, anew }: { opened: Draft<Written>; anew: () => Promise<void> }) {
  const { t, i18n } = useTranslation();
  const text = useText();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate({ from: '/outbreak/new' });
  const known = useQuery(guidelinesQuery);
  const draft = useDraft('report', opened, me.person.id);
  const { patient, disease, sure, found, onset, exposure } = draft.body;
  const put = (part: Partial<Written>) => draft.set((now) => ({ ...now, ...part }));
  const [tried, setTried] = useState(false);
  const report = useMutation({
    // A save that came after would leave a draft of a case that is reported.
    mutationFn: () => draft.flush().then(() => api.post<Case>('/api/outbreak/cases', {
      draft: opened.id, patient, disease, class: sure, found_at: found, onset,
      exposures: exposure.kind && exposure.text.trim() ? [{ kind: exposure.kind, text: exposure.text }] : [],
    })),
    onSuccess: (made) => {
      draft.forget();
      client.setQueryData(['outbreak', 'case', made.id], made);
      void client.invalidateQueries({ queryKey: ['outbreak', 'list'] });
      void navigate({ to: '/outbreak/$id', params: { id: made.id }, search: { new: '1' }, replace: true });
    },
  });
  const chosen = known.data?.diseases.find((one) => one.code === disease);
  const already = isProblem(report.error) && report.error.code === 'outbreak.reported' ? String(report.error.params.case ?? '') : '';
  // Words without their kind would be lost without a word.
  const halfExposure = Boolean(exposure.kind) !== Boolean(exposure.text.trim());
  const missing = [...(patient ? [] : ['patient']), ...(disease ? [] : ['disease']), ...(halfExposure ? ['exposures'] : [])];
  const send = () => { setTried(true); if (missing.length === 0) report.mutate(); };
  return (
    <article className="outbreak reportpage">
      <header className="outhead"><Link to="/outbreak" className="back" aria-label={t('outbreak.to_list')}><ArrowLeftOutlined aria-hidden /></Link><h1>{t('outbreak.new')}</h1><span className="grow" /><SavedMark saving={draft.saving} saved_at={draft.saved_at || null} /></header>
      <Continued opened={opened} anew={() => { draft.forget(); return anew(); }} />
      <form className="panel fields" onSubmit={(event) => { event.preventDefault(); send(); }}>
        {chosen?.clock && <Deadline clock={chosen.clock} found={found} />}
        <Field label={t('outbreak.disease')}>
          <Select aria-label={t('outbreak.disease')} showSearch={{ optionFilterProp: 'label' }} size="large" value={disease} placeholder={t('outbreak.disease_which')} status={tried && !disease ? 'error' : undefined} onChange={(one: string) => put({ disease: one })} options={(known.data?.diseases ?? []).map((one) => ({ value: one.code, label: text(one.name) }))} />
        </Field>
        <div className="ofield"><span>{t('outbreak.patient')}</span><PatientPicker value={patient} onChange={(one) => put({ patient: one })} inputId="report-patient" unknownAllowed /></div>
        <div className="ofield"><span id="how-sure">{t('outbreak.class_head')}</span><Radio.Group className="sure" size="large" aria-labelledby="how-sure" optionType="button" buttonStyle="solid" value={sure} onChange={(event) => put({ sure: event.target.value as Written['sure'] })} options={(['suspected', 'clinical'] as const).map((one) => ({ value: one, label: t(`outbreak.class.${one}`) }))} /><small>{t('outbreak.confirm_later')}</small></div>
        <div className="otwo">
          <Field label={t('outbreak.found_at')} hint={t('outbreak.found_hint')}><WhenInput value={found} label={t('outbreak.found_at')} set={(at) => at && put({ found: at })} /></Field>
          <Field label={t('outbreak.onset')} hint={t('outbreak.if_known')}><DatePicker aria-label={t('outbreak.onset')} maxDate={dayjs(serverNow())} value={onset ? dayjs(onset) : null} placeholder={t('outbreak.not_known')} onChange={(day) => put({ onset: day?.format('YYYY-MM-DD') })} /></Field>
        </div>
        <div className="otwo">
          <Field label={t('outbreak.exposure_kind')} hint={t('outbreak.if_known')}><Select aria-label={t('outbreak.exposure_kind')} allowClear value={exposure.kind} placeholder={t('outbreak.not_told')} status={tried && halfExposure ? 'error' : undefined} onChange={(kind) => put({ exposure: { ...exposure, kind } })} options={EXPOSURES.map((one) => ({ value: one, label: t(`outbreak.exposure.${one}`) }))} /></Field>
          <Field label={t('outbreak.exposure_text')}><Input maxLength={TEXT_MAX} value={exposure.text} placeholder={t('outbreak.exposure_such')} onChange={(event) => put({ exposure: { ...exposure, text: event.target.value } })} /></Field>
        </div>
        {tried && missing.length > 0 && <Alert type="error" showIcon role="alert" title={t('outbreak.missing', { what: missing.map((one) => t(`outbreak.${one}`)).join(t('ui.list_sep')) })} />}
        {report.isError && <Alert type="error" showIcon role="alert" title={problemWords(report.error, t, i18n.language)} action={already && <Link to="/outbreak/$id" params={{ id: already }}>{t('outbreak.open_it')}</Link>} />}
        <div className="formbuttons sticky"><Button type="primary" size="large" htmlType="submit" loading={report.isPending}>{t('outbreak.send')}</Button></div>
      </form>
      {draft.conflict && <ConflictDialog conflict={draft.conflict} mine={draft.body} settle={draft.settle} label={(field) => t(`outbreak.${LABELS[field] ?? field}`)} />}
    </article>
  );
}
