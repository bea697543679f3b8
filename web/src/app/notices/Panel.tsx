// What I am to be told, newest first, and how I want to be told.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { App, Button, Drawer, Empty, Input, Skeleton } from 'antd';
import { BellOutlined, MailOutlined, MobileOutlined, MutedOutlined, SoundOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import { mayManage } from '../../platform/can';
import type { Notice, Notices } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { clockTime } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { isPressing } from './forMe';
import { mute, soundState, subscribeSound } from './sound';
import { noticesQuery, useNoticeWords } from './useNotices';
import './notices.css';

function Line({ notice, unread, close }: { notice: Notice; unread: boolean; close: () => void }) {
  const { t, i18n } = useTranslation();
  const words = useNoticeWords();
  const me = useMe();
  const body = (
    <>
      <span className="nmark" aria-hidden />
      <span className="nwords">{notice.params.drill === true && <em className="drillmark">{t('patient.drill_short')}</em>}{words(notice)}{unread && <span className="sr"> {t('notices.unread')}</span>}</span>
      <time dateTime={notice.at}>{clockTime(notice.at, i18n.language)}</time>
    </>
  );
  const className = ['notice', unread && 'unread', isPressing(notice) && 'pressing'].filter(Boolean).join(' ');
  // An alert stands with the others, and is taken note of there.
  if (notice.what === 'outbreak.alert') return <li><Link to="/command/outbreak" className={className} onClick={close}>{body}</Link></li>;
  if (notice.what.startsWith('join.')) return <li><Link to="/admin/join" className={className} onClick={close}>{body}</Link></li>;
  if (notice.what === 'directory.licence_ends' && mayManage(me)) return <li><Link to="/admin/people" search={{ q: String(notice.params.name) }} className={className} onClick={close}>{body}</Link></li>;
  const to = /^(referral|bed)\./.test(notice.what) ? '/referrals/$id' : '/cases/$id';
  return <li>{notice.case ? <Link to={to} params={{ id: notice.case }} className={className} onClick={close}>{body}</Link> : <div className={className}>{body}</div>}</li>;
}

function Ways({ list }: { list: Notices }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const sound = useSyncExternalStore(subscribeSound, soundState);
  const [desktop, setDesktop] = useState(() => ('Notification' in window ? Notification.permission : 'denied'));
  const [mail, setMail] = useState(list.mail ?? '');
  const [sms, setSms] = useState(list.sms ?? '');
  const save = async () => {
    try {
      await api.put('/api/notices/address', { mail: mail.trim() || null, sms: sms.trim() || null });
      void client.invalidateQueries({ queryKey: noticesQuery.queryKey });
      void message.success(t('notices.mail_saved'));
    } catch (error) {
      void message.error(problemWords(error, t, i18n.language));
    }
  };
  return (
    <section className="ways" aria-label={t('notices.ways')}>
      <div>
        <Button size="small" icon={sound === 'muted' ? <MutedOutlined aria-hidden /> : <SoundOutlined aria-hidden />} aria-pressed={sound !== 'muted'} onClick={() => mute(sound !== 'muted')}>{t(`notices.sound_${sound}`)}</Button>
        {desktop === 'default' && <Button size="small" icon={<BellOutlined aria-hidden />} onClick={() => void Notification.requestPermission().then(setDesktop)}>{t('notices.desktop_ask')}</Button>}
        {desktop === 'granted' && <small>{t('notices.desktop_on')}</small>}
      </div>
      {(list.sends_mail || list.sends_sms) && (
        <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
          {list.sends_mail && <Input type="email" autoComplete="email" prefix={<MailOutlined aria-hidden />} value={mail} placeholder={t('notices.mail')} aria-label={t('notices.mail')} maxLength={254} onChange={(event) => setMail(event.target.value)} />}
          {list.sends_sms && <Input type="tel" autoComplete="tel" prefix={<MobileOutlined aria-hidden />} value={sms} placeholder={t('notices.sms')} aria-label={t('notices.sms')} maxLength={30} onChange={(event) => setSms(event.target.value)} />}
          <Button htmlType="submit" disabled={mail.trim() === (list.mail ?? '') && sms.trim() === (list.sms ?? '')}>{t('ui.save')}</Button>
          <small>{t('notices.mail_what')}</small>
        </form>
      )}
    </section>
  );
}

export function Panel({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: list, isError, error, refetch } = useQuery(noticesQuery);
  // What was unread when the panel was opened stays marked while it is open.
  const [from, setFrom] = useState<number | null>(null);
  const newest = list?.notices[0]?.number ?? 0;
  useEffect(() => {
    if (!open) return setFrom(null);
    if (!list) return;
    setFrom((before) => before ?? list.read_to);
    if (newest > list.read_to) {
      void api.post('/api/notices/read', { to: newest }).then(() => client.invalidateQueries({ queryKey: noticesQuery.queryKey })).catch(() => undefined);
    }
  }, [open, list, newest, client]);
  return (
    <Drawer open={open} onClose={close} size={400} title={t('notices.title')} className="notices" footer={list && <Ways list={list} />}>
      {isError && !list && <Failure error={error} retry={() => void refetch()} />}
      {!list && !isError && <Skeleton active paragraph={{ rows: 6 }} title={false} />}
      {list?.notices.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('notices.none')} />}
      {list && list.notices.length > 0 && <ol>{list.notices.map((notice) => <Line key={notice.number} notice={notice} unread={notice.number > (from ?? list.read_to)} close={close} />)}</ol>}
    </Drawer>
  );
}
