// What happens next by itself: "14:05 the dispatcher is told". Said before it happens, so that somebody can be quicker.
import { useTranslation } from 'react-i18next';
import type { NextRung } from '../../api/types';
import { clockTime } from '../../ui/time';
import './ahead.css';

export function Ahead({ next, short }: { next: NextRung; short?: boolean }) {
  const { t, i18n } = useTranslation();
  const what = next.what === 'call' || next.what === 'dispatcher' ? `${next.what}_${next.who ?? 'expert'}` : next.what;
  const words = t(`ahead.what.${what}`);
  const time = clockTime(next.at, i18n.language);
  return (
    <span className={short ? 'ahead short' : 'ahead'} title={`${time} ${words}`}>
      <time dateTime={next.at}>{time}</time> {short ? t(`ahead.short.${next.what}`) : words}
    </span>
  );
}
