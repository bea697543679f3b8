// Reporting a notifiable case, on a phone first: whose, what, how sure, found when. The law's clock runs on the page.
import { useState } from 'react';
import { Alert, Button, DatePicker, Input, Radio, Select } from 'antd';
import { ArrowLeftOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { serverNow } from '../../api/clock';
import { isProblem } from '../../api/problem';
import { WhenInput } from '../../care/consult/request/WhenInput';
import { PatientPicker } from '../../care/patient/PatientPicker';
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

export function ReportPage() {
  const { t, i18n } = useTranslation();
  const text = useText();
  const client = useQueryClient();
  const search = useSearch({ from: '/inside/outbreak/new' });
  const navigate = useNavigate({ from: '/outbreak/new' });
  const known = useQuery(guidelinesQuery);
  const [patient, setPatient] = useState<string | null>(search.patient ?? null);
  const [disease, setDisease] = useState<string>();
  const [sure, setSure] = useState<'suspected' | 'clinical'>('suspected');
  const [found, setFound] = useState(() => dayjs(serverNow()).second(0).millisecond(0).toISOString());
  const [onset, setOnset] = useState<string>();
  const [exposure, setExposure] = useState<{ kind?: string; text: string }>({ text: '' });
  const [tried, setTried] = useState(false);
  const report = useMutation({
    mutationFn: () => api.post<Case>('/api/outbreak/cases', {
      patient, disease, class: sure, found_at: found, onset,
      exposures: exposure.kind && exposure.text.trim() ? [{ kind: exposure.kind, text: exposure.text }] : [],
    }),
    onSuccess: (made) => {
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
      <header className="outhead"><Link to="/outbreak" className="back" aria-label={t('outbreak.to_list')}><ArrowLeftOutlined aria-hidden /></Link><h1>{t('outbreak.new')}</h1></header>
      <form className="panel fields" onSubmit={(event) => { event.preventDefault(); send(); }}>
        {chosen?.clock && <Deadline clock={chosen.clock} found={found} />}
        <Field label={t('outbreak.disease')}>
          <Select aria-label={t('outbreak.disease')} showSearch={{ optionFilterProp: 'label' }} size="large" value={disease} placeholder={t('outbreak.disease_which')} status={tried && !disease ? 'error' : undefined} onChange={setDisease} options={(known.data?.diseases ?? []).map((one) => ({ value: one.code, label: text(one.name) }))} />
        </Field>
        <div className="ofield"><span>{t('outbreak.patient')}</span><PatientPicker value={patient} onChange={setPatient} inputId="report-patient" unknownAllowed /></div>
        <div className="ofield"><span id="how-sure">{t('outbreak.class_head')}</span><Radio.Group className="sure" size="large" aria-labelledby="how-sure" optionType="button" buttonStyle="solid" value={sure} onChange={(event) => setSure(event.target.value as typeof sure)} options={(['suspected', 'clinical'] as const).map((one) => ({ value: one, label: t(`outbreak.class.${one}`) }))} /><small>{t('outbreak.confirm_later')}</small></div>
        <div className="otwo">
          <Field label={t('outbreak.found_at')} hint={t('outbreak.found_hint')}><WhenInput value={found} label={t('outbreak.found_at')} set={(at) => at && setFound(at)} /></Field>
          <Field label={t('outbreak.onset')} hint={t('outbreak.if_known')}><DatePicker aria-label={t('outbreak.onset')} maxDate={dayjs(serverNow())} value={onset ? dayjs(onset) : null} placeholder={t('outbreak.not_known')} onChange={(day) => setOnset(day?.format('YYYY-MM-DD'))} /></Field>
        </div>
        <div className="otwo">
          <Field label={t('outbreak.exposure_kind')} hint={t('outbreak.if_known')}><Select aria-label={t('outbreak.exposure_kind')} allowClear value={exposure.kind} placeholder={t('outbreak.not_told')} status={tried && halfExposure ? 'error' : undefined} onChange={(kind) => setExposure({ ...exposure, kind })} options={EXPOSURES.map((one) => ({ value: one, label: t(`outbreak.exposure.${one}`) }))} /></Field>
          <Field label={t('outbreak.exposure_text')}><Input maxLength={TEXT_MAX} value={exposure.text} placeholder={t('outbreak.exposure_such')} onChange={(event) => setExposure({ ...exposure, text: event.target.value })} /></Field>
        </div>
        {tried && missing.length > 0 && <Alert type="error" showIcon role="alert" title={t('outbreak.missing', { what: missing.map((one) => t(`outbreak.${one}`)).join(t('ui.list_sep')) })} />}
        {report.isError && <Alert type="error" showIcon role="alert" title={problemWords(report.error, t, i18n.language)} action={already && <Link to="/outbreak/$id" params={{ id: already }}>{t('outbreak.open_it')}</Link>} />}
        <div className="formbuttons sticky"><Button type="primary" size="large" htmlType="submit" loading={report.isPending}>{t('outbreak.send')}</Button></div>
      </form>
    </article>
  );
}
