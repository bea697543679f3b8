// On every page of whoever an emergency calls: from where, for what, since when; one press takes it and leads to it.
import { useState } from 'react';
import { Button } from 'antd';
import { PhoneFilled } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import { spellWords } from '../../care/consult/parts';
import { useNames } from '../../ui/names';
import { useNow } from '../../ui/useNow';
import { problemWords } from '../../ui/words';
import { type Call, openCalls } from './calls';
import { noticesQuery } from './useNotices';
import './notices.css';

function One({ call, close }: { call: Call; close: () => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const navigate = useNavigate();
  const client = useQueryClient();
  const now = useNow();
  const answer = useMutation({
    mutationFn: () => api.post(`/api/consults/${call.case}/answer-ring`, {}),
    onSuccess: () => { close(); void navigate({ to: '/cases/$id', params: { id: call.case } }); },
    onSettled: () => void client.invalidateQueries({ queryKey: noticesQuery.queryKey }),
  });
  return (
    <div className="call">
      <PhoneFilled aria-hidden />
      <p>{call.drill && <em className="drillmark">{t('patient.drill_short')}</em>}<b>{t('notices.call', { specialty: t(`consult.specialty.${call.specialty}`, { defaultValue: call.specialty }) })}</b> {name(call.from)} <span className="mono">{call.number}</span> <small aria-hidden>{t('notices.call_since', { time: spellWords(Math.max(0, now - Date.parse(call.at)), t) })}{call.called > 1 && ` · ${t('notices.call_others', { n: call.called - 1 })}`}</small></p>
      {answer.isError ? <><span role="alert">{problemWords(answer.error, t, i18n.language)}</span><Button onClick={close}>{t('ui.close')}</Button></> : (
        <span className="does"><Button type="primary" danger size="large" loading={answer.isPending} onClick={() => answer.mutate()}>{t('notices.call_take')}</Button><Button size="large" onClick={close}>{t('notices.call_not_me')}</Button></span>
      )}
    </div>
  );
}

export function CallBanner() {
  const { t } = useTranslation();
  const me = useMe();
  const now = useNow();
  const { data } = useQuery({ ...noticesQuery, enabled: me.role?.role === 'specialist' });
  const [closed, setClosed] = useState<readonly string[]>([]);
  const key = (call: Call) => `${call.case} ${call.at}`;
  const calls = me.role?.role === 'specialist' ? openCalls(data?.notices ?? [], now).filter((call) => !closed.includes(key(call))) : [];
  if (calls.length === 0) return null;
  return (
    <section className="callbanner" aria-label={t('notices.calls')} aria-live="assertive">
      {calls.map((call) => <One key={key(call)} call={call} close={() => setClosed((now) => [...now, key(call)])} />)}
    </section>
  );
}
