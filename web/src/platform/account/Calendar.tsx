// The link at which a calendar program reads one's consultations and duties: made, shown this once, withdrawn.
import { useState } from 'react';
import { Alert, App, Button, Input, Modal, Skeleton, Space } from 'antd';
import { CopyOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { dayOf } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { calendarQuery, type CalendarLink } from '../api';

export function Calendar() {
  const { t, i18n } = useTranslation();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const state = useQuery(calendarQuery);
  const [made, setMade] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const again = () => client.invalidateQueries({ queryKey: calendarQuery.queryKey });
  const failed = (error: unknown) => { void message.error(problemWords(error, t, i18n.language)); void again(); };
  const make = () => {
    setBusy(true);
    return api.post<CalendarLink>('/api/calendar/link')
      .then(({ address }) => { setMade(`${address}?lang=${i18n.language.startsWith('en') ? 'en' : 'zh'}`); return again(); }, failed)
      .finally(() => setBusy(false));
  };
  const remake = () => modal.confirm({ title: t('account.calendar_other'), content: t('account.calendar_other_what'), okText: t('account.calendar_other'), cancelText: t('ui.cancel'), onOk: make });
  const withdraw = () => modal.confirm({
    title: t('account.calendar_end'), content: t('account.calendar_end_what'), okText: t('account.calendar_end'), okButtonProps: { danger: true }, cancelText: t('ui.cancel'),
    onOk: () => api.delete('/api/calendar/link').then(() => { void message.success(t('account.calendar_ended')); return again(); }, failed),
  });
  return (
    <section className="card" aria-labelledby="calendar-title">
      <h2 id="calendar-title">{t('account.calendar')}</h2>
      <p className="lead">{t('account.calendar_what')}</p>
      <p className="lead">{t('account.calendar_not')}</p>
      {state.isError ? <Failure error={state.error} retry={() => void state.refetch()} /> : !state.data ? <Skeleton active paragraph={{ rows: 1 }} title={false} /> : state.data.since ? (
        <>
          <p className="state good"><i aria-hidden />{t('account.calendar_on', { day: dayOf(state.data.since, i18n.language) })}</p>
          <div className="actions">
            <Button loading={busy} onClick={remake}>{t('account.calendar_other')}</Button>
            <Button danger onClick={withdraw}>{t('account.calendar_end')}</Button>
          </div>
        </>
      ) : (
        <>
          <p className="state wait"><i aria-hidden />{t('account.calendar_off')}</p>
          <Button loading={busy} onClick={() => void make()}>{t('account.calendar_make')}</Button>
        </>
      )}
      {/* Taken out of the page with its link: a Modal that is only hidden keeps what it held. */}
      {made !== null && (
        <Modal open title={t('account.calendar_link')} onCancel={() => setMade(null)} mask={{ closable: false }} footer={<Button type="primary" onClick={() => setMade(null)}>{t('account.calendar_kept')}</Button>}>
          <Alert type="warning" showIcon title={t('account.calendar_once')} className="gap" />
          <Space.Compact block>
            <Input readOnly value={made} aria-label={t('account.calendar_link')} className="mono" onFocus={(event) => event.target.select()} />
            <Button icon={<CopyOutlined aria-hidden />} onClick={() => void navigator.clipboard?.writeText(made)}>{t('ui.copy')}</Button>
          </Space.Compact>
          <p className="lead above">{t('account.calendar_how')}</p>
        </Modal>
      )}
    </section>
  );
}
