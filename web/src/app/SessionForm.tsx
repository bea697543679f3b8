// The session ended while somebody worked: sign in again here, nothing typed is lost, waiting requests go on.
import { useState } from 'react';
import { Alert, Button, Form, Input, Modal } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { openGate } from '../api/gate';
import { arrived, meQuery } from '../api/session';
import { openEvents } from '../api/events';
import type { Me } from '../api/types';
import { useNames } from '../ui/names';
import { signInWords } from '../platform/login/words';

export function SessionForm({ open }: { open: boolean }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const client = useQueryClient();
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const before = client.getQueryData<Me | null>(meQuery.queryKey);

  const enter = async ({ account, password }: { account: string; password: string }) => {
    setBusy(true);
    setFailed(null);
    try {
      const sent = Date.now();
      let me = await api.post<Me>('/api/session', { name: account, password });
      // The second factor is asked for on the page of the sign-in.
      if (me.step !== 'done') return location.assign(`/login?to=${encodeURIComponent(location.pathname + location.search)}`);
      // Another person at the same desk: nothing of the one before may stay on the screen.
      if (before && me.person.id !== before.person.id) return location.assign('/inbox');
      if (before?.role && me.role?.id !== before.role.id) me = await api.put<Me>('/api/session/role', { role: before.role.id });
      client.setQueryData(meQuery.queryKey, arrived(me, sent));
      openGate();
      openEvents();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open={open} title={t('login.expired')} footer={null} closable={false} mask={{ closable: false }} keyboard={false} destroyOnHidden width={420}>
      <p>{t('login.expired_what', { name: name(before?.person) })}</p>
      <Form layout="vertical" onFinish={(values: { account: string; password: string }) => void enter(values)} requiredMark={false}>
        <Form.Item name="account" label={t('login.name')} rules={[{ required: true, message: t('login.name_missing') }]}><Input autoComplete="username" autoFocus /></Form.Item>
        <Form.Item name="password" label={t('login.password')} rules={[{ required: true, message: t('login.password_missing') }]}><Input.Password autoComplete="current-password" /></Form.Item>
        {failed !== null && <Alert type="error" showIcon title={signInWords(failed, t, i18n.language)} role="alert" className="gap" />}
        <Button type="primary" htmlType="submit" block loading={busy}>{t('login.sign_in')}</Button>
      </Form>
    </Modal>
  );
}
