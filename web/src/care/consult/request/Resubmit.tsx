// Completes a case that was returned: the list of what is asked stands above the form. What is typed is a draft of its own,
// because the case itself must not change before it is handed in again.
import { Alert, App, Skeleton } from 'antd';
import { ArrowLeftOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { isProblem } from '../../../api/problem';
import { useMe } from '../../../api/session';
import type { CaseDetail, Draft, Id, RequestForm } from '../../../api/types';
import { Failure } from '../../../ui/Failure';
import { useNames } from '../../../ui/names';
import { clockTime } from '../../../ui/time';
import { useNarrow } from '../../../ui/useNarrow';
import { SavedMark } from '../../draft/SavedMark';
import { useDraft } from '../../draft/useDraft';
import { caseQuery } from '../queries';
import { ConflictDialog } from './ConflictDialog';
import { Editor } from './Editor';

function Completing({ detail, opened }: { detail: CaseDetail; opened: Draft<RequestForm> }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { message } = App.useApp();
  const me = useMe();
  const narrow = useNarrow();
  const client = useQueryClient();
  const navigate = useNavigate();
  const draft = useDraft('resubmit', opened, me.person.id);
  const send = async () => {
    // A save that came after would leave a draft of a case that is done with it.
    await draft.flush();
    await api.post(`/api/consults/${detail.id}/resubmit`, { version: detail.version, form: draft.body });
    draft.forget();
    client.removeQueries({ queryKey: ['resubmit-draft', detail.id] });
    await client.invalidateQueries({ queryKey: ['case', detail.id] });
    void client.invalidateQueries({ queryKey: ['inbox'] });
    void message.success(t('steps.done.resubmit'));
    await navigate({ to: '/cases/$id', params: { id: detail.id } });
  };
  const mark = <SavedMark saving={draft.saving} saved_at={draft.saved_at || null} />;
  return (
    <>
      <header className="requesthead">
        <Link to="/cases/$id" params={{ id: detail.id }} className="back" aria-label={t('consult.back')}><ArrowLeftOutlined aria-hidden /></Link>
        <h1>{t('consult_step.resubmit')} <small className="mono">{detail.number}</small></h1>
        <span className="grow" />
        {narrow && mark}
      </header>
      <Editor
        caseId={detail.id} form={draft.body} set={draft.set} send={send} ready={() => void draft.flush().catch(() => undefined)} sendLabel={t('request.resend')} patientLocked={detail.patient !== null} mark={mark}
        banner={(
          <>
            {draft.saving === 'offline' && <Alert type="warning" showIcon role="status" title={t('draft.offline')} />}
            {detail.returned && <Alert type="warning" showIcon title={t('consult.returned_title', { by: name(detail.returned.by), time: clockTime(detail.returned.at, i18n.language) })} description={<ol className="items">{detail.returned.items.map((item) => <li key={item}>{item}</li>)}</ol>} />}
          </>
        )}
      />
      {draft.conflict && <ConflictDialog conflict={draft.conflict} mine={draft.body} settle={draft.settle} />}
    </>
  );
}

export function Resubmit({ id }: { id: Id }) {
  const found = useQuery(caseQuery(id));
  const opened = useQuery({
    queryKey: ['resubmit-draft', id],
    queryFn: () => api.get<Draft<RequestForm>>(`/api/drafts/resubmit/${id}`).catch((error: unknown) => {
      // Nothing was written yet: it begins with the case as it was sent.
      if (isProblem(error) && error.status === 404) return null;
      throw error;
    }),
    staleTime: 0, gcTime: 0, refetchOnMount: 'always', refetchOnWindowFocus: false, refetchOnReconnect: false, structuralSharing: false,
  });
  const error = found.error ?? opened.error;
  if (error && !(found.data && opened.data !== undefined)) return <Failure error={error} retry={() => { void found.refetch(); void opened.refetch(); }} />;
  if (!found.data || opened.data === undefined) return <div className="case" aria-busy><Skeleton active paragraph={{ rows: 10 }} className="panel" /></div>;
  return <Completing key={found.data.id} detail={found.data} opened={opened.data ?? { id, revision: 0, saved_at: '', body: found.data.request }} />;
}
