// From the province as it is now to the outbreak and back; how many alerts nobody has taken note of stands beside.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { alertsQuery } from './api';
import './views.css';

export function Views() {
  const { t } = useTranslation();
  const open = useQuery(alertsQuery).data?.filter((one) => !one.noted_at).length ?? 0;
  return (
    <nav className="commandviews" aria-label={t('outbreak.views')}>
      <Link to="/command" activeOptions={{ exact: true, includeSearch: false }}>{t('outbreak.view_live')}</Link>
      <Link to="/command/outbreak" activeOptions={{ exact: true, includeSearch: false }}>{t('outbreak.view_outbreak')}{open > 0 && <span className="openalerts"><i aria-hidden>▲</i>{t('outbreak.open_alerts', { n: open })}</span>}</Link>
    </nav>
  );
}
