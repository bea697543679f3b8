// Opening a record in need: by number alone, with a reason and the second factor. What is open shows how long it stays so.
import { useState } from 'react';
import { Alert, Button, Input, Radio, Select } from 'antd';
import { UnlockOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import { useMe } from '../../api/session';
import type { HospitalRef } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { PatientLine } from '../consult/parts';
import { type BreakGlass, mineQuery, type Open, type Opened } from './api';
import { Countdown } from './Countdown';

const REASON_MIN = 10;

function OpenRecord({ open }: { open: Open }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  return (
    <li className="panel openrecord">
      <div className="headline"><PatientLine patient={open.patient} second /><small>{name(open.patient.hospital)}</small><span className="grow" /><Countdown until={open.until} /></div>
      <p className="why">{t('access.reason')}: {open.reason}</p>
      {open.cases.length === 0 ? <p className="none">{t('access.no_cases')}</p> : (
        <ul className="opencases">
          {open.cases.map((one) => (
            <li key={one.id}><Link to="/cases/$id" params={{ id: one.id }}><span className="mono">{one.number}</span> <b>{one.purpose}</b> <small>{t(`consult.state.${one.state}`)} · {clockTime(one.submitted_at, i18n.language)}</small></Link></li>
          ))}
        </ul>
      )}
    </li>
  );
}

export function Glass() {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const client = useQueryClient();
  const me = useMe();
  const mine = useQuery(mineQuery);
  const [kind, setKind] = useState<'resident' | 'passport' | 'case'>('resident');
  const [number, setNumber] = useState('');
  const [hospital, setHospital] = useState<string>();
  const [reason, setReason] = useState('');
  const [code, setCode] = useState('');
  const [failed, setFailed] = useState<unknown>(null);
  const [asksCode, setAsksCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const hospitals = isProblem(failed) && failed.code === 'access.which_hospital' ? (failed.params.hospitals as HospitalRef[]) : null;
  const ready = number.trim() && reason.trim().length >= REASON_MIN && me.factor.since && (!asksCode || code.trim());
  const send = async () => {
    setBusy(true);
    setFailed(null);
    const ask: BreakGlass = { reason, code: code.trim() || undefined, ...(kind === 'case' ? { case_number: number, hospital } : { identifier: { kind, value: number } }) };
    try {
      await api.post<Opened>('/api/access/break-glass', ask);
      setNumber('');
      setReason('');
      setHospital(undefined);
      setAsksCode(false);
      void client.invalidateQueries({ queryKey: mineQuery.queryKey });
    } catch (error) {
      setFailed(error);
      if (isProblem(error) && error.code.startsWith('session.factor')) setAsksCode(true);
    } finally {
      setCode('');
      setBusy(false);
    }
  };
  return (
    <div className="glass">
      {mine.isError && <Failure error={mine.error} retry={() => void mine.refetch()} />}
      {mine.data && mine.data.open.length > 0 && <section aria-label={t('access.open_now')}><h2>{t('access.open_now')}</h2><ul className="openlist">{mine.data.open.map((open) => <OpenRecord key={open.patient.id} open={open} />)}</ul></section>}
      <section className="panel glassform">
        <h2><UnlockOutlined aria-hidden /> {t('access.need_title')}</h2>
        <p className="lead">{t('access.need_what')}</p>
        <form onSubmit={(event) => { event.preventDefault(); if (ready) void send(); }}>
          <fieldset><legend>{t('access.by')}</legend>
            <Radio.Group value={kind} onChange={(event) => { setKind(event.target.value as typeof kind); setFailed(null); }} options={(['resident', 'passport', 'case'] as const).map((one) => ({ value: one, label: t(`access.number.${one}`) }))} />
          </fieldset>
          <label>{t(`access.number.${kind}`)}<Input value={number} maxLength={64} autoComplete="off" spellCheck={false} onChange={(event) => setNumber(event.target.value)} /></label>
          {hospitals && <label>{t('access.which_hospital')}<Select value={hospital} onChange={setHospital} options={hospitals.map((one) => ({ value: one.id, label: name(one) }))} aria-label={t('access.which_hospital')} /></label>}
          <label>{t('access.reason')}<Input.TextArea value={reason} maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} placeholder={t('access.reason_hint', { n: REASON_MIN })} onChange={(event) => setReason(event.target.value)} /></label>
          {!me.factor.since && <Alert type="warning" showIcon title={t('problem.session_factor-none')} action={<Link to="/account">{t('account.factor_set_up')}</Link>} />}
          {asksCode && <label>{t('access.code')}<Input value={code} autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={32} onChange={(event) => setCode(event.target.value)} /></label>}
          {failed !== null && !hospitals && <Alert type="error" showIcon role="alert" title={problemWords(failed, t, i18n.language)} />}
          {hospitals && <Alert type="warning" showIcon role="alert" title={problemWords(failed, t, i18n.language)} />}
          <Button htmlType="submit" type="primary" danger icon={<UnlockOutlined aria-hidden />} disabled={!ready} loading={busy}>{t('access.break')}</Button>
        </form>
      </section>
    </div>
  );
}
