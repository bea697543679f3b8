// Where the site's clock is not the reader's: which of the two a page shows.
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../api/clock';
import { clockThere, isElsewhere, offsetWords } from './zone';

export function OtherZone({ site }: { site?: string }) {
  const { t, i18n } = useTranslation();
  const now = serverNow();
  if (!isElsewhere(site, now)) return null;
  return <Alert className="otherzone" type="info" showIcon title={t('ui.other_zone', { here: offsetWords(undefined, now), there: offsetWords(site, now), time: clockThere(site, now, i18n.language) })} />;
}

/** 当地 03:10 beside the name of somebody who lives by another clock. */
export function ThereClock({ zone, at }: { zone?: string; at: number }) {
  const { t, i18n } = useTranslation();
  if (!isElsewhere(zone, at)) return null;
  return <span className="thereclock" title={`${zone} ${offsetWords(zone, at)}`}>{t('ui.there', { time: clockThere(zone, at, i18n.language) })}</span>;
}
