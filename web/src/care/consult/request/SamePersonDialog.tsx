// The files that came name somebody else than the patient chosen: both side by side, and a human says why they are one.
import { useState } from 'react';
import { Alert, Button, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Differing } from '../../../api/types';
import { Sides } from '../../attach/Sides';

export function SamePersonDialog({ people, busy, back, confirm }: { people: Differing[]; busy: boolean; back: () => void; confirm: (reason: string) => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <Modal open title={t('attach.mismatch')} onCancel={back} width={640} mask={{ closable: false }} footer={[
      <Button key="back" onClick={back} disabled={busy}>{t('request.same_back')}</Button>,
      <Button key="same" type="primary" danger loading={busy} disabled={!reason.trim()} onClick={() => confirm(reason.trim())}>{t('request.same_send')}</Button>,
    ]}>
      <Alert type="warning" showIcon title={t('request.same_what', { count: people.length })} className="gap" />
      {people.map((one) => <Sides key={one.identity} in_file={one.in_file} in_case={one.in_case} differs={one.differs} />)}
      <label className="attachreason">{t('attach.reason')}
        <Input.TextArea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} rows={2} className="growing" placeholder={t('attach.reason_hint')} />
      </label>
    </Modal>
  );
}
