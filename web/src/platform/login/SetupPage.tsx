// The first start of an installation: the one-time link makes the first administrator.
import { useState } from 'react';
import { Alert, Button, Form, Input } from 'antd';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { problemWords } from '../../ui/words';
import { Card } from './Card';

interface Values { account: string; person: string; password: string; again: string }

export function SetupPage() {
  const { t, i18n } = useTranslation();
  const { token } = useSearch({ from: '/setup' });
  const [failed, setFailed] = useState<unknown>(null);
  const [done, setDone] = useState(false);
  const [busy, setBusy] = useState(false);
  const make = async (values: Values) => {
    setBusy(true);
    setFailed(null);
    try {
      await api.post('/api/setup', { token, name: values.account.trim(), person: values.person.trim(), password: values.password });
      setDone(true);
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  if (!token) return <Card title={t('login.setup')} lead={t('login.setup_no_token')}><Link to="/login">{t('login.to_sign_in')}</Link></Card>;
  if (done) return <Card title={t('login.setup_done')} lead={t('login.setup_done_what')}><Link to="/login"><Button type="primary" size="large" block>{t('login.to_sign_in')}</Button></Link></Card>;
  return (
    <Card title={t('login.setup')} lead={t('login.setup_what')}>
      <Form<Values> layout="vertical" requiredMark={false} onFinish={(values) => void make(values)}>
        <Form.Item name="person" label={t('login.person')} rules={[{ required: true, whitespace: true, message: t('login.person_missing') }]}><Input size="large" autoComplete="name" autoFocus /></Form.Item>
        <Form.Item name="account" label={t('login.name')} rules={[{ required: true, whitespace: true, message: t('login.name_missing') }]}><Input size="large" autoComplete="username" autoCapitalize="none" spellCheck={false} /></Form.Item>
        <Form.Item name="password" label={t('login.password')} extra={t('login.password_rule')} rules={[{ required: true, min: 12, message: t('login.password_rule') }]}><Input.Password size="large" autoComplete="new-password" /></Form.Item>
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
