// How long something stays open, by the server's clock.
import { useTranslation } from 'react-i18next';
import { useNow } from '../../ui/useNow';
import { spellWords } from '../consult/parts';

export function Countdown({ until }: { until: string }) {
  const { t } = useTranslation();
  const left = Date.parse(until) - useNow();
  return <span className={left > 0 ? 'countdown' : 'countdown over'} role="timer">{left > 0 ? t('access.ends_in', { span: spellWords(left, t) }) : t('access.ended')}</span>;
}
