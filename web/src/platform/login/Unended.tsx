// Somebody left, and the server could not end their session: says so where they stand, and goes on trying.
import { useEffect } from 'react';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { keepEnding, useUnended } from '../../api/session';
import { problemWords } from '../../ui/words';

export function Unended() {
  const { t, i18n } = useTranslation();
  const why = useUnended();
  const waits = why !== null;
  useEffect(() => (waits ? keepEnding() : undefined), [waits]);
  return <div role="status">{waits && <Alert type="warning" showIcon className="gap" title={t('login.unended')} description={`${problemWords(why, t, i18n.language)} ${t('login.unended_what')}`} />}</div>;
}
