// What a screen shows instead of its data when it cannot have it: why, and the way on.
import { Button, Result } from 'antd';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../api/problem';
import { problemWords } from './words';

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t, i18n } = useTranslation();
  // Asked again it is not found again: the way on is elsewhere.
  const gone = isProblem(error) && error.status === 404;
  const id = isProblem(error) ? error.requestId : undefined;
  return (
    <Result
      status="warning"
      title={problemWords(error, t, i18n.language)}
      subTitle={id ? t('ui.request_id', { id }) : undefined}
      extra={gone ? <Link to="/"><Button type="primary">{t('ui.to_start')}</Button></Link> : retry ? <Button onClick={retry}>{t('ui.retry')}</Button> : undefined}
    />
  );
}
