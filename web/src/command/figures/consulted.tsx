// The number of cases consulted: it shows its rule and the rule's version, and opens to its cases.
import { Alert, Button, DatePicker, Skeleton } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { serverNow } from '../../api/clock';
import { useMe } from '../../api/session';
import type { Consulted, ConsultedCase } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { opensCases, opensFigures } from '../can';
import { Bars } from './Bars';
import './figures.css';

const SPANS = [7, 30, 90] as const;

export function FiguresPage() {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const me = useMe();
  const navigate = useNavigate({ from: '/figures' });
  const search = useSearch({ from: '/inside/figures' });
  const today = dayjs(serverNow());
  const span = { from: search.from ?? today.subtract(29, 'day').format('YYYY-MM-DD'), to: search.to ?? today.format('YYYY-MM-DD') };
  const figure = useQuery({ queryKey: ['figures', 'consulted', span], queryFn: () => api.get<Consulted>('/api/figures/consulted', span), placeholderData: (before) => before });
  const opens = opensFigures(me);
  const open = opens && search.open === 'cases';
  const cases = useQuery({ queryKey: ['figures', 'consulted', 'cases', span], queryFn: () => api.get<{ cases: ConsultedCase[] }>('/api/figures/consulted/cases', span).then((answer) => answer.cases), enabled: open });
  const chosen = (days: number) => span.from === today.subtract(days - 1, 'day').format('YYYY-MM-DD') && span.to === today.format('YYYY-MM-DD');
  const linked = opensCases(me);
  return (
    <article className="figures">
      <header>
        <h1>{t('figures.title')}</h1>
        <div className="spans" role="group" aria-label={t('figures.span')}>
          {SPANS.map((days) => <button key={days} className={chosen(days) ? 'chip on' : 'chip'} aria-pressed={chosen(days)} onClick={() => void navigate({ search: (now) => ({ ...now, from: today.subtract(days - 1, 'day').format('YYYY-MM-DD'), to: today.format('YYYY-MM-DD') }) })}>{t('figures.days', { n: days })}</button>)}
          <label>{t('figures.from')} <DatePicker aria-label={t('figures.from')} allowClear={false} value={dayjs(span.from)} maxDate={dayjs(span.to)} onChange={(day) => day && void navigate({ search: (now) => ({ ...now, from: day.format('YYYY-MM-DD') }) })} /></label>
          <label>{t('figures.to')} <DatePicker aria-label={t('figures.to')} allowClear={false} value={dayjs(span.to)} minDate={dayjs(span.from)} onChange={(day) => day && void navigate({ search: (now) => ({ ...now, to: day.format('YYYY-MM-DD') }) })} /></label>
        </div>
      </header>
      {figure.isError && !figure.data ? <Failure error={figure.error} retry={() => void figure.refetch()} /> : !figure.data ? <Skeleton active className="panel" /> : (
        <>
          <div className="figuretop">
            <section className="panel bignumber">
              <h2>{t('figures.consulted')}</h2>
              <p className="value"><b>{figure.data.value}</b> <span>{t('figures.unit')}</span></p>
              <p className="lead">{t('figures.patients', { n: figure.data.distinct_patients })}</p>
              {opens ? <Button type="primary" aria-expanded={open} onClick={() => void navigate({ search: (now) => ({ ...now, open: open ? undefined : 'cases' }), resetScroll: false })}>{t(open ? 'figures.hide' : 'figures.open')}</Button> : <p className="lead">{t('command.figures_only')}</p>}
            </section>
            <section className="panel rule">
              <h2>{t('figures.rule')} <small>{t('figures.version', { code: figure.data.rule.code, version: figure.data.rule.version })}</small></h2>
              <p>{i18n.language === 'en' ? figure.data.rule.text.en : figure.data.rule.text.zh}</p>
            </section>
          </div>
          <section className="panel"><h2>{t('figures.daily')}</h2><Bars series={figure.data.series} label={t('figures.daily')} /></section>
          {open && (
            <section className="panel">
              <h2>{t('figures.cases')}</h2>
              {cases.isPending ? <Skeleton active /> : cases.isError ? <Failure error={cases.error} retry={() => void cases.refetch()} /> : cases.data.length === 0 ? <p className="lead">{t('figures.none')}</p> : (
                <>
                  {cases.data.length !== figure.data.value && <Alert type="info" showIcon title={t('figures.differs', { listed: cases.data.length, counted: figure.data.value })} className="gap" />}
                  <div className="tablewrap" tabIndex={0} role="region" aria-label={t('figures.cases')}>
                    <table>
                      <thead><tr><th scope="col">{t('figures.number')}</th><th scope="col">{t('figures.at')}</th><th scope="col">{t('figures.asking')}</th><th scope="col">{t('figures.advising')}</th></tr></thead>
                      <tbody>{cases.data.map((one) => <tr key={one.id}><th scope="row" className="mono">{linked ? <Link to="/cases/$id" params={{ id: one.id }}>{one.number}</Link> : one.number}</th><td>{clockTime(one.at, i18n.language)}</td><td>{name(one.asking)}</td><td>{one.advising.map(name).join(t('ui.list_sep'))}</td></tr>)}</tbody>
                    </table>
                  </div>
                </>
              )}
            </section>
          )}
        </>
      )}
    </article>
  );
}
