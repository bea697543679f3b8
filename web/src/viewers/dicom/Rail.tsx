// The series of a case, by study and day; and what stands in the place of one that cannot be shown.
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Id, Series, Study } from '../../api/types';
import type { Choice } from './dates';
import { NotShown } from './Pane';
import type { PaneView } from './share';

export function Rail({ studies, shown, disabled, choose }: { studies: Study[]; shown: PaneView[]; disabled: boolean; choose(choice: Choice): void }) {
  const { t } = useTranslation();
  return (
    <nav className="dv-rail" aria-label={t('viewer.series')}>
      {studies.map((study) => (
        <section key={study.uid} aria-label={`${study.modality} ${study.date ?? ''}`}>
          <h3>{study.date ? `${study.date.slice(0, 4)}-${study.date.slice(4, 6)}-${study.date.slice(6)}` : t('viewer.no_date')}<small>{study.description}</small></h3>
          {study.series.map((series) => (
            <button type="button" key={series.uid} disabled={disabled} aria-pressed={shown.some((pane) => pane.series === series.uid)} onClick={() => choose({ study, series })}>
              <Thumb series={series} />
              <span>{series.number != null && `${series.number}. `}{series.description || series.modality} <small>{t('viewer.images', { count: series.instances })}</small></span>
            </button>
          ))}
        </section>
      ))}
    </nav>
  );
}

function Thumb({ series }: { series: Series }) {
  const [gone, setGone] = useState(false);
  return series.thumbnail && !gone ? <img src={series.thumbnail} alt="" loading="lazy" onError={() => setGone(true)} /> : <i aria-hidden>{series.modality}</i>;
}

/** A series of which nothing can be shown: says why, and hands out its first file. */
export function Unshown({ caseId, choice, why }: { caseId: Id; choice: Choice; why: string }) {
  const at = `/dicom-web/studies/${choice.study.uid}/series/${choice.series.uid}`;
  const found = useQuery({
    queryKey: ['case', caseId, 'instances', choice.series.uid, choice.series.instances],
    queryFn: () => api.get<Record<string, { Value?: string[] }>[]>(`${at}/instances`, { case: caseId }),
  });
  const instance = found.data?.[0]?.['00080018']?.Value?.[0];
  return <NotShown why={why} href={instance && `${at}/instances/${instance}?download=true`} />;
}
