// Vital signs with the time they were taken; one row per measurement, the newest first in mind, last in the table.
import { Button, Input } from 'antd';
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../../../api/clock';
import type { Vitals } from '../../../api/types';
import { WhenInput } from './WhenInput';

const NUMBERS = ['temperature', 'pulse', 'respiration', 'systolic', 'diastolic', 'spo2'] as const;
const UNITS = { temperature: '℃', pulse: '/min', respiration: '/min', systolic: 'mmHg', diastolic: 'mmHg', spo2: '%' } as const;
/** Outside of these a number is more likely a slip than a patient: said, never refused. */
const PLAUSIBLE = { temperature: [25, 45], pulse: [20, 300], respiration: [4, 80], systolic: [40, 300], diastolic: [20, 200], spo2: [30, 100] } as const;

const odd = (key: (typeof NUMBERS)[number], text: string | undefined): 'number' | 'range' | null => {
  if (!text?.trim()) return null;
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text.trim())) return 'number';
  const [low, high] = PLAUSIBLE[key];
  return Number(text) < low || Number(text) > high ? 'range' : null;
};

export function VitalsRows({ rows, set }: { rows: Vitals[]; set: (rows: Vitals[]) => void }) {
  const { t } = useTranslation();
  const change = (index: number, part: Partial<Vitals>) => set(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const add = () => set([...rows, { time: dayjs(serverNow()).second(0).millisecond(0).toISOString(), oxygen: rows.at(-1)?.oxygen }]);
  return (
    <div className="measures">
      {rows.length > 0 && (
        <div className="rowscroll">
          <table className="edit">
            <thead><tr><th scope="col">{t('record.time')}</th>{NUMBERS.map((key) => <th key={key} scope="col">{t(`consult.vital.${key}`)} <small>{UNITS[key]}</small></th>)}<th scope="col">{t('consult.vital.oxygen')}</th><th scope="col">{t('consult.vital.consciousness')}</th><th><span className="sr">{t('ui.remove')}</span></th></tr></thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index}>
                  <td><WhenInput value={row.time} label={t('record.time')} set={(time) => time && change(index, { time })} /></td>
                  {NUMBERS.map((key) => {
                    const fault = odd(key, row[key]);
                    return <td key={key}><Input value={row[key] ?? ''} inputMode="decimal" maxLength={18} aria-label={t(`consult.vital.${key}`)} title={fault ? t(`request.odd_${fault}`) : undefined} status={fault === 'number' ? 'error' : fault ? 'warning' : undefined} onChange={(event) => change(index, { [key]: event.target.value.normalize('NFKC').trim() })} /></td>;
                  })}
                  <td>
                    <select value={row.oxygen === undefined ? '' : row.oxygen ? 'yes' : 'no'} aria-label={t('consult.vital.oxygen')} onChange={(event) => change(index, { oxygen: event.target.value === '' ? undefined : event.target.value === 'yes' })}>
                      <option value="">—</option><option value="yes">{t('consult.on_oxygen')}</option><option value="no">{t('consult.on_air')}</option>
                    </select>
                  </td>
                  <td>
                    <select value={row.consciousness ?? ''} aria-label={t('consult.vital.consciousness')} onChange={(event) => change(index, { consciousness: (event.target.value || undefined) as Vitals['consciousness'] })}>
                      <option value="">—</option>{(['A', 'C', 'V', 'P', 'U'] as const).map((code) => <option key={code} value={code}>{t(`consult.consciousness.${code}`)}</option>)}
                    </select>
                  </td>
                  <td><Button type="text" icon={<DeleteOutlined />} aria-label={t('ui.remove')} onClick={() => set(rows.filter((_, at) => at !== index))} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Button icon={<PlusOutlined />} onClick={add} id="field-vitals">{t('request.vitals_add')}</Button>
    </div>
  );
}
