// What a number of a report counted, case by case, a page at a time.
import { useState } from 'react';
import { Button, Pagination, Skeleton } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import type { By, Counted } from './shape';

const PAGE = 50;

export function Opened({ span, by, cell, row, whose, close }: { span: { from: string; to: string }; by: By; cell: string; row?: string; whose: string; close: () => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const which = `${by} ${cell} ${row ?? ''} ${span.from} ${span.to}`;
  const [at, setAt] = useState({ which, page: 1 });
  const page = at.which === which ? at.page : 1;
  const asked = { ...span, by, cell, key: row, offset: (page - 1) * PAGE, limit: PAGE };
  const cases = useQuery({ queryKey: ['service', 'cases', asked], queryFn: () => api.get<{ count: number; cases: Counted[] }>('/api/service/cases', asked) });
  const title = t('reports.cases', { cell: t(`reports.cell.${cell}`), whose });
  return (
    <section className="panel" aria-label={title}>
      <h2>{title} <Button size="small" className="noprint" onClick={close}>{t('figures.hide')}</Button></h2>
      {cases.isPending ? <Skeleton active /> : cases.isError ? <Failure error={cases.error} retry={() => void cases.refetch()} /> : cases.data.count === 0 ? <p className="lead">{t('figures.none')}</p> : (
        <>
          <div className="svctable" tabIndex={0} role="region" aria-label={title}>
            <table>
              <thead><tr><th scope="col">{t('figures.number')}</th><th scope="col">{t('reports.handed_in')}</th><th scope="col">{t('reports.urgency')}</th><th scope="col">{t('figures.asking')}</th><th scope="col">{t('figures.advising')}</th><th scope="col">{t('reports.signed')}</th></tr></thead>
              <tbody>{cases.data.cases.map((one) => <tr key={one.id}><th scope="row" className="mono">{one.number}</th><td>{clockTime(one.submitted_at, i18n.language)}</td><td>{t(`reports.cell.${one.urgency}`)}</td><td>{name(one.asking)}</td><td>{one.advising.map(name).join(t('ui.list_sep'))}</td><td>{one.signed_at ? clockTime(one.signed_at, i18n.language) : '–'}</td></tr>)}</tbody>
            </table>
          </div>
          {cases.data.count > PAGE && <Pagination className="gap" size="small" current={page} pageSize={PAGE} total={cases.data.count} showSizeChanger={false} onChange={(next) => setAt({ which, page: next })} />}
        </>
      )}
    </section>
  );
}
