// The frame of the signed-in pages: the rail (a tab bar on phones), the top bar, the state of the line, the session dialog.
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { Badge, Button, Dropdown, Tooltip } from 'antd';
import { AlertOutlined, BarChartOutlined, CalendarOutlined, EyeOutlined, FundOutlined, GlobalOutlined, HomeOutlined, InboxOutlined, PlusOutlined, SearchOutlined, ScheduleOutlined, SwapOutlined, TeamOutlined, ToolOutlined } from '@ant-design/icons';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { useLive } from '../api/live';
import { endSession, meQuery, useMe } from '../api/session';
import { answersFor, mayBreak } from '../care/access/api';
import { GlassBanner } from '../care/access/GlassBanner';
import { countsQuery } from '../care/consult/queries';
import { switchLanguage } from '../i18n';
import { useNames } from '../ui/names';
import { hasInbox, mayRequest } from '../care/consult/can';
import { keepsBeds, seesReferrals } from '../care/referral/can';
import { mayPlan, readsRota } from '../care/schedule/can';
import { home, mayManage } from '../platform/can';
import { seesCommand, seesFigures, seesOutbreak, seesReports } from '../command/can';
import { Bell } from './notices/Bell';
import { CallBanner } from './notices/CallBanner';
import { useNotices } from './notices/useNotices';
import { DiskBanner } from './DiskBanner';
import { LineBanner } from './LineBanner';
import { CHOICES, lockMinutes, setLockMinutes } from '../api/lock';
import { Locking, useByHand, useLockByHand } from './Locking';
import { SessionDialog } from './SessionDialog';

export function LanguageButton() {
  const { t, i18n } = useTranslation();
  return (
    <Button type="text" className="langbtn" lang={i18n.language === 'en' ? 'zh-CN' : 'en'} onClick={() => void switchLanguage(i18n.language === 'en' ? 'zh-CN' : 'en')}>
      {t('ui.other_language')}
    </Button>
  );
}

function Account({ minutes, setMinutes }: { minutes: number; setMinutes: (minutes: number) => void }) {
  const { t } = useTranslation();
  const lock = useLockByHand();
  const { name, title } = useNames();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const choose = async (role: string) => {
    await api.put('/api/session/role', { role });
    client.clear();
    const now = await client.fetchQuery(meQuery);
    void navigate({ to: now ? home(now) : '/inbox' });
  };
  const leave = useByHand('leave', useCallback(() => void endSession().then(() => {
    client.clear();
    client.setQueryData(meQuery.queryKey, null);
    void navigate({ to: '/login' });
  }), [client, navigate]));
  const roles = me.roles.length > 1
    ? me.roles.map((role) => ({ key: role.id, label: `${t(`login.role.${role.role}`, { defaultValue: role.role })} · ${name(role.hospital)}`, disabled: role.id === me.role?.id, onClick: () => void choose(role.id) }))
    : [];
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'who', type: 'group', label: <div className="whoami"><b>{name(me.person)}</b><span>{title(me.person)}</span><span>{me.role && t(`login.role.${me.role.role}`, { defaultValue: me.role.role })} · {name(me.role?.hospital)}</span></div> },
          { type: 'divider' },
          ...(roles.length ? [{ key: 'roles', type: 'group' as const, label: t('login.act_as'), children: roles }, { type: 'divider' as const }] : []),
          { key: 'account', label: t('account.title'), onClick: () => void navigate({ to: '/account' }) },
          { key: 'lock', label: t('login.lock'), onClick: lock },
          { key: 'after', label: t('login.lock_after', { after: t(minutes ? 'login.lock_minutes' : 'login.lock_never', { n: minutes }) }),
            children: CHOICES.map((n) => ({ key: `after-${n}`, label: t(n ? 'login.lock_minutes' : 'login.lock_never', { n }), disabled: n === minutes, onClick: () => setMinutes(n) })) },
          { key: 'out', label: t('login.sign_out'), onClick: leave },
        ],
      }}
    >
      <button className="me">
        <span className="sr">{t('login.account')}</span>
        <span className="initial" aria-hidden>{name(me.person).slice(0, 1)}</span>
        <span className="mename"><b>{name(me.person)}</b><small>{name(me.role?.hospital)}</small></span>
      </button>
    </Dropdown>
  );
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const inRoom = path.endsWith('/room');
  const wall = useRouterState({ select: ({ location }) => location.pathname === '/command' && 'wall' in location.search && location.search.wall === '1' });
  const [minutes, setMinutes] = useState(lockMinutes);
  useLive();
  const manages = mayManage(me);
  const cases = hasInbox(me);
  const waiting = useQuery({ ...countsQuery, enabled: cases && path !== '/inbox', select: (counts) => counts.waiting }).data ?? 0;
  const nav = [
    { key: 'inbox', to: '/inbox', icon: <InboxOutlined />, count: waiting, on: !/^\/(figures|reports|account|command|plan|access|jobs|referrals|beds|outbreak)/.test(path) && path !== '/cases/new', shown: cases },
    { key: 'plan', to: '/plan', icon: <CalendarOutlined />, count: 0, on: path.startsWith('/plan'), shown: mayPlan(me) },
    { key: 'rota', to: '/plan/rota', icon: <ScheduleOutlined />, count: 0, on: path === '/plan/rota', shown: readsRota(me) },
    { key: 'referrals', to: '/referrals', icon: <SwapOutlined rotate={90} />, count: 0, on: path.startsWith('/referrals'), shown: seesReferrals(me) },
    { key: 'beds', to: '/beds', icon: <HomeOutlined />, count: 0, on: path === '/beds', shown: keepsBeds(me) },
    { key: 'command', to: '/command', icon: <GlobalOutlined />, count: 0, on: path.startsWith('/command'), shown: seesCommand(me) },
    { key: 'outbreak', to: '/outbreak', icon: <AlertOutlined />, count: 0, on: path.startsWith('/outbreak'), shown: seesOutbreak(me) },
    { key: 'figures', to: '/figures', icon: <BarChartOutlined />, count: 0, on: path.startsWith('/figures'), shown: seesFigures(me) },
    { key: 'reports', to: '/reports', icon: <FundOutlined />, count: 0, on: path === '/reports', shown: seesReports(me) },
    { key: 'admin', to: '/admin', icon: <TeamOutlined />, count: 0, on: path.startsWith('/admin'), shown: manages },
    { key: 'access', to: '/access', icon: <EyeOutlined />, count: 0, on: path.startsWith('/access'), shown: answersFor(me.role?.role) || mayBreak(me.role?.role) },
    { key: 'jobs', to: '/jobs', icon: <ToolOutlined />, count: 0, on: path.startsWith('/jobs'), shown: me.role?.role === 'platform-administrator' },
  ] as const;
  const canRequest = mayRequest(me);
  const notices = useNotices().data;
  const badge = notices?.unread || waiting;
  useEffect(() => {
    document.title = `${badge ? `(${badge}) ` : ''}${t('ui.app')}`;
  }, [badge, t]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable) return;
      if (document.querySelector('[role="dialog"]')) return;
      if (event.key === 'n' && canRequest) { event.preventDefault(); void navigate({ to: '/cases/new' }); }
      if (event.key === '/' && !manages) {
        event.preventDefault();
        const box = document.getElementById('inbox-search');
        if (box) box.focus();
        else void navigate({ to: '/inbox' }).then(() => setTimeout(() => document.getElementById('inbox-search')?.focus(), 50));
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [canRequest, manages, navigate]);

  const links = nav.filter((item) => item.shown).map((item) => (
    <Link key={item.key} to={item.to} className={item.on ? 'railitem on' : 'railitem'} aria-current={item.on ? 'page' : undefined}>
      <Badge count={item.count} size="small" offset={[4, 0]} title={item.count ? t('ui.waiting_count', { n: item.count }) : undefined}><span className="ri" aria-hidden>{item.icon}</span></Badge>
      <span>{t(`ui.nav_${item.key}`)}</span>
    </Link>
  ));
  // A wall is looked at, not worked at: no rail, no bar, no dialog; the page says itself how the line and the session are.
  if (wall) return <main className="content" id="content" tabIndex={-1}>{children}</main>;
  return (
    <>
      <a className="skip" href="#content">{t('ui.skip')}</a>
      {!inRoom && (
        <nav className="rail" aria-label={t('ui.nav')}>
          <Link to={home(me)} className="logo" aria-label={t('ui.app')}><img src="/icon.svg" alt="" width={30} height={30} /></Link>
          {links}
        </nav>
      )}
      <div className="main">
        <header className={inRoom ? 'top inroom' : 'top'}>
          {inRoom && <Link to="/inbox" className="logo" aria-label={t('ui.to_inbox')}><img src="/icon.svg" alt="" width={26} height={26} /></Link>}
          <b className="brand">{t('ui.app')}</b>
          {me.demo && <span className="demo">{t('ui.demo')}</span>}
          {cases && !inRoom && path !== '/inbox' && (
            <button className="cmdk" onClick={() => void navigate({ to: '/inbox' }).then(() => setTimeout(() => document.getElementById('inbox-search')?.focus(), 50))}>
              <SearchOutlined aria-hidden /><span>{t('inbox.search')}</span><kbd aria-hidden>/</kbd>
            </button>
          )}
          <div id="top-search" className="topsearch" />
          <span className="grow" />
          {canRequest && !inRoom && path !== '/cases/new' && (
            <Tooltip title={t('ui.key', { key: 'N' })}>
              <Button type="primary" icon={<PlusOutlined />} className="newbtn" onClick={() => void navigate({ to: '/cases/new' })}>
                <span className="newtext">{t('inbox.new')}</span><kbd aria-hidden>N</kbd>
              </Button>
            </Tooltip>
          )}
          <Bell list={notices} />
          <LanguageButton />
          <Account minutes={minutes} setMinutes={(n) => { setLockMinutes(n); setMinutes(n); }} />
        </header>
        <LineBanner />
        <DiskBanner />
        <CallBanner />
        <GlassBanner />
        <main className="content" id="content" tabIndex={-1}>{children}</main>
        {!inRoom && <nav className="tabbar" aria-label={t('ui.nav')}>{links}</nav>}
      </div>
      <SessionDialog />
      <Locking minutes={minutes} />
    </>
  );
}
