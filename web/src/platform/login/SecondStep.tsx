// The second step of signing in: the authenticator's code, or, where a hospital demands it, setting one up.
import { useState } from 'react';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Me } from '../../api/types';
import { useNames } from '../../ui/names';
import { signInWords } from './words';
import { Enrol } from '../account/Enrol';
import { Card } from './Card';
import '../platform.css';

export function SecondStep({ me, done, leave }: { me: Me; done: (me: Me) => void; leave: () => void }) {
  const { t, i18n } = useTranslation();
  const { name, title } = useNames();
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const prove = ({ code }: { code: string }) => {
    setBusy(true);
    setFailed(null);
    void api.post<Me>('/api/session/factor/proof', { code }).then(done, setFailed).finally(() => setBusy(false));
  };
  const other = <Button type="link" onClick={leave}>{t('login.not_you', { title: title(me.person), name: name(me.person) })}</Button>;
  if (me.step === 'enrol') return <Card title={t('account.factor_set_up')} lead={t('account.factor_must')}><Enrol done={done} />{other}</Card>;
  return (
    <Card title={t('account.step')} lead={t('account.step_what', { name: name(me.person) })}>
      <Form layout="vertical" requiredMark={false} onFinish={prove}>
        <Form.Item name="code" label={t('account.code_or_recovery')} rules={[{ required: true, whitespace: true, message: t('account.code_missing') }]}><Input size="large" autoComplete="one-time-code" autoFocus maxLength={24} className="codeinput" /></Form.Item>
        {failed !== null && <Alert type="error" showIcon title={signInWords(failed, t, i18n.language)} role="alert" className="gap" />}
        <Button type="primary" size="large" htmlType="submit" block loading={busy}>{t('login.sign_in')}</Button>
      </Form>
      <p className="lead">{t('account.step_lost')}</p>
      {other}
    </Card>
  );
}
