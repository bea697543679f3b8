// Two records of one person: proposed or found, both sides compared, linked with a reason; and parted again.
import { useState } from 'react';
import { Alert, App, Button, Input, Modal, Skeleton } from 'antd';
import { DisconnectOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import type { Difference, Id, PatientCard } from '../../api/types';
import { problemWords } from '../../ui/words';
import { Sides } from '../attach/Sides';
import { PatientLine } from '../consult/parts';
import { PatientPicker } from './PatientPicker';
import { shownOf } from './sides';
import './patient.css';

interface Pair { left: PatientCard; right: PatientCard; differs: Difference[]; linked: boolean }

export function LinkDialog({ id, close }: { id: Id; close: () => void }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const own = useQuery({ queryKey: ['patient', id, 'record'], queryFn: () => api.get<PatientCard>(`/api/patients/${id}`), gcTime: 0 });
  const proposed = useQuery({ queryKey: ['patient', id, 'matches'], queryFn: () => api.get<{ patients: PatientCard[] }>(`/api/patients/${id}/matches`).then((answer) => answer.patients), gcTime: 0 });
  const [other, setOther] = useState<Id | null>(null);
  const [reason, setReason] = useState('');
  const pair = useQuery({ queryKey: ['patient', id, 'pair', other], queryFn: () => api.get<Pair>(`/api/patients/${id}/pair/${other ?? ''}`), enabled: other !== null, gcTime: 0 });
  const settle = useMutation({
    mutationFn: (now: Pair) => api.post(`/api/patients/${id}/${now.linked ? 'unlink' : 'link'}`, { other: now.right.id, version: now.left.version, other_version: now.right.version, reason: reason.trim() }),
    onSuccess: async (_, now) => {
      void message.success(t(now.linked ? 'patient.unlinked' : 'patient.linked'));
      await Promise.all([client.invalidateQueries({ queryKey: ['case'] }), client.invalidateQueries({ queryKey: ['inbox'] }), client.invalidateQueries({ queryKey: ['patient'] }), client.invalidateQueries({ queryKey: ['patients'] })]);
      close();
    },
    onError: (error) => { if (isProblem(error, 'patient.changed')) void pair.refetch(); },
  });
  const choose = (next: Id | null) => { settle.reset(); setReason(''); setOther(next === id ? null : next); };
  const row = (card: PatientCard, linked: boolean) => (
    <li key={card.id}><PatientLine patient={card} second /> <Button size="small" icon={linked ? <DisconnectOutlined aria-hidden /> : undefined} onClick={() => choose(card.id)}>{t(linked ? 'patient.unlink' : 'patient.compare')}</Button></li>
  );
  return (
    <Modal open title={t('patient.link')} onCancel={close} width={680} mask={{ closable: false }} footer={pair.data ? [
      <Button key="back" onClick={() => choose(null)} disabled={settle.isPending}>{t('ui.back')}</Button>,
      <Button key="ok" type="primary" danger={pair.data.linked || pair.data.differs.length > 0} disabled={!reason.trim()} loading={settle.isPending} onClick={() => settle.mutate(pair.data)}>{t(pair.data.linked ? 'patient.unlink_send' : 'patient.link_send')}</Button>,
    ] : null}>
      {other === null ? (
        <>
          <p className="lead">{t('patient.link_what')}</p>
          {own.data?.linked?.length ? <Linked ids={own.data.linked} row={row} /> : null}
          {proposed.isPending ? <Skeleton active paragraph={{ rows: 2 }} title={false} /> : proposed.data?.length ? <><h4>{t('patient.proposed')}</h4><ul className="linkrows">{proposed.data.map((card) => row(card, false))}</ul></> : <p className="hint">{t('patient.none_proposed')}</p>}
          <h4>{t('patient.find')}</h4>
          <PatientPicker value={null} onChange={choose} inputId="link-find" />
        </>
      ) : pair.isPending ? <Skeleton active /> : pair.isError ? <Alert type="error" showIcon title={problemWords(pair.error, t, i18n.language)} /> : (
        <>
          <Sides in_file={shownOf(pair.data.left)} in_case={shownOf(pair.data.right)} differs={pair.data.differs} left={t('patient.side_this')} right={t('patient.side_other')} />
          {pair.data.differs.length > 0 && !pair.data.linked && <Alert type="warning" showIcon title={t('patient.link_differs')} className="gap" />}
          <label className="attachreason">{t(pair.data.linked ? 'patient.unlink_reason' : 'patient.link_reason')}
            <Input.TextArea value={reason} maxLength={500} rows={2} onChange={(event) => setReason(event.target.value)} />
          </label>
          {settle.isError && <Alert type="error" showIcon role="alert" title={problemWords(settle.error, t, i18n.language)} className="gap" />}
        </>
      )}
    </Modal>
  );
}

function Linked({ ids, row }: { ids: Id[]; row: (card: PatientCard, linked: boolean) => React.ReactNode }) {
  const { t } = useTranslation();
  const cards = useQuery({ queryKey: ['patient', 'linked', ids], queryFn: () => Promise.all(ids.map((one) => api.get<PatientCard>(`/api/patients/${one}`))), gcTime: 0 });
  return <><h4>{t('patient.linked_now')}</h4>{cards.data ? <ul className="linkrows">{cards.data.map((card) => row(card, true))}</ul> : <Skeleton active paragraph={{ rows: 1 }} title={false} />}</>;
}
