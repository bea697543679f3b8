// An address that leads nowhere, or to something this person may not see: the server does not say which, neither do we.
import { Button, Result } from 'antd';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function NotFound() {
  const { t } = useTranslation();
  return <main className="lost"><Result status="warning" title={<h1>{t('ui.not_found')}</h1>} subTitle={t('ui.not_found_why')} extra={<Link to="/"><Button type="primary">{t('ui.to_start')}</Button></Link>} /></main>;
}
