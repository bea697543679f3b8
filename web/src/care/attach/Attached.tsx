// What a case holds: studies with their series, and documents.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FileImageOutlined, FilePdfOutlined, WarningFilled } from '@ant-design/icons';
import type { Files, Id, Series, Study } from '../../api/types';
import { bytesWords, dayWords } from './words';

function Picture({ series }: { series: Series }) {
  const [gone, setGone] = useState(false);
  return series.thumbnail && !gone
    ? <img src={series.thumbnail} alt="" loading="lazy" onError={() => setGone(true)} />
    : <i aria-hidden>{series.modality}</i>;
}

function StudyCard({ study }: { study: Study }) {
  const { t, i18n } = useTranslation();
  return (
    <article className="attachstudy" aria-label={`${study.modality} ${dayWords(study.date) || t('attach.no_date')}`}>
      <header>
        <b>{study.modality}</b> <span>{dayWords(study.date) || t('attach.no_date')}</span> <span>{study.description}</span>
        <small>{t('attach.images', { count: study.instances })} · {bytesWords(study.bytes, i18n.language)}</small>
        {study.patient_differs && <span className="attachwarn"><WarningFilled aria-hidden /> {t('attach.patient_differs')}</span>}
      </header>
      <ul>
        {study.series.map((series) => (
          <li key={series.uid}>
            <Picture series={series} />
            <span>{series.number != null && `${series.number}. `}{series.description || series.modality}<small>{t('attach.images', { count: series.instances })}</small>
              {!series.shown && <small className="attachwhy">{t(`viewer.why.${series.why_not ?? 'other'}`, { defaultValue: t('viewer.why.other') })}</small>}</span>
          </li>
        ))}
      </ul>
    </article>
  );
}

export function Attached({ caseId, files }: { caseId: Id; files: Files }) {
  const { t, i18n } = useTranslation();
  if (!files.studies.length && !files.documents.length) return <p className="attachnone">{t('attach.none')}</p>;
  return (
    <div className="attached">
      {files.studies.map((study) => <StudyCard key={study.uid} study={study} />)}
      {files.documents.length > 0 && (
        <ul className="attachdocs" aria-label={t('attach.documents')}>
          {files.documents.map((doc) => {
            const href = `/api/consults/${caseId}/documents/${doc.id}`;
            return (
              <li key={doc.id}>
                <a href={href} target="_blank" rel="noreferrer">
                  {doc.mime.startsWith('image/') ? <img src={href} alt="" loading="lazy" /> : <FilePdfOutlined aria-hidden />}
                  {doc.mime.startsWith('image/') && <FileImageOutlined aria-hidden />}
                  <span>{doc.name}<small>{bytesWords(doc.bytes, i18n.language)}</small></span>
                </a>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
