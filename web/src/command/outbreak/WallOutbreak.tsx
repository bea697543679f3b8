// The outbreak on the wall: what nobody has taken note of, and the last three weeks. Asked anew every minute; nothing to touch.
import { lazy, Suspense } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../ui/names';
import type { Daily } from '../figures/daily';
import { askPlainly } from '../centre/live';
import type { Alert } from './api';
import { useText } from './marks';
import './views.css';

const WallSeries = lazy(() => import('../figures/WallSeries'));
const AGAIN_MS = 60_000;

export function WallOutbreak({ most, scale }: { most: number; scale: number }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const text = useText();
  // A wall's session may end: it goes on showing what it last knew, and the page says so.
  const alerts = useQuery({ queryKey: ['outbreak', 'wall'], queryFn: ({ signal }) => askPlainly<{ alerts: Alert[] }>('/api/outbreak/alerts?open=true', signal), refetchInterval: AGAIN_MS, retry: false });
  const daily = useQuery({ queryKey: ['figures', 'wall'], queryFn: ({ signal }) => askPlainly<Daily>('/api/figures/daily', signal), refetchInterval: AGAIN_MS, retry: false });
  const open = alerts.data?.alerts ?? [];
  return (
    <section className="panel walloutbreak">
      <h2>{t('outbreak.command')}{alerts.data && <span className="openalerts"><i aria-hidden>▲</i>{t('outbreak.open_alerts', { n: open.length })}</span>}</h2>
      <ul className="wallalerts">{open.slice(0, most).map((one) => <li key={one.id}><b>{t(`outbreak.rule.${one.rule}`, { defaultValue: one.rule })}</b><span>{text(one.disease.name)} · {name(one.place)}</span><small>{one.day.slice(5)}</small></li>)}</ul>
      {daily.data && <Suspense fallback={<div className="wallseries" />}><WallSeries daily={daily.data} scale={scale} /></Suspense>}
    </section>
  );
}
