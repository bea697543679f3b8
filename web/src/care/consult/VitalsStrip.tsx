// The newest vital signs in a row, each with its flag, and the table of all that were measured.
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { SummaryNumber, Vitals } from '../../api/types';
import { clockTime } from '../../ui/time';

const mark = { high: '↑', low: '↓', critical: '!' } as const;

export function NumberStrip({ numbers }: { numbers: SummaryNumber[] }) {
  const { t, i18n } = useTranslation();
  return (
    <ul className="vs">
      {numbers.map((one) => (
        <li key={one.name} className={`v ${one.flag ?? ''}`} title={t('consult.as_of', { time: clockTime(one.at, i18n.language) })}>
          <small>{t([`consult.vital_short.${one.name}`, `consult.vital.${one.name}`], { defaultValue: one.name })}</small>
          <b>{one.value}{one.flag && <><i aria-hidden>{mark[one.flag]}</i><span className="sr">{t(`consult.flag.${one.flag}`)}</span></>}</b>
          <small className="unit">{one.unit}</small>
        </li>
      ))}
    </ul>
  );
}

export function VitalsTable({ vitals }: { vitals: Vitals[] }) {
  const { t } = useTranslation();
  if (vitals.length === 0) return null;
  const rows = [...vitals].sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
  return (
    <div className="labwrap" tabIndex={0} role="region" aria-label={t('consult.field.vitals')}>
      <table className="labs vitals">
        <thead><tr><th scope="col">{t('record.time')}</th>{(['temperature', 'pulse', 'respiration', 'bp', 'spo2', 'consciousness'] as const).map((key) => <th key={key} scope="col" title={t(`consult.vital.${key}`)}>{t([`consult.vital_short.${key}`, `consult.vital.${key}`])}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.time}>
              <th scope="row">{dayjs(row.time).format('MM-DD HH:mm')}</th>
              <td>{row.temperature}</td>
              <td>{row.pulse}</td>
              <td>{row.respiration}</td>
              <td>{row.systolic || row.diastolic ? `${row.systolic ?? '–'}/${row.diastolic ?? '–'}` : ''}</td>
              <td>{row.spo2 && `${row.spo2}%`} {row.spo2 && row.oxygen !== undefined && <small>{t(row.oxygen ? 'consult.on_oxygen' : 'consult.on_air')}</small>}</td>
              <td>{row.consciousness}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
