// Completes a case that was returned: the list of what is asked stands above the form; what is typed stays on this computer
// until it is sent, because the case itself must not change before.
import { useEffect, useState } from 'react';
import { Alert, App, Skeleton } from 'antd';
import { ArrowLeftOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { useMe } from '../../../api/session';
import type { CaseDetail, Id, RequestForm } from '../../../api/types';
import { Failure } from '../../../ui/Failure';
import { useNames } from '../../../ui/names';
import { clockTime } from '../../../ui/time';
import { forgetLocal, keepLocal, readLocal } from '../../draft/local';
import { caseQuery } from '../queries';
import { Editor } from './Editor';

function Completing({ detail }: { detail: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { message } = App.useApp();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState<RequestForm>(() => {
    const local = readLocal<RequestForm>('resubmit', detail.id, me.person.id);
    return local && local.revision === detail.version ? local.body : detail.request;
  });
  useEffect(() => {
    if (form !== detail.request) keepLocal('resubmit', detail.id, { revision: detail.version, at: new Date().toISOString(), person: me.person.id, body: form });
  }, [form, detail, me.person.id]);
  const send = async () => {
    await api.post(`/api/consults/${detail.id}/resubmit`, { version: detail.version, form });
    forgetLocal('resubmit', detail.id);
    await client.invalidateQueries({ queryKey: ['case', detail.id] });
    void client.invalidateQueries({ queryKey: ['inbox'] });
    void message.success(t('steps.done.resubmit'));
    await navigate({ to: '/cases/$id', params: { id: detail.id } });
  };
  return (
    <>
      <header className="requesthead">
        <Link to="/cases/$id" params={{ id: detail.id }} className="back" aria-label={t('consult.back')}><ArrowLeftOutlined aria-hidden /></Link>
        <h1>{t('consult_step.resubmit')} <small className="mono">{detail.number}</small></h1>
      </header>
      <Editor
        caseId={detail.id} form={form} set={setForm} send={send} sendLabel={t('request.resend')} patientLocked={detail.patient !== null}
        mark={t('request.kept_here')}
        banner={detail.returned && <Alert type="warning" showIcon title={t('consult.returned_title', { by: name(detail.returned.by), time: clockTime(detail.returned.at, i18n.language) })} description={<ol className="items">{detail.returned.items.map((item) => <li key={item}>{item}</li>)}</ol>} />}
      />
    </>
  );
}

export function Resubmit({ id }: { id: Id }) {
  const { data, isPending, isError, error, refetch } = useQuery(caseQuery(id));
  if (isError && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending || !data) return <div className="case" aria-busy><Skeleton active paragraph={{ rows: 10 }} className="panel" /></div>;
  return <Completing key={data.id} detail={data} />;
}
