// What somebody sees who is no administrator.
import { Result } from 'antd';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function NoAdmin() {
  const { t } = useTranslation();
  return <Result status="info" title={<h1 className="sr-size">{t('ui.not_found')}</h1>} subTitle={t('admin.not_yours')} extra={<Link to="/inbox">{t('ui.to_inbox')}</Link>} />;
}
