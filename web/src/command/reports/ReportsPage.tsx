// Reports of the service: a window, what the rows are, the numbers with bars; each opens to its cases, and says its rule.
import { useState } from 'react';
import { Button, DatePicker, Pagination, Skeleton } from 'antd';
import { DownloadOutlined, PrinterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api, url } from '../../api/client';
import { serverNow } from '../../api/clock';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { seesClinical } from '../can';
import { KeptShare } from './KeptShare';
import { Opened } from './Opened';
import { BY, byOf, CLINICAL, each, GROUPS, percent, windows, type Line, type Numbers, type Report } from './shape';
import './reports.css';

const PAGE = 50;

export function ReportsPage() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const clinical = seesClinical(me);
  const navigate = useNavigate({ from: '/reports' });
  const search = useSearch({ from: '/inside/reports' });
  const [page, setPage] = useState(1);
  const today = dayjs(serverNow()).format('YYYY-MM-DD');
  const ready = windows(today);
  const span = { from: search.from ?? ready[0]!.from, to: search.to ?? today };
  const by = byOf(search.by, clinical);
  const group = GROUPS.find((one) => one.key === search.show) ?? GROUPS[0]!;
  const asked = { ...span, by, offset: (page - 1) * PAGE, limit: PAGE };
  const report = useQuery({ queryKey: ['service', 'report', asked], queryFn: () => api.get<Report>('/api/service/report', asked), placeholderData: (before) => before });
  const go = (next: Partial<typeof search>) => { setPage(1); void navigate({ search: (now) => ({ ...now, cell: undefined, key: undefined, ...next }), resetScroll: false }); };
  const open = (cell: string, key?: string) => void navigate({ search: (now) => ({ ...now, cell, key }), resetScroll: false });
  const named = (line: Line) => (i18n.language.startsWith('en') ? line.name_en : line.name) ?? (line.key === 'none' ? t(CLINICAL.includes(by) ? 'reports.not_coded' : 'reports.not_known') : line.key);
  const cells = report.data ? group.cells.filter((cell) => cell in report.data.total.cells) : [];
  const ofCell = (cell: string) => report.data?.cells.find((one) => one.cell === cell);
  const most = Math.max(1, ...(report.data?.rows ?? []).map((line) => line.numbers.cells.all ?? 0));
  const file = (format: string) => { location.href = url('/api/service/report.csv', { ...span, by, format, lang: i18n.language }); };
  const number = (line: Numbers, cell: string, key: string | undefined, whose: string) => {
    const value = line.cells[cell] ?? 0;
    const of = ofCell(cell)?.of;
    const whole = of ? line.cells[of] ?? 0 : 0;
    const share = of && (of !== 'all' || group.key !== 'volume') ? percent(value, whole) : undefined;
    const text = t('reports.open', { cell: t(`reports.cell.${cell}`), whose, n: value });
    return (
      <td key={cell} className="num">
        {value > 0 ? <button className="svcopens" aria-label={text} title={text} onClick={() => open(cell, key)}>{value}</button> : <span>{value}</span>}
        {of && share !== undefined && <small>{share} % / <button className="svcopens" aria-label={t('reports.open', { cell: t(`reports.cell.${of}`), whose, n: whole })} onClick={() => open(of, key)}>{whole}</button></small>}
      </td>
    );
  };
  const talk = (line: Numbers) => [
    <td key="each" className="num">{each(line.exchanges, line.cells.all ?? 0) ?? '–'}</td>,
    <td key="median" className="num">{line.replies ? t('reports.minutes', { n: line.replies.median_minutes }) : '–'}</td>,
    <td key="p90" className="num">{line.replies ? t('reports.minutes', { n: line.replies.p90_minutes }) : '–'}</td>,
  ];
  const rules = report.data ? [...new Map([...cells.map((cell) => ofCell(cell)!.rule), ...report.data.rules.filter((rule) => (rule.code === 'service-condition' ? CLINICAL.includes(by) : group.key === 'communication'))].map((rule) => [rule.code, rule])).values()] : [];
  return (
    <article className="reports">
      <header>
        <h1>{t('reports.title')}</h1>
        <div className="svcspans" role="group" aria-label={t('reports.window')}>
          {ready.map((one) => { const on = one.from === span.from && one.to === span.to; return <button key={one.key} className={on ? 'chip on' : 'chip'} aria-pressed={on} onClick={() => go({ from: one.from, to: one.to })}>{t(`reports.${one.key}`)}</button>; })}
          <label>{t('figures.from')} <DatePicker aria-label={t('figures.from')} allowClear={false} value={dayjs(span.from)} maxDate={dayjs(span.to)} onChange={(day) => day && go({ from: day.format('YYYY-MM-DD') })} /></label>
          <label>{t('figures.to')} <DatePicker aria-label={t('figures.to')} allowClear={false} value={dayjs(span.to)} minDate={dayjs(span.from)} onChange={(day) => day && go({ to: day.format('YYYY-MM-DD') })} /></label>
        </div>
      </header>
      <div className="svcchoices">
        <div className="svcspans" role="group" aria-label={t('reports.by')}>{BY.filter((one) => clinical || !CLINICAL.includes(one)).map((one) => <button key={one} className={one === by ? 'chip on' : 'chip'} aria-pressed={one === by} onClick={() => go({ by: one })}>{t(`reports.by_${one}`)}</button>)}</div>
        <div className="svcspans" role="group" aria-label={t('reports.show')}>{GROUPS.map((one) => <button key={one.key} className={one === group ? 'chip on' : 'chip'} aria-pressed={one === group} onClick={() => go({ show: one.key })}>{t(`reports.group_${one.key}`)}</button>)}</div>
        <div className="svcspans noprint">
          <Button icon={<DownloadOutlined />} onClick={() => file('xlsx')}>XLSX</Button>
          <Button icon={<DownloadOutlined />} onClick={() => file('pdf')}>PDF</Button>
          <Button icon={<DownloadOutlined />} onClick={() => file('csv')}>CSV</Button>
          <Button icon={<PrinterOutlined />} onClick={() => window.print()}>{t('reports.print')}</Button>
        </div>
      </div>
      {report.isError && !report.data ? <Failure error={report.error} retry={() => void report.refetch()} /> : !report.data ? <Skeleton active className="panel" /> : report.data.total.cells.all === 0 ? <section className="panel"><p className="lead">{t('reports.none')}</p></section> : (
        <section className="panel">
          <div className="svctable" tabIndex={0} role="region" aria-label={t('reports.title')}>
            <table>
              <thead><tr><th scope="col">{t(`reports.by_${by}`)}</th>{cells.map((cell) => <th scope="col" className="num" key={cell}>{t(`reports.cell.${cell}`)}</th>)}{group.key === 'communication' && ['each', 'median', 'p90'].map((key) => <th scope="col" className="num" key={key}>{t(`reports.${key}`)}</th>)}</tr></thead>
              <tbody>
                {report.data.rows.map((line) => (
                  <tr key={line.key}>
                    <th scope="row"><span>{named(line)}</span><i aria-hidden style={{ width: `${Math.round(((line.numbers.cells.all ?? 0) / most) * 100)}%` }} /></th>
                    {cells.map((cell) => number(line.numbers, cell, line.key, named(line)))}
                    {group.key === 'communication' && talk(line.numbers)}
                  </tr>
                ))}
                <tr className="total"><th scope="row">{t('reports.total')}</th>{cells.map((cell) => number(report.data.total, cell, undefined, t('reports.total')))}{group.key === 'communication' && talk(report.data.total)}</tr>
              </tbody>
            </table>
          </div>
          {report.data.count > PAGE && <Pagination className="gap noprint" size="small" current={page} pageSize={PAGE} total={report.data.count} showSizeChanger={false} onChange={setPage} />}
          <p className="lead">{t('reports.few')}</p>
          <details className="rules"><summary>{t('figures.rule')}</summary>{rules.map((rule) => <p key={rule.code}>{i18n.language.startsWith('en') ? rule.text.en : rule.text.zh} <small>{t('figures.version', { code: rule.code, version: rule.version })}</small></p>)}</details>
        </section>
      )}
      {search.cell && report.data && <Opened span={span} by={by} cell={search.cell} row={search.key} whose={search.key ? named(report.data.rows.find((line) => line.key === search.key) ?? { key: search.key, numbers: report.data.total }) : t('reports.total')} close={() => void navigate({ search: (now) => ({ ...now, cell: undefined, key: undefined }), resetScroll: false })} />}
      <KeptShare span={span} />
    </article>
  );
}
