// The signed opinion: the words, who signed, what proves it, the sheet to print, and the answer.
import { useRef, useState } from 'react';
import { Button, Skeleton } from 'antd';
import { EditOutlined, FilePdfOutlined, PrinterOutlined, SafetyCertificateOutlined } from '@ant-design/icons';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import type { Id, Instant, PersonRef } from '../../api/types';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { caseQuery } from '../consult/queries';
import { KeyImagesSigned, type KeyImage } from './KeyImages';
import { OpinionEditor } from './OpinionEditor';
import { Versions, type VersionShown } from './Versions';
import { SECTIONS, type Words } from './words';
import './opinion.css';

interface Opinion extends Words {
  signed_at: Instant;
  by: PersonRef;
  version: number;
  images: KeyImage[];
  latest: boolean;
  versions: VersionShown[];
  signature: { algorithm: string; certificate_subject: string; manifest_sha256: string; content_sha256: string };
}

const opinionQuery = (id: Id, version: number | undefined, latest: number) => queryOptions({
  // A version never changes; another latest one is another question.
  queryKey: ['opinion', id, version ?? latest, latest],
  queryFn: ({ signal }) => api.get<Opinion>(`/api/consults/${id}/opinion`, { version }, signal),
  staleTime: Infinity,
  retry: (count, error) => !(isProblem(error) && error.status === 404) && count < 3,
});

export function OpinionView({ caseId }: { caseId: Id }) {
  const { t, i18n } = useTranslation();
  const { name, title } = useNames();
  const detail = useQuery(caseQuery(caseId)).data;
  const signed = Boolean(detail?.opinion);
  const [wanted, setWanted] = useState<number | undefined>();
  const [amending, setAmending] = useState(false);
  const latest = detail?.opinion?.version ?? 0;
  const { data: opinion, isError, error, refetch } = useQuery({ ...opinionQuery(caseId, wanted, latest), enabled: signed });
  if (detail && !signed) return <p className="none">{t('opinion.none')}</p>;
  if (isError && isProblem(error) && error.status === 404) return <p className="none">{t('opinion.not_yours')}</p>;
  if (isError) return <Failure error={error} retry={() => void refetch()} />;
  if (!opinion) return <Skeleton active />;
  const answer = detail?.answer;
  const amend = detail?.steps.find((one) => one.step === 'amend');
  if (amending && opinion.latest) return <OpinionEditor caseId={caseId} amends={{ findings: opinion.findings, opinion: opinion.opinion, advice: opinion.advice, images: opinion.images }} done={() => { setAmending(false); setWanted(undefined); }} />;
  return (
    <div className="opinionview">
      {opinion.versions.length > 1 && <Versions versions={opinion.versions} shown={opinion.version} show={(version) => setWanted(version === latest ? undefined : version)} />}
      {SECTIONS.map((key) => opinion[key].trim() && (
        <section key={key}>
          <h3>{t(`opinion.${key}`)}</h3>
          <p className="typed">{opinion[key]}</p>
        </section>
      ))}
      <KeyImagesSigned caseId={caseId} images={opinion.images} version={opinion.version} />
      <p className="opinionsigned">
        <SafetyCertificateOutlined aria-hidden /> <b>{name(opinion.by)}</b> {title(opinion.by)} · {name(opinion.by.hospital)} · {t('opinion.signed')} <time dateTime={opinion.signed_at}>{clockTime(opinion.signed_at, i18n.language)}</time>
      </p>
      <Papers caseId={caseId} version={opinion.version} amend={amend?.allowed ? () => { setWanted(undefined); setAmending(true); } : undefined} />
      {answer && (
        <section className="opinionanswer">
          <h3>{t('opinion.answer')}</h3>
          <p><b>{t(`consult.answer.${answer.answer}`)}</b> <small>{t('opinion.answered', { name: name(answer.by), time: clockTime(answer.at, i18n.language) })}</small></p>
          {answer.reason && <p className="typed">{answer.reason}</p>}
        </section>
      )}
      <details className="opinionproof">
        <summary>{t('opinion.signature')}</summary>
        <dl>
          <dt>{t('opinion.algorithm')}</dt><dd>{opinion.signature.algorithm}</dd>
          <dt>{t('opinion.subject')}</dt><dd>{opinion.signature.certificate_subject}</dd>
          <dt>{t('opinion.manifest')}</dt><dd className="mono">{opinion.signature.manifest_sha256}</dd>
        </dl>
        <p><a href={`/api/consults/${caseId}/opinion/evidence?version=${opinion.version}`} download>{t('opinion.evidence')}</a> <small>{t('opinion.evidence_what')}</small></p>
      </details>
      <small>{t('opinion.advises')}</small>
    </div>
  );
}

/** The sheet: opened in a tab of its own, or printed from a frame that nobody sees. */
function Papers({ caseId, version, amend }: { caseId: Id; version: number; amend?: () => void }) {
  const { t } = useTranslation();
  const [printing, setPrinting] = useState(0);
  const frame = useRef<HTMLIFrameElement>(null);
  const sheet = `/api/consults/${caseId}/opinion.pdf?version=${version}`;
  return (
    <p className="opinionpapers">
      <Button icon={<FilePdfOutlined aria-hidden />} href={sheet} target="_blank" rel="noopener">{t('opinion.pdf')}</Button>{' '}
      <Button icon={<PrinterOutlined aria-hidden />} onClick={() => setPrinting((n) => n + 1)}>{t('opinion.print')}</Button>{' '}
      {amend && <Button icon={<EditOutlined aria-hidden />} onClick={amend}>{t('opinion.amend')}</Button>}
      {printing > 0 && <iframe key={printing} ref={frame} src={sheet} title={t('opinion.print')} className="printframe" tabIndex={-1} aria-hidden onLoad={() => frame.current?.contentWindow?.print()} />}
    </p>
  );
}
