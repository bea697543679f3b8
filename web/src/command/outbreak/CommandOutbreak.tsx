// The outbreak for command: what the rules have raised, the daily series, and what the public is told.
import { useTranslation } from 'react-i18next';
import { Daily } from '../figures/Daily';
import { PublicNotices } from '../public/PublicNotices';
import { Alerts } from './Alerts';
import { Views } from './Views';
import { useOutbreakLive } from './useOutbreakLive';
import './outbreak.css';

export function CommandOutbreak() {
  const { t } = useTranslation();
  useOutbreakLive();
  return (
    <article className="outbreak commandoutbreak">
      <header className="outhead"><h1>{t('outbreak.command')}</h1><Views /></header>
      <Alerts />
      <Daily />
      <PublicNotices />
    </article>
  );
}
