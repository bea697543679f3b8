// Cases handed in today by city, as bars that are a list.
import { useTranslation } from 'react-i18next';
import { useNames } from '../../ui/names';
import { byCity, type HospitalNow } from './shape';

export function Cities({ hospitals, most }: { hospitals: HospitalNow[]; most: number }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const cities = byCity(hospitals);
  if (cities.length === 0) return <p className="none">{t('command.none_today')}</p>;
  const top = cities[0]?.count ?? 1;
  return (
    <ol className="cities">
      {cities.slice(0, most).map(({ city, count }) => (
        <li key={city.id}><span className="who" title={name(city)}>{name(city)}</span><i aria-hidden><em style={{ width: `${Math.round((count / top) * 100)}%` }} /></i><b>{count}</b></li>
      ))}
      {cities.length > most && <li className="rest">{t('command.more_cities', { n: cities.slice(most).reduce((sum, one) => sum + one.count, 0) })}</li>}
    </ol>
  );
}
