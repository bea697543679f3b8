// A one-time link of an administrator: its person sets their own password.
import { useState } from 'react';
import { Alert, Button, Form, Input } from 'antd';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem, Problem } from '../../api/problem';
import { problemWords } from '../../ui/words';
import { Card } from './Card';

export function WelcomePage() {
  const { t, i18n } = useTranslation();
  const { token } = useSearch({ from: '/welcome' });
  const [failed, setFailed] = useState<unknown>(null);
  const [account, setAccount] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const set = ({ password }: { password: string }) => {
    setBusy(true);
    setFailed(null);
    void api.post<{ account: string }>('/api/welcome', { token, password })
      .then((answer) => setAccount(answer.account), (error: unknown) => setFailed(isProblem(error) && error.status === 404 ? new Problem(404, 'welcome.used', '') : error))
      .finally(() => setBusy(false));
  };
  if (!token) return <Card title={t('account.welcome')} lead={t('account.welcome_no_token')}><Link to="/login">{t('login.to_sign_in')}</Link></Card>;
  if (account) return <Card title={t('account.welcome_done')} lead={t('account.welcome_done_what', { account })}><Link to="/login"><Button type="primary" size="large" block>{t('login.to_sign_in')}</Button></Link></Card>;
  return (
    <Card title={t('account.welcome')} lead={t('account.welcome_what')}>
      <Form layout="vertical" requiredMark={false} onFinish={set}>
        <Form.Item name="password" label={t('account.password_next')} extra={t('login.password_rule')} rules={[{ required: true, min: 10, message: t('login.password_rule') }]}><Input.Password size="large" autoComplete="new-password" autoFocus /></Form.Item>
        <Form.Item name="again" label={t('login.password_again')} dependencies={['password']} rules={[({ getFieldValue }) => ({ validator: (_, value) => (value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t('login.password_differs')))) })]}><Input.Password size="large" autoComplete="new-password" /></Form.Item>
        {failed !== null && <Alert type="error" showIcon title={problemWords(failed, t, i18n.language)} role="alert" className="gap" />}
        <Button type="primary" size="large" htmlType="submit" block loading={busy}>{t('account.welcome_set')}</Button>
      </Form>
    </Card>
  );
}
