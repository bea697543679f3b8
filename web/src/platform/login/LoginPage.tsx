// Sign in by name and password; with several roles, choose one. Never says whether a name exists.
import { useState } from 'react';
import { Alert, Button, Form, Input } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { arrived, endSession, meQuery } from '../../api/session';
import type { Me } from '../../api/types';
import { useNames } from '../../ui/names';
import { lockedBy, takePlace } from '../../api/lock';
import { Card } from './Card';
import { home } from '../can';
import { DemoAccounts } from './DemoAccounts';
import { SecondStep } from './SecondStep';
import { Unended } from './Unended';
import { signInWords } from './words';

export function LoginPage() {
  const { t, i18n } = useTranslation();
  const { name, title } = useNames();
  const client = useQueryClient();
  const router = useRouter();
  const { to } = useSearch({ from: '/login' });
  const me = useQuery(meQuery).data;
  const [form] = Form.useForm<{ account: string; password: string }>();
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [locked] = useState(lockedBy);

  const arrive = async (ask: () => Promise<Me>) => {
    setBusy(true);
    setFailed(null);
    const sent = Date.now();
    try {
      let who = arrived(await ask(), sent);
      if (!who.role && who.roles.length === 1) who = arrived(await api.put<Me>('/api/session/role', { role: who.roles[0].id }), sent);
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
      client.setQueryData(meQuery.queryKey, who);
      if (who.role) router.history.push(takePlace(who.person.id) ?? to ?? home(who));
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };

  const leave = () => void endSession().then(() => client.setQueryData(meQuery.queryKey, null));
  if (me && me.step !== 'done') return <SecondStep me={me} done={(who) => void arrive(() => Promise.resolve(who))} leave={leave} />;
  if (me) {
    return (
      <Card title={t('login.choose_role')} lead={t('login.choose_role_what', { name: name(me.person) })}>
        {me.roles.length === 0 && <Alert type="warning" showIcon title={t('login.no_role')} />}
        <ul className="roles">
          {me.roles.map((role) => (
            <li key={role.id}>
              <button className="rolebtn" disabled={busy} onClick={() => void arrive(() => api.put<Me>('/api/session/role', { role: role.id }))}>
                <b>{t(`login.role.${role.role}`, { defaultValue: role.role })}</b>
                <span>{name(role.hospital)}</span>
              </button>
            </li>
          ))}
        </ul>
        {failed !== null && <Alert type="error" showIcon title={signInWords(failed, t, i18n.language)} role="alert" className="gap" />}
        <Button type="link" onClick={leave}>{t('login.not_you', { title: title(me.person), name: name(me.person) })}</Button>
      </Card>
    );
  }
  return (
    <Card title={t(locked ? 'login.locked' : 'login.title')} lead={locked ? t('login.locked_what', { name: locked.name }) : t('login.lead')} aside={<DemoAccounts busy={busy} pick={(account, password) => { form.setFieldsValue({ account, password }); form.submit(); }} />}>
      <Unended />
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ account, password }) => void arrive(() => api.post<Me>('/api/session', { name: account.trim(), password }))}>
        <Form.Item name="account" label={t('login.name')} rules={[{ required: true, whitespace: true, message: t('login.name_missing') }]}><Input size="large" autoComplete="username" autoFocus autoCapitalize="none" spellCheck={false} /></Form.Item>
        <Form.Item name="password" label={t('login.password')} rules={[{ required: true, message: t('login.password_missing') }]}><Input.Password size="large" autoComplete="current-password" /></Form.Item>
        {failed !== null && <Alert type="error" showIcon title={signInWords(failed, t, i18n.language)} role="alert" className="gap" />}
        <Button type="primary" size="large" htmlType="submit" block loading={busy}>{t('login.sign_in')}</Button>
      </Form>
    </Card>
  );
}
