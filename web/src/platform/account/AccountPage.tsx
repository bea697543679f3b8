// One's own account: the second factor, the password, the link to one's calendar, where one is signed in.
import { useState } from 'react';
import { Alert, App, Button, Form, Input, Modal } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { meQuery, useMe } from '../../api/session';
import { dayOf } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { recentQuery } from '../api';
import { Calendar } from './Calendar';
import { Codes } from './Codes';
import { Enrol } from './Enrol';
import { Sessions } from './Sessions';
import '../platform.css';

type Asked = 'enrol' | 'end' | 'codes' | null;

function Factor() {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const me = useMe();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const close = () => { setAsked(null); setCodes(null); setFailed(null); void client.invalidateQueries({ queryKey: meQuery.queryKey }); void client.invalidateQueries({ queryKey: recentQuery.queryKey }); };
  const end = (values: { password: string; code: string }) => api.post('/api/session/factor/end', values).then(() => { close(); void message.success(t('account.factor_ended')); }, setFailed);
  const renew = (values: { password: string }) => api.post<{ recovery_codes: string[] }>('/api/session/factor/codes', values).then((answer) => { setFailed(null); setCodes(answer.recovery_codes); }, setFailed);
  const { since, codes_left, demanded } = me.factor;
  const error = failed !== null && <Alert type="error" showIcon title={problemWords(failed, t, i18n.language)} role="alert" className="gap" />;
  return (
    <section className="card" aria-labelledby="factor-title">
      <h2 id="factor-title">{t('account.factor')}</h2>
      <p className="lead">{t('account.factor_what')}</p>
      {since ? (
        <>
          <p className="state good"><i aria-hidden />{t('account.factor_on', { day: dayOf(since, i18n.language) })}</p>
          <p className="lead">{t('account.codes_left', { n: codes_left })}</p>
          <div className="actions">
            <Button onClick={() => setAsked('codes')}>{t('account.codes_new')}</Button>
            <Button onClick={() => setAsked('enrol')}>{t('account.factor_other')}</Button>
            <Button danger disabled={demanded} title={demanded ? t('account.factor_demanded') : undefined} onClick={() => setAsked('end')}>{t('account.factor_end')}</Button>
          </div>
          {demanded && <p className="lead">{t('account.factor_demanded')}</p>}
        </>
      ) : (
        <>
          <p className="state wait"><i aria-hidden />{t('account.factor_off')}</p>
          <Button type="primary" onClick={() => setAsked('enrol')}>{t('account.factor_set_up')}</Button>
        </>
      )}
      <Modal open={asked === 'enrol'} title={t('account.factor_set_up')} footer={null} onCancel={close} destroyOnHidden mask={{ closable: false }}><Enrol done={() => { close(); void message.success(t('account.factor_is_on')); }} /></Modal>
      <Modal open={asked === 'end'} title={t('account.factor_end')} footer={null} onCancel={close} destroyOnHidden>
        <Form name="end-factor" layout="vertical" requiredMark={false} onFinish={(values: { password: string; code: string }) => void end(values)}>
          <Form.Item name="password" label={t('account.password_again')} rules={[{ required: true, message: t('login.password_missing') }]}><Input.Password autoComplete="current-password" /></Form.Item>
          <Form.Item name="code" label={t('account.code_or_recovery')} rules={[{ required: true, message: t('account.code_missing') }]}><Input autoComplete="one-time-code" maxLength={24} /></Form.Item>
          {error}
          <Button danger type="primary" htmlType="submit">{t('account.factor_end')}</Button>
        </Form>
      </Modal>
      <Modal open={asked === 'codes'} title={t('account.codes_new')} footer={null} onCancel={close} destroyOnHidden mask={{ closable: false }}>
        {codes ? <Codes codes={codes} done={close} /> : (
          <Form name="new-codes" layout="vertical" requiredMark={false} onFinish={(values: { password: string }) => void renew(values)}>
            <p className="lead">{t('account.codes_new_what')}</p>
            <Form.Item name="password" label={t('account.password_again')} rules={[{ required: true, message: t('login.password_missing') }]}><Input.Password autoComplete="current-password" /></Form.Item>
            {error}
            <Button type="primary" htmlType="submit">{t('account.codes_new')}</Button>
          </Form>
        )}
      </Modal>
    </section>
  );
}

function Password() {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<{ password: string; next: string; again: string }>();
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const change = ({ password, next }: { password: string; next: string }) => {
    setBusy(true);
    setFailed(null);
    void api.put('/api/session/password', { password, next })
      .then(() => { form.resetFields(); void message.success(t('account.password_changed')); return client.invalidateQueries({ queryKey: recentQuery.queryKey }); }, setFailed)
      .finally(() => setBusy(false));
  };
  return (
    <section className="card" aria-labelledby="password-title">
      <h2 id="password-title">{t('login.password')}</h2>
      <p className="lead">{t('account.password_what')}</p>
      <Form name="password" form={form} layout="vertical" requiredMark={false} onFinish={change} className="narrowform">
        <Form.Item name="password" label={t('account.password_now')} rules={[{ required: true, message: t('login.password_missing') }]}><Input.Password autoComplete="current-password" /></Form.Item>
        <Form.Item name="next" label={t('account.password_next')} extra={t('login.password_rule')} rules={[{ required: true, min: 10, message: t('login.password_rule') }]}><Input.Password autoComplete="new-password" /></Form.Item>
        <Form.Item name="again" label={t('login.password_again')} dependencies={['next']} rules={[({ getFieldValue }) => ({ validator: (_, value) => (value === getFieldValue('next') ? Promise.resolve() : Promise.reject(new Error(t('login.password_differs')))) })]}><Input.Password autoComplete="new-password" /></Form.Item>
        {failed !== null && <Alert type="error" showIcon title={problemWords(failed, t, i18n.language)} role="alert" className="gap" />}
        <Button htmlType="submit" loading={busy}>{t('account.password_change')}</Button>
      </Form>
    </section>
  );
}

export function AccountPage() {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const endOthers = () => api.post<void>('/api/session/close-all', { keep_this: true });
  const endAll = () => api.post('/api/session/close-all', { keep_this: false }).then(() => { client.clear(); return navigate({ to: '/login' }); }).catch((error: unknown) => void message.error(problemWords(error, t, i18n.language)));
  return (
    <article className="platform narrow">
      <header><h1>{t('account.title')}</h1></header>
      <div className="columns">
        <div><Factor /><Password /></div>
        <div>
          <section className="card" aria-label={t('account.sessions')}>
            <h2>{t('account.sessions')}</h2>
            <Sessions query={recentQuery} end={endOthers} endWords={t('account.end_others')} others />
            <Button danger className="above" onClick={() => void endAll()}>{t('account.end_all')}</Button>
          </section>
          <Calendar />
        </div>
      </div>
    </article>
  );
}
