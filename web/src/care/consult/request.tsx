// A new case: choose the form, write, send. Also completes a case that was returned.
import { useEffect, useRef, useState } from 'react';
import { Alert, App, Button, Skeleton } from 'antd';
import { ArrowLeftOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import { useMe } from '../../api/session';
import type { Differing, Draft, Id, RequestForm } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { useNarrow } from '../../ui/useNarrow';
import { problemWords } from '../../ui/words';
import { SavedMark } from '../draft/SavedMark';
import { ConflictDialog } from '../draft/ConflictDialog';
import { useDraft } from '../draft/useDraft';
import { Resubmit } from './request/Resubmit';
import { Editor } from './request/Editor';
import { SamePersonDialog } from './request/SamePersonDialog';
import { emptyForm } from './request/missing';
import './inbox.css';
import './case.css';
import './record.css';
import './request.css';

function Chooser({ begin, busy, error }: { begin: (form: 'emergency' | 'full') => void; busy: boolean; error: unknown }) {
  const { t } = useTranslation();
  return (
    <div className="chooser">
      <h1>{t('inbox.new')}</h1>
      {error !== null && error !== undefined && <Failure error={error} />}
      <div className="choices">
        <button className="choice emergency" disabled={busy} onClick={() => begin('emergency')}><b><i aria-hidden>▲▲</i> {t('request.emergency')}</b><span>{t('request.emergency_what')}</span></button>
        <button className="choice" disabled={busy} onClick={() => begin('full')} autoFocus><b>{t('request.full')}</b><span>{t('request.full_what')}</span></button>
      </div>
      <Link to="/inbox">{t('ui.to_inbox')}</Link>
    </div>
  );
}

function Writing({ opened }: { opened: Draft<RequestForm> }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const [differing, setDiffering] = useState<Differing[] | null>(null);
  const [confirming, setConfirming] = useState(false);
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const draft = useDraft('consult', opened, me.person.id);
  const emergency = draft.body.form === 'emergency';
  const send = async (same_person?: { identities: string[]; reason: string }) => {
    const revision = await draft.flush();
    const sent = await api.post<{ id: Id; number: string }>('/api/consults', { draft: opened.id, revision, same_person });
    draft.forget();
    client.removeQueries({ queryKey: ['draft', opened.id] });
    void client.invalidateQueries({ queryKey: ['drafts'] });
    void client.invalidateQueries({ queryKey: ['inbox'] });
    void message.success(t('request.sent', { number: sent.number }), 5);
    await navigate({ to: '/cases/$id', params: { id: sent.id } });
  };
  // Files may have come before the patient was chosen: the server compares them now, and a human decides.
  const sendCompared = () => send().catch((error: unknown) => {
    if (!isProblem(error, 'consult.patient_mismatch')) throw error;
    setDiffering(error.params.people as Differing[]);
  });
  const confirmSame = (reason: string) => {
    setConfirming(true);
    send({ identities: (differing ?? []).map((one) => one.identity), reason })
      .catch((error: unknown) => {
        if (isProblem(error, 'consult.patient_mismatch')) setDiffering(error.params.people as Differing[]);
        else void message.error(problemWords(error, t, i18n.language), 6);
      })
      .finally(() => setConfirming(false));
  };
  return (
    <>
      <header className={emergency ? 'requesthead emergency' : 'requesthead'}>
        <Link to="/inbox" className="back" aria-label={t('ui.to_inbox')}><ArrowLeftOutlined aria-hidden /></Link>
        <h1>{t(emergency ? 'request.emergency' : 'request.full')}</h1>
        <Button type="link" size="small" onClick={() => draft.set((now) => ({ ...now, form: emergency ? 'full' : 'emergency', urgency: emergency ? now.urgency : 'emergency' }))}>{t(emergency ? 'request.to_full' : 'request.to_emergency')}</Button>
        <span className="grow" />
        {narrow && <SavedMark saving={draft.saving} saved_at={draft.saved_at} />}
      </header>
      <Editor
        caseId={opened.id}
        form={draft.body}
        set={draft.set}
        send={sendCompared}
        // What is not saved yet goes ahead while the finger is still down.
        ready={() => void draft.flush().catch(() => undefined)}
        sendLabel={t(emergency ? 'request.send_emergency' : 'request.send')}
        mark={<SavedMark saving={draft.saving} saved_at={draft.saved_at} />}
        banner={draft.saving === 'offline' && <Alert type="warning" showIcon role="status" title={t('draft.offline')} />}
      />
      {differing && <SamePersonDialog people={differing} busy={confirming} back={() => setDiffering(null)} confirm={confirmSame} />}
      {draft.conflict && <ConflictDialog conflict={draft.conflict} mine={draft.body} settle={draft.settle} />}
    </>
  );
}

function Opened({ id }: { id: Id }) {
  const { t } = useTranslation();
  const { data, isPending, isError, error, refetch } = useQuery({ queryKey: ['draft', id], queryFn: () => api.get<Draft<RequestForm>>(`/api/drafts/consult/${id}`), staleTime: 0, gcTime: 0, refetchOnMount: 'always', refetchOnWindowFocus: false, refetchOnReconnect: false, structuralSharing: false });
  const sent = isError && isProblem(error) && error.status === 404;
  const navigate = useNavigate();
  useEffect(() => {
    // A draft that is gone was sent: its case has the same id.
    if (sent) void api.get(`/api/consults/${id}`).then(() => navigate({ to: '/cases/$id', params: { id }, replace: true })).catch(() => undefined);
  }, [sent, id, navigate]);
  if (isError && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending || !data) return <div className="case" aria-busy aria-label={t('draft.saving')}><Skeleton active paragraph={{ rows: 10 }} className="panel" /></div>;
  return <Writing key={data.id} opened={data} />;
}

export function RequestPage() {
  const { draft, form, resubmit } = useSearch({ from: '/inside/cases/new' });
  const navigate = useNavigate();
  const client = useQueryClient();
  const begin = useMutation({
    mutationFn: (kind: 'emergency' | 'full') => api.post<Draft<RequestForm>>('/api/drafts/consult', { body: emptyForm(kind) }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['drafts'] });
      void navigate({ to: '/cases/new', search: { draft: made.id }, replace: true });
    },
  });
  const started = useRef(false);
  useEffect(() => {
    if (form && !draft && !resubmit && !started.current) {
      started.current = true;
      begin.mutate(form);
    }
  }, [form, draft, resubmit, begin]);
  if (resubmit) return <Resubmit id={resubmit} />;
  if (draft) return <Opened key={draft} id={draft} />;
  return <Chooser begin={begin.mutate} busy={begin.isPending} error={begin.error} />;
}
