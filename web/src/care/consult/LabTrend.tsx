// Laboratory values by date: newest on the right, flags as arrow and colour, a small line per test.
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { Lab } from '../../api/types';
import { pivot } from './labs';
import { Sparkline } from './Sparkline';

export function LabTrend({ labs, most }: { labs: Lab[]; most?: number }) {
  const { t } = useTranslation();
  if (labs.length === 0) return <p className="lead none">{t('consult.no_labs')}</p>;
  const table = pivot(labs, (time) => dayjs(time).format('YYYY-MM-DD'), most);
  return (
    <div className="labwrap" tabIndex={0} role="region" aria-label={t('consult.labs')}>
      <table className="labs">
        <thead>
          <tr><th scope="col">{t('consult.lab_name')}</th>{table.days.map((day) => <th key={day} scope="col" title={day}>{day.slice(5)}</th>)}<th scope="col" className="sparkcol">{t('consult.lab_trend')}</th><th scope="col" className="rangecol">{t('consult.lab_range')}</th></tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.name + row.unit}>
              <th scope="row">{row.name} <small>{row.unit}</small></th>
              {row.cells.map((cell, index) => (
                <td key={table.days[index]} className={cell?.flag ? `ab ${cell.flag}` : undefined} title={cell ? dayjs(cell.time).format('MM-DD HH:mm') : undefined}>
                  {cell?.value}{cell?.flag && <><span aria-hidden>{cell.flag === 'high' ? '↑' : '↓'}</span><span className="sr">{t(`consult.flag.${cell.flag}`)}</span></>}
                </td>
              ))}
              <td className="sparkcol"><Sparkline points={row.points} flag={row.last?.flag} /></td>
              <td className="rangecol"><small>{row.range}</small></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
