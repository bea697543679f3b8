// Figure 2: the daily series, as published and as known now, as a chart and as a table; each day's value opens to its cases.
import { lazy, Suspense, useEffect, useRef } from 'react';
import { Alert, Button, DatePicker, Skeleton } from 'antd';
import { CloseOutlined, DownloadOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api, url } from '../../api/client';
import { serverNow } from '../../api/clock';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { dayOf, shortDay } from '../../ui/time';
import { judgesOutbreak } from '../can';
import { useText } from '../outbreak/marks';
import { byDay, type Daily as Figures, type DayCases, type DayShown, LOOK, restated, SERIES, type Series } from './daily';

const DailyChart = lazy(() => import('./DailyChart'));
const SPANS = [14, 21, 42] as const;
/** What one question may span, in days: the server's bound. */
const SPAN_MAX_DAYS = 92;

function Sign({ of }: { of: Series }) {
  return <i className="sign" aria-hidden style={{ color: LOOK[of].color }}>{LOOK[of].sign}</i>;
}

function Opened({ series, day, close }: { series: Series; day: string; close: () => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const heading = useRef<HTMLHeadingElement>(null);
  const cases = useQuery({ queryKey: ['figures', 'daily', 'cases', series, day], queryFn: ({ signal }) => api.get<DayCases>('/api/figures/daily/cases', { series, day }, signal), gcTime: 0 });
  useEffect(() => { heading.current?.focus(); }, [series, day]);
  const title = t('outbreak.opened', { what: t(`outbreak.series.${series}`), day: dayOf(day, i18n.language) });
  return (
    <section className="panel opened2" aria-label={title} onKeyDown={(event) => event.key === 'Escape' && close()}>
      <header><h2 ref={heading} tabIndex={-1}><Sign of={series} />{title}</h2><Button type="text" icon={<CloseOutlined />} aria-label={t('ui.close')} onClick={close} /></header>
      {cases.isPending ? <Skeleton active /> : cases.isError ? <Failure error={cases.error} retry={() => void cases.refetch()} /> : (
        <>
          <p>{t('outbreak.opened_n', { n: cases.data.value })}{cases.data.published === undefined || cases.data.published === null ? ` · ${t('outbreak.day_runs')}` : ` · ${t('outbreak.published_n', { n: cases.data.published })}`}</p>
          {cases.data.cases.length === 0 ? <p className="lead">{t('outbreak.day_none')}</p> : (
            <ul className="plain orows daycases">
              {cases.data.cases.map((one) => (
                <li key={one.id}>
                  <span>{one.kind === 'report' ? <Link to="/outbreak/$id" params={{ id: one.id }} className="mono">{one.number}</Link> : one.number && <span className="mono">{one.number}</span>} {name(one.hospital)}</span>
                  {one.known !== one.published && cases.data.published !== undefined && cases.data.published !== null && <span className="change">{t(one.known ? 'outbreak.came_after' : 'outbreak.taken_back')}</span>}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}

function Table({ daily, open, opens }: { daily: Figures; open: (series: Series, day: string) => void; opens: boolean }) {
  const { t, i18n } = useTranslation();
  const search = useSearch({ from: '/inside/command/outbreak' });
  const cell = (series: Series, day: DayShown | undefined) => {
    if (!day) return null;
    const before = restated(day);
    const face = <><b>{day.value}</b>{before !== null && <small>{t('outbreak.was', { n: before })}</small>}</>;
    const which = <span className="sr">{t('outbreak.cell', { what: t(`outbreak.series.${series}`), day: dayOf(day.date, i18n.language) })} </span>;
    return opens ? <button aria-pressed={search.series === series && search.day === day.date} onClick={() => open(series, day.date)}>{which}{face}</button> : face;
  };
  return (
    <div className="owrap" tabIndex={0} role="region" aria-label={t('outbreak.table')}>
      <table className="dailytable">
        <thead><tr><th scope="col">{t('outbreak.day')}</th>{SERIES.map((series) => <th key={series} scope="col"><Sign of={series} />{t(`outbreak.series_short.${series}`)}</th>)}</tr></thead>
        <tbody>{byDay(daily).map((row) => <tr key={row.date}><th scope="row">{shortDay(row.date)}{row.of.confirmed?.published === undefined && <small>{t('outbreak.runs')}</small>}</th>{SERIES.map((series) => <td key={series}>{cell(series, row.of[series])}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

export function Daily() {
  const { t } = useTranslation();
  const text = useText();
  const me = useMe();
  const search = useSearch({ from: '/inside/command/outbreak' });
  const navigate = useNavigate({ from: '/command/outbreak' });
  const span = { from: search.from, to: search.to };
  const daily = useQuery({ queryKey: ['figures', 'daily', span], queryFn: ({ signal }) => api.get<Figures>('/api/figures/daily', span, signal), placeholderData: keepPreviousData });
  const set = (part: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  const opens = judgesOutbreak(me);
  const as = search.as === 'published' ? 'published' : 'known';
  const open = (series: Series, day: string) => set(search.series === series && search.day === day ? { series: undefined, day: undefined } : { series, day });
  const last = daily.data?.to ?? dayjs(serverNow()).format('YYYY-MM-DD');
  const first = daily.data?.from ?? last;
  const length = dayjs(last).diff(dayjs(first), 'day') + 1;
  const series = SERIES.find((one) => one === search.series);
  return (
    <section className="daily" aria-label={t('outbreak.figure')}>
      <header className="outhead">
        <h2>{t('outbreak.figure')}</h2>
        <span className="grow" />
        <div className="dayspan" role="group" aria-label={t('outbreak.days')}>
          {SPANS.map((days) => <button key={days} className={!search.to && length === days ? 'chip on' : 'chip'} aria-pressed={!search.to && length === days} onClick={() => set({ from: days === 21 ? undefined : dayjs(serverNow()).subtract(days - 1, 'day').format('YYYY-MM-DD'), to: undefined })}>{t('outbreak.last_days', { n: days })}</button>)}
          <span className="between"><DatePicker aria-label={t('outbreak.from')} allowClear={false} value={dayjs(first)} minDate={dayjs(last).subtract(SPAN_MAX_DAYS - 1, 'day')} maxDate={dayjs(last)} onChange={(day) => day && set({ from: day.format('YYYY-MM-DD') })} />
          <span aria-hidden>–</span>
          <DatePicker aria-label={t('outbreak.to')} allowClear={false} value={dayjs(last)} minDate={dayjs(first)} maxDate={dayjs(first).add(SPAN_MAX_DAYS - 1, 'day')} onChange={(day) => day && set({ from: first, to: day.format('YYYY-MM-DD') })} /></span>
        </div>
        <a className="ant-btn-like" href={url('/api/figures/daily/report', span)} download={`outbreak-daily-${first}-${last}.json`}><DownloadOutlined aria-hidden /> {t('outbreak.measure_report')}</a>
      </header>
      {daily.isError && !daily.data ? <Failure error={daily.error} retry={() => void daily.refetch()} /> : !daily.data ? <Skeleton active className="panel" /> : (
        <>
          <div className="dailycols">
            <section className="panel charted">
              <div className="chartkey">
                <ul>{SERIES.map((one) => <li key={one}><Sign of={one} />{t(`outbreak.series.${one}`)}</li>)}</ul>
                <div role="group" aria-label={t('outbreak.as')} className="asgroup">{(['known', 'published'] as const).map((one) => <button key={one} className={as === one ? 'chip on' : 'chip'} aria-pressed={as === one} onClick={() => set({ as: one === 'known' ? undefined : one })}>{t(`outbreak.as_${one}`)}</button>)}</div>
              </div>
              <Suspense fallback={<div className="dailycanvas" />}><DailyChart daily={daily.data} as={as} onPick={opens ? open : undefined} /></Suspense>
              <p className="lead">{t('outbreak.cut_off', { hour: daily.data.cut_off })} · {t('figures.patients', { n: daily.data.distinct_patients })}</p>
              {!opens && <Alert type="info" showIcon title={t('command.figures_only')} />}
            </section>
            <section className="panel tabled"><Table daily={daily.data} open={open} opens={opens} /></section>
          </div>
          {opens && series && search.day && <Opened series={series} day={search.day} close={() => set({ series: undefined, day: undefined })} />}
          <section className="panel rules" aria-label={t('outbreak.rules')}>
            <h2>{t('outbreak.rules')}</h2>
            <dl>{daily.data.series.map((line) => <div key={line.code}><dt><Sign of={line.code} />{t(`outbreak.series.${line.code}`)}<small>{t('figures.version', { code: line.rule.code, version: line.rule.version })}</small></dt><dd>{text(line.rule.text)}<small className="mono">{line.query}</small></dd></div>)}</dl>
          </section>
        </>
      )}
    </section>
  );
}
