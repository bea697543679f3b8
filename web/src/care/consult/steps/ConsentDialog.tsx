// The paper of a consent that an emergency went ahead without: uploaded or chosen; late only with a reason.
import { useState } from 'react';
import { Alert, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { RequestForm } from '../../../api/types';
import { clockTime } from '../../../ui/time';
import { useNow } from '../../../ui/useNow';
import { ConsentField } from '../request/ConsentField';
import type { DialogProps } from './ReasonDialog';

export function ConsentDialog({ detail, open, busy, cancel, submit }: DialogProps) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const [consent, setConsent] = useState<RequestForm['consent']>({});
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const due = detail.consent.due;
  const late = due !== undefined && now > Date.parse(due);
  const send = () => {
    if (!consent.document || (late && !reason.trim())) return setTried(true);
    submit({ document: consent.document, ...(late ? { reason: reason.trim() } : {}) });
  };
  return (
    <Modal open={open} title={t('consult_step.consent')} okText={t('steps.consent_send')} cancelText={t('ui.cancel')} onOk={send} onCancel={cancel} okButtonProps={{ loading: busy }} destroyOnHidden>
      <p className="lead">{detail.consent.emergency_reason && t('consult.consent.emergency', { reason: detail.consent.emergency_reason })}</p>
      {due && <Alert type={late ? 'error' : 'info'} showIcon title={t(late ? 'consult.consent.overdue' : 'consult.consent.due', { time: clockTime(due, i18n.language) })} className="gap" />}
      {/* The field of the request's form; without the emergency's way round, which is what ends here. */}
      <ConsentField caseId={detail.id} form={{ ...detail.request, urgency: 'routine', patient: detail.patient?.id ?? null, consent }} set={setConsent} missing={tried && !consent.document} />
      {late && (
        <label className="flabel gap">{t('steps.consent_late')}
          <Input.TextArea rows={2} maxLength={1000} value={reason} status={tried && !reason.trim() ? 'error' : undefined} onChange={(event) => setReason(event.target.value)} />
        </label>
      )}
    </Modal>
  );
}
