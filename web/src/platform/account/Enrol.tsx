// Setting a second factor up: the password again, the QR code, the first code, the recovery codes.
import { useState } from 'react';
import { Alert, Button, Form, Input, QRCode } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Me } from '../../api/types';
import { problemWords } from '../../ui/words';
import type { Confirmed, Offer } from '../api';
import { Codes } from './Codes';

export function Enrol({ done }: { done: (me: Me) => void }) {
  const { t, i18n } = useTranslation();
  const [offer, setOffer] = useState<Offer | null>(null);
  const [confirmed, setConfirmed] = useState<Confirmed | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const tell = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailed(null);
    await work().catch(setFailed);
    setBusy(false);
  };
  const error = failed !== null && <Alert type="error" showIcon title={problemWords(failed, t, i18n.language)} role="alert" className="gap" />;
  if (confirmed) return <Codes codes={confirmed.recovery_codes} done={() => done(confirmed.me)} />;
  if (!offer) {
    return (
      <Form name="enrol" layout="vertical" requiredMark={false} onFinish={({ password }: { password: string }) => void tell(async () => setOffer(await api.post<Offer>('/api/session/factor', { password })))}>
        <p className="lead">{t('account.factor_how')}</p>
        <Form.Item name="password" label={t('account.password_again')} rules={[{ required: true, message: t('login.password_missing') }]}><Input.Password size="large" autoComplete="current-password" autoFocus /></Form.Item>
        {error}
        <Button type="primary" htmlType="submit" loading={busy}>{t('account.factor_begin')}</Button>
      </Form>
    );
  }
  return (
    <Form name="enrol-code" layout="vertical" requiredMark={false} onFinish={({ code }: { code: string }) => void tell(async () => setConfirmed(await api.post<Confirmed>('/api/session/factor/confirmation', { sealed: offer.sealed, code })))}>
      <p className="lead">{t('account.factor_scan')}</p>
      <div className="qr"><QRCode value={offer.uri} type="svg" size={180} color="#17212b" bgColor="#ffffff" errorLevel="M" aria-label={t('account.factor_qr')} role="img" /></div>
      <p className="lead">{t('account.factor_typed')} <code className="secret">{offer.secret.match(/.{1,4}/g)?.join(' ')}</code></p>
      <Form.Item name="code" label={t('account.code')} rules={[{ required: true, message: t('account.code_missing') }]}><Input size="large" inputMode="numeric" autoComplete="one-time-code" maxLength={8} autoFocus className="codeinput" /></Form.Item>
      {error}
      <Button type="primary" htmlType="submit" loading={busy}>{t('account.factor_confirm')}</Button>
    </Form>
  );
}
