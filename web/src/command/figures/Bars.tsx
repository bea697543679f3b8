// A daily series as bars; each bar says its day and value, the whole is a list for those who hear it.
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { dayOf } from '../../ui/time';

export function Bars({ series, label }: { series: { date: string; value: number }[]; label: string }) {
  const { t, i18n } = useTranslation();
  const most = Math.max(1, ...series.map((one) => one.value));
  const every = Math.ceil(series.length / 10);
  if (series.length === 0) return <p className="lead">{t('figures.none')}</p>;
  return (
    <ol className="bars" aria-label={label}>
      {series.map((one, index) => (
        <li key={one.date} title={t('figures.bar', { day: dayOf(one.date, i18n.language), n: one.value })}>
          <span className="sr">{t('figures.bar', { day: dayOf(one.date, i18n.language), n: one.value })}</span>
          <b aria-hidden>{one.value > 0 && series.length <= 45 ? one.value : ''}</b>
          <i aria-hidden style={{ height: `${Math.round((one.value / most) * 100)}%` }} />
          <small aria-hidden>{index % every === 0 ? dayjs(one.date).format('MM-DD') : ''}</small>
        </li>
      ))}
    </ol>
  );
}
