// The map as a list: every hospital with its state in words, filtered by state. On a phone it stands before the map.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { Mark } from './Mark';
import { all, byState, HOSPITAL_STATES, type HospitalNow } from './shape';

export function HospitalList({ hospitals, chosen, onPick }: { hospitals: HospitalNow[]; chosen?: string; onPick: (id: string) => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const [only, setOnly] = useState<string>();
  const counts = byState(hospitals);
  const order = (one: HospitalNow) => HOSPITAL_STATES.findIndex((state) => state === one.state);
  const shown = hospitals.filter((one) => !only || one.state === only).sort((a, b) => order(a) - order(b));
  return (
    <div className="hospitals">
      <div className="filter" role="group" aria-label={t('command.by_state')}>
        {HOSPITAL_STATES.map((state) => <button key={state} aria-pressed={only === state} disabled={counts[state] === 0} onClick={() => setOnly(only === state ? undefined : state)}><Mark state={state} />{t(`command.state.${state}`)} <b>{counts[state]}</b></button>)}
      </div>
      <ul>
        {shown.map((one) => (
          <li key={one.id}>
            <button className={one.id === chosen ? 'on' : ''} onClick={() => onPick(one.id)}>
              <Mark state={one.state} /><span className="who">{name(one)}</span>
              <small>{t(`command.state.${one.state}`)}{one.heard && !one.connected ? ` · ${t('command.heard', { time: clockTime(one.heard, i18n.language) })}` : ''}</small>
              {all(one.waiting) > 0 && <span className="n">{t('command.waits', { n: all(one.waiting) })}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
