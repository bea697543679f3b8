// The first start of an installation: the one-time link makes the first administrator.
import { useState } from 'react';
import { Alert, Button, Form, Input } from 'antd';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem, Problem } from '../../api/problem';
import { problemWords } from '../../ui/words';
import { Card } from './Card';

interface Values { account: string; centre?: string; centre_en?: string; password: string; again: string }

export function SetupPage() {
  const { t, i18n } = useTranslation();
  const { token } = useSearch({ from: '/setup' });
  const navigate = useNavigate();
  const [failed, setFailed] = useState<unknown>(null);
  const [done, setDone] = useState(false);
  const [busy, setBusy] = useState(false);
  const make = async (values: Values) => {
    setBusy(true);
    setFailed(null);
    try {
      await api.post('/api/setup', { token, name: values.account.trim(), password: values.password, centre: values.centre?.trim() || undefined, centre_en: values.centre_en?.trim() || undefined });
      setDone(true);
    } catch (error) {
      // The server says no more than that there is nothing here: then the link is not good.
      setFailed(isProblem(error) && error.status === 404 ? new Problem(404, 'setup.used', '') : error);
    } finally {
      setBusy(false);
    }
  };
  if (!token) return <Card title={t('login.setup')} lead={t('login.setup_no_token')}><Link to="/login">{t('login.to_sign_in')}</Link></Card>;
  if (done) return <Card title={t('login.setup_done')} lead={t('login.setup_done_what')}><Button type="primary" size="large" block onClick={() => void navigate({ to: '/login' })}>{t('login.to_sign_in')}</Button></Card>;
  return (
    <Card title={t('login.setup')} lead={t('login.setup_what')}>
      <Form<Values> layout="vertical" requiredMark={false} onFinish={(values) => void make(values)}>
        <Form.Item name="centre" label={t('login.centre')}><Input size="large" autoComplete="organization" autoFocus maxLength={100} /></Form.Item>
        <Form.Item name="centre_en" label={t('login.centre_en')}><Input size="large" maxLength={100} /></Form.Item>
        <Form.Item name="account" label={t('login.name')} rules={[{ required: true, whitespace: true, message: t('login.name_missing') }]}><Input size="large" autoComplete="username" autoCapitalize="none" spellCheck={false} /></Form.Item>
        <Form.Item name="password" label={t('login.password')} extra={t('login.password_rule')} rules={[{ required: true, min: 10, message: t('login.password_rule') }]}><Input.Password size="large" autoComplete="new-password" /></Form.Item>
        <Form.Item
          name="again"
          label={t('login.password_again')}
          dependencies={['password']}
          rules={[({ getFieldValue }) => ({ validator: (_, value) => (value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t('login.password_differs')))) })]}
        >
          <Input.Password size="large" autoComplete="new-password" />
        </Form.Item>
        {failed !== null && <Alert type="error" showIcon title={problemWords(failed, t, i18n.language)} role="alert" className="gap" />}
        <Button type="primary" size="large" htmlType="submit" block loading={busy}>{t('login.setup_make')}</Button>
      </Form>
    </Card>
  );
}
