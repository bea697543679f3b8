// Completes a case that was returned: the list of what is asked stands above the form. What is typed is a draft of its own,
// because the case itself must not change before it is handed in again.
import { Alert, App, Skeleton } from 'antd';
import { ArrowLeftOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { useMe } from '../../../api/session';
import type { CaseDetail, Draft, Id, RequestForm } from '../../../api/types';
import { Failure } from '../../../ui/Failure';
import { useNames } from '../../../ui/names';
import { clockTime } from '../../../ui/time';
import { useNarrow } from '../../../ui/useNarrow';
import { ConflictDialog } from '../../draft/ConflictDialog';
import { SavedMark } from '../../draft/SavedMark';
import { useBegun } from '../../draft/useBegun';
import { useDraft } from '../../draft/useDraft';
import { caseQuery } from '../queries';
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
    client.removeQueries({ queryKey: ['begun', 'resubmit', detail.id] });
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
  // Nothing was written yet: it begins with the case as it was sent.
  const { opened, error, again } = useBegun('resubmit', id, found.data?.request);
  const failed = (found.data ? null : found.error) ?? error;
  if (failed) return <Failure error={failed} retry={() => { void found.refetch(); again(); }} />;
  if (!found.data || !opened?.body) return <div className="case" aria-busy><Skeleton active paragraph={{ rows: 10 }} className="panel" /></div>;
  return <Completing key={found.data.id} detail={found.data} opened={{ ...opened, body: opened.body }} />;
}
