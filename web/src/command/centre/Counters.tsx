// The numbers. Each opens to its rule and, for those who may, to its cases.
import { useTranslation } from 'react-i18next';
import { URGENCIES, type NumberNow, type Overview } from './shape';
import { byState } from './shape';

const shape = { emergency: '▲▲', urgent: '▲', routine: '●' } as const;

export interface Opening { figure: string; urgency?: string }

function Under({ one, overview }: { one: NumberNow; overview: Overview }) {
  const { t } = useTranslation();
  if (one.code === 'connected') {
    const states = byState(overview.hospitals);
    return <small>{t('command.connected_of', { joined: one.of ?? 0, missing: states['not-joined'] })}</small>;
  }
  if (one.code === 'consulted') return <small>{t('command.people', { n: one.distinct_patients ?? 0 })}</small>;
  if (one.code === 'overdue') return <small>{one.value ? t('command.overdue_some') : t('command.overdue_none')}</small>;
  return <small>{t(`command.under_${one.code}`, { defaultValue: '' })}</small>;
}

export function Counters({ overview, open, onOpen }: { overview: Overview; open?: Opening; onOpen?: (what: Opening) => void }) {
  const { t } = useTranslation();
  return (
    <section className="counters" aria-label={t('command.numbers')}>
      {overview.figures.map((one) => {
        const label = t(`command.figure.${one.code}`, { defaultValue: one.code });
        const on = open?.figure === one.code;
        const alarming = (one.code === 'overdue' && one.value > 0) || (one.code === 'waiting' && (one.by?.emergency ?? 0) > 0);
        const face = <><span className="name">{label}</span><b className="value">{one.value}{one.of !== undefined && <i>/{one.of}</i>}</b></>;
        return (
          <div key={one.code} className={`counter ${one.code}${on ? ' on' : ''}${alarming ? ' alarming' : ''}`}>
            {onOpen ? <button className="front" aria-expanded={on} title={t('command.open', { what: label })} onClick={() => onOpen({ figure: one.code })}>{face}</button> : <div className="front">{face}</div>}
            {one.code === 'waiting' && one.by ? (
              <span className="urgencies">
                {URGENCIES.map((urgency) => {
                  const words = <><i aria-hidden>{shape[urgency]}</i>{t(`consult.urgency.${urgency}`)} <b>{one.by?.[urgency] ?? 0}</b></>;
                  return onOpen ? <button key={urgency} className={`u ${urgency}`} aria-pressed={on && open?.urgency === urgency} onClick={() => onOpen({ figure: one.code, urgency })}>{words}</button> : <span key={urgency} className={`u ${urgency}`}>{words}</span>;
                })}
              </span>
            ) : <Under one={one} overview={overview} />}
          </div>
        );
      })}
    </section>
  );
}
