// The share of care kept in the county: the number, its rule, each county, and the visits behind it.
import { useState } from 'react';
import { Button, Skeleton } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import type { Kept, Share, Visit } from './shape';

export function KeptShare({ span }: { span: { from: string; to: string } }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const [which, setWhich] = useState<{ county?: string; within?: boolean; whose: string }>();
  const kept = useQuery({ queryKey: ['service', 'kept', span], queryFn: () => api.get<Kept>('/api/service/kept', { ...span, limit: 200 }) });
  const asked = { ...span, county: which?.county, within: which?.within, limit: 200 };
  const visits = useQuery({ queryKey: ['service', 'visits', asked], queryFn: () => api.get<{ count: number; visits: Visit[] }>('/api/service/visits', asked), enabled: which !== undefined });
  const percent = (share: Share) => (share.percent_tenths === undefined ? '–' : `${(share.percent_tenths / 10).toFixed(1)} %`);
  const opens = (n: number, county: string | undefined, within: boolean | undefined, whose: string, label: string) => (n > 0 ? <button className="svcopens" aria-label={t('reports.open', { cell: label, whose, n })} onClick={() => setWhich({ county, within, whose })}>{n}</button> : <span>{n}</span>);
  const line = (share: Share, county: string | undefined, whose: string) => [
    <td key="visits" className="num">{opens(share.visits, county, undefined, whose, t('reports.visits'))}</td>,
    <td key="kept" className="num">{opens(share.kept, county, true, whose, t('reports.within'))}</td>,
    <td key="away" className="num">{opens(share.visits - share.kept, county, false, whose, t('reports.away'))}</td>,
    <td key="share" className="num"><b>{percent(share)}</b></td>,
  ];
  return (
    <section className="panel">
      <h2>{t('reports.kept')}</h2>
      {kept.isPending ? <Skeleton active /> : kept.isError ? <Failure error={kept.error} retry={() => void kept.refetch()} /> : kept.data.total.visits === 0 ? <p className="lead">{t('reports.no_visits')}</p> : (
        <div className="svctable" tabIndex={0} role="region" aria-label={t('reports.kept')}>
          <table>
            <thead><tr><th scope="col">{t('reports.county')}</th><th scope="col" className="num">{t('reports.visits')}</th><th scope="col" className="num">{t('reports.within')}</th><th scope="col" className="num">{t('reports.away')}</th><th scope="col" className="num">{t('reports.kept_share')}</th></tr></thead>
            <tbody>
              {kept.data.counties.map(({ hospital, share }) => <tr key={hospital.id}><th scope="row"><span>{name(hospital)}</span><i aria-hidden style={{ width: `${(share.percent_tenths ?? 0) / 10}%` }} /></th>{line(share, hospital.id, name(hospital))}</tr>)}
              <tr className="total"><th scope="row">{t('reports.total')}</th>{line(kept.data.total, undefined, t('reports.total'))}</tr>
            </tbody>
          </table>
        </div>
      )}
      {kept.data && (kept.data.elsewhere > 0 || kept.data.unsaid > 0) && <p className="lead">{t('reports.left_out', { elsewhere: kept.data.elsewhere, unsaid: kept.data.unsaid })}</p>}
      {kept.data && <details className="rules"><summary>{t('figures.rule')}</summary><p>{i18n.language.startsWith('en') ? kept.data.rule.text.en : kept.data.rule.text.zh} <small>{t('figures.version', { code: kept.data.rule.code, version: kept.data.rule.version })}</small></p></details>}
      {which && (
        <>
          <h2>{t('reports.visits_of', { whose: which.whose })} <Button size="small" className="noprint" onClick={() => setWhich(undefined)}>{t('figures.hide')}</Button></h2>
          {visits.isPending ? <Skeleton active /> : visits.isError ? <Failure error={visits.error} retry={() => void visits.refetch()} /> : (
            <>
              {visits.data.count > visits.data.visits.length && <p className="lead">{t('command.listed', { n: visits.data.visits.length, of: visits.data.count })}</p>}
              <div className="svctable" tabIndex={0} role="region" aria-label={t('reports.visits')}>
                <table>
                  <thead><tr><th scope="col">{t('reports.began')}</th><th scope="col">{t('reports.county')}</th><th scope="col">{t('reports.seen_by')}</th></tr></thead>
                  <tbody>{visits.data.visits.map((one) => <tr key={one.id}><th scope="row">{clockTime(one.began, i18n.language)}</th><td>{name(one.county)}</td><td>{name(one.seen_by)}</td></tr>)}</tbody>
                </table>
              </div>
            </>
          )}
        </>
      )}
    </section>
  );
}
