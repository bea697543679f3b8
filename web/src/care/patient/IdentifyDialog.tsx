// Somebody unknown is known now: from the papers, or as a patient of this hospital. Both sides first, then a reason.
import { useState } from 'react';
import { Alert, App, Button, Input, Modal, Segmented, Skeleton } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import type { Differing, Id, PatientCard, PatientInput } from '../../api/types';
import { problemWords } from '../../ui/words';
import { Sides } from '../attach/Sides';
import { PatientForm } from './PatientForm';
import { PatientPicker } from './PatientPicker';
import { contradicts, shownOf, typedOf } from './sides';
import './patient.css';

export function IdentifyDialog({ id, close }: { id: Id; close: () => void }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const before = useQuery({ queryKey: ['patient', id, 'record'], queryFn: () => api.get<PatientCard>(`/api/patients/${id}`), gcTime: 0 });
  const [by, setBy] = useState<string>('papers');
  const [identity, setIdentity] = useState<PatientInput | null>(null);
  const [known, setKnown] = useState<Id | null>(null);
  const [reason, setReason] = useState('');
  const other = useQuery({ queryKey: ['patient', known], queryFn: () => api.get<PatientCard>(`/api/patients/${known ?? ''}`), enabled: known !== null });
  const after = identity ? typedOf(identity) : other.data ? shownOf(other.data) : null;

  const send = useMutation({
    mutationFn: (same?: { identities: string[]; reason: string }) => api.post<PatientCard>(`/api/patients/${id}/identify`, { version: before.data?.version, identity: identity ?? undefined, known: known ?? undefined, reason: reason.trim(), same_person: same }),
    onSuccess: async () => {
      void message.success(t('patient.identified'));
      await Promise.all([client.invalidateQueries({ queryKey: ['case'] }), client.invalidateQueries({ queryKey: ['inbox'] }), client.invalidateQueries({ queryKey: ['patient'] })]);
      close();
    },
    onError: (error) => {
      if (isProblem(error, 'patient.exists') && typeof error.params.patient === 'string') { setIdentity(null); setBy('known'); setKnown(error.params.patient); }
      if (isProblem(error, 'patient.changed')) void before.refetch();
    },
  });
  const differing = isProblem(send.error, 'patient.patient_mismatch') ? (send.error.params.people as Differing[]) : null;
  const back = () => { setIdentity(null); setKnown(null); send.reset(); };
  const confirm = () => send.mutate(differing ? { identities: differing.map((one) => one.identity), reason: reason.trim() } : undefined);

  return (
    <Modal open title={t('patient.identify')} onCancel={close} width={680} mask={{ closable: false }} footer={after ? [
      <Button key="back" onClick={back} disabled={send.isPending}>{t('ui.back')}</Button>,
      <Button key="ok" type="primary" danger={differing !== null} disabled={!reason.trim()} loading={send.isPending} onClick={confirm}>{t(differing ? 'patient.identify_same' : 'patient.identify_send')}</Button>,
    ] : null}>
      {before.isPending ? <Skeleton active /> : before.isError ? <Alert type="error" showIcon title={problemWords(before.error, t, i18n.language)} /> : !after ? (
        <>
          <p className="lead">{t('patient.identify_what', { id: before.data.identifier.value ?? '' })}</p>
          <Segmented value={by} onChange={(next) => { setBy(next); back(); }} options={[{ value: 'papers', label: t('patient.by_papers') }, { value: 'known', label: t('patient.by_known') }]} className="gap" />
          {by === 'papers'
            ? <PatientForm name="" unknownAllowed={false} collect={setIdentity} done={() => undefined} cancel={close} />
            : <PatientPicker value={known} onChange={(next) => setKnown(next === id ? null : next)} inputId="identify-known" />}
        </>
      ) : (
        <>
          <Sides in_file={shownOf(before.data)} in_case={after} differs={contradicts(shownOf(before.data), after)} left={t('patient.side_unknown')} right={t('patient.side_known')} />
          {(before.data.found_at || before.data.marks) && <p className="hint">{[before.data.found_at, before.data.marks].filter(Boolean).join(' · ')}</p>}
          {known && <Alert type="info" showIcon title={t('patient.identify_links')} className="gap" />}
          {differing && <><Alert type="warning" showIcon role="alert" title={t('request.same_what', { count: differing.length })} className="gap" />{differing.map((one) => <Sides key={one.identity} in_file={one.in_file} in_case={one.in_case} differs={one.differs} />)}</>}
          <label className="attachreason">{t('patient.identify_reason')}
            <Input.TextArea value={reason} maxLength={500} rows={2} onChange={(event) => setReason(event.target.value)} placeholder={t('patient.identify_reason_hint')} />
          </label>
          {send.isError && !differing && <Alert type="error" showIcon role="alert" title={problemWords(send.error, t, i18n.language)} className="gap" />}
        </>
      )}
    </Modal>
  );
}
