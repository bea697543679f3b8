// The administration: hospitals, people, import and export, settings, programs, joining.
import { useEffect, useRef } from 'react';
import { Outlet, Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import { NoAdmin } from './NoAdmin';
import { mayManage } from '../can';
import '../platform.css';

const PAGES = [['hospitals', '/admin'], ['people', '/admin/people'], ['import', '/admin/import'], ['settings', '/admin/settings'], ['programs', '/admin/programs'], ['join', '/admin/join']] as const;

export function AdminLayout() {
  const { t } = useTranslation();
  const me = useMe();
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // On a phone the row of pages is longer than the screen. Chromium answers with a promise, which is no way to clean up.
  useEffect(() => { void nav.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }, [pathname]);
  if (!mayManage(me)) return <NoAdmin />;
  return (
    <article className="platform">
      <header>
        <h1>{t('admin.title')}</h1>
        <nav ref={nav} className="subnav" aria-label={t('admin.title')}>
          {PAGES.map(([key, to]) => <Link key={key} to={to} activeOptions={{ exact: key !== 'join', includeSearch: false }} activeProps={{ className: 'on', 'aria-current': 'page' }}>{t(`admin.page.${key}`)}</Link>)}
        </nav>
      </header>
      <Outlet />
    </article>
  );
}
