// Outages of the hospitals I manage: what is silent, since when, who looks after it, what it was; and how much of the last 30 days each was heard of.
import { useState } from 'react';
import { App, Button, Form, Input, Select } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { spellWords } from '../../care/consult/parts';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { useNow } from '../../ui/useNow';
import { problemWords } from '../../ui/words';
import { OUTAGE_CAUSES, outagesQuery, type Outage } from '../api';
import { FormDialog } from './FormDialog';
import { percent } from './outages';

/** Those that have ended are not drawn beyond. */
const ENDED_SHOWN = 10;

export function Outages() {
  const { t } = useTranslation();
  const { name } = useNames();
  const { data, isError, error, refetch } = useQuery(outagesQuery);
  const [saying, setSaying] = useState<{ of: Outage; what: 'notes' | 'close' } | null>(null);
  const [all, setAll] = useState(false);
  if (isError && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data || data.outages.length === 0) return null;
  const ended = data.outages.filter((outage) => outage.state === 'ended');
  const shown = [...data.outages.filter((outage) => outage.state !== 'ended'), ...(all ? ended : ended.slice(0, ENDED_SHOWN))];
  return (
    <section className="card" aria-label={t('admin.outage.title')}>
      <h2>{t('admin.outage.title')}</h2>
      <ul className="joins outages">{shown.map((outage) => <Row key={outage.id} outage={outage} say={(what) => setSaying({ of: outage, what })} />)}</ul>
      {!all && ended.length > ENDED_SHOWN && <Button size="small" onClick={() => setAll(true)}>{t('admin.outage.all', { n: ended.length })}</Button>}
      <p className="lead above">{t('admin.outage.available')} {data.hospitals.slice(0, 20).map((one) => t('admin.outage.of', { name: name(one.hospital), percent: percent(one.available), n: one.outages })).join(t('ui.list_sep'))}</p>
      {saying && <Say key={`${saying.of.id} ${saying.what}`} of={saying.of} what={saying.what} close={() => setSaying(null)} />}
    </section>
  );
}

function Row({ outage, say }: { outage: Outage; say: (what: 'notes' | 'close') => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { message } = App.useApp();
  const client = useQueryClient();
  const now = useNow();
  const [busy, setBusy] = useState(false);
  const at = (time: string) => clockTime(time, i18n.language);
  const hospital = name(outage.hospital);
  const take = async () => {
    setBusy(true);
    await api.post(`/api/admin/outages/${outage.id}/take`, {}).catch((error: unknown) => message.error(problemWords(error, t, i18n.language)));
    await client.invalidateQueries({ queryKey: outagesQuery.queryKey });
    setBusy(false);
  };
  const by = (one: { by?: { name: string; name_en?: string | null } | null; at: string }) => ({ name: one.by ? name(one.by) : t('admin.join.somebody'), time: at(one.at) });
  const closable = outage.state === 'back' || (outage.state === 'ended' && outage.cause === 'by-itself');
  return (
    <li>
      <span className="who"><b>{hospital}</b><small>{t('admin.outage.since', { time: at(outage.since) })}{outage.silences > 1 && ` · ${t('admin.outage.silences', { n: outage.silences })}`}</small></span>
      <span><span className={outage.state === 'silent' ? 'tag red' : outage.state === 'back' ? 'tag amber' : 'tag'}>{t(`admin.outage.state.${outage.state}`)}</span><small> {spellWords(outage.silent_since ? Math.max(0, now - Date.parse(outage.silent_since)) : outage.seconds * 1000, t)}</small></span>
      <span className="stacked">
        {outage.taken && <small>{t('admin.outage.taken_by', by(outage.taken))}</small>}
        {outage.notes.map((note, n) => <small key={n}>{t('admin.outage.noted', { ...by(note), text: note.text })}</small>)}
        {outage.cause && <small><b>{t(`admin.outage.cause.${outage.cause}`)}</b> {outage.text}{outage.closed && ` (${t('admin.join.tried_by', by(outage.closed))})`}</small>}
      </span>
      <span className="acts">
        {outage.state !== 'ended' && <Button size="small" type={outage.taken ? 'default' : 'primary'} loading={busy} onClick={() => void take()} aria-label={`${t('admin.outage.take')} ${hospital}`}>{t('admin.outage.take')}</Button>}
        <Button size="small" onClick={() => say('notes')} aria-label={`${t('admin.outage.note')} ${hospital}`}>{t('admin.outage.note')}</Button>
        {closable && <Button size="small" onClick={() => say('close')} aria-label={`${t('admin.outage.close')} ${hospital}`}>{t('admin.outage.close')}</Button>}
      </span>
    </li>
  );
}

interface Values { cause?: string; text: string }

function Say({ of, what, close }: { of: Outage; what: 'notes' | 'close'; close: () => void }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const send = async (values: Values) => {
    await api.post(`/api/admin/outages/${of.id}/${what}`, what === 'close' ? { cause: values.cause, text: values.text ?? '' } : { text: values.text });
    await client.invalidateQueries({ queryKey: outagesQuery.queryKey });
  };
  return (
    <FormDialog<Values> open title={t(`admin.outage.${what}_of`, { name: name(of.hospital) })} ok={t('ui.save')} form={form} initial={{ cause: 'line', text: '' }} close={close} send={send}>
      {what === 'close' && <Form.Item name="cause" label={t('admin.outage.what_cause')}><Select options={OUTAGE_CAUSES.map((value) => ({ value, label: t(`admin.outage.cause.${value}`) }))} /></Form.Item>}
      <Form.Item name="text" label={t('admin.outage.text')} rules={what === 'notes' ? [{ required: true, whitespace: true, message: t('admin.outage.text_missing') }] : []}><Input.TextArea autoFocus rows={4} maxLength={2000} /></Form.Item>
    </FormDialog>
  );
}
