// The administration: hospitals, people, import and export, settings.
import { Outlet, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session';
import { NoAdmin } from './NoAdmin';
import { mayManage } from '../can';
import '../platform.css';

const PAGES = [['hospitals', '/admin'], ['people', '/admin/people'], ['import', '/admin/import'], ['settings', '/admin/settings']] as const;

export function AdminLayout() {
  const { t } = useTranslation();
  const me = useMe();
  if (!mayManage(me)) return <NoAdmin />;
  return (
    <article className="platform">
      <header>
        <h1>{t('admin.title')}</h1>
        <nav className="subnav" aria-label={t('admin.title')}>
          {PAGES.map(([key, to]) => <Link key={key} to={to} activeOptions={{ exact: true, includeSearch: false }} activeProps={{ className: 'on', 'aria-current': 'page' }}>{t(`admin.page.${key}`)}</Link>)}
        </nav>
      </header>
      <Outlet />
    </article>
  );
}
