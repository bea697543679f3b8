// How ill, by which version of which guideline: every criterion with its clause, what it saw, how old that was, what it came to.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { clockTime } from '../../ui/time';
import { type Case, type GradedBy, guidelinesQuery } from './api';
import { GradeMark, spanWords, useText, VerdictMark } from './marks';

const UNITS: Record<string, string> = { '/min': '/min', '%': '%', 'mm[Hg]': 'mmHg', kPa: 'kPa', d: 'd' };

function Seen({ finding, at }: { finding: GradedBy; at: string }) {
  const { t, i18n } = useTranslation();
  if (finding.sign !== undefined && finding.sign !== null) return <>{t(finding.sign ? 'outbreak.there' : 'outbreak.not_there')}</>;
  if (finding.value === undefined || finding.value === null) return <span className="sub">{t('outbreak.nobody_measured')}</span>;
  const age = finding.seen_at ? Date.parse(at) - Date.parse(finding.seen_at) : null;
  return (
    <>
      <b>{Math.round(finding.value * 10) / 10}</b> {finding.unit === 'd' ? t('outbreak.unit_days') : UNITS[finding.unit ?? ''] ?? finding.unit}
      {finding.seen_at && <small>{clockTime(finding.seen_at, i18n.language)}{age !== null && age >= 60_000 && ` · ${t('outbreak.age_then', { span: spanWords(Math.floor(age / 60_000) * 60_000, t) })}`}</small>}
    </>
  );
}

export function Grading({ of }: { of: Case }) {
  const { t, i18n } = useTranslation();
  const text = useText();
  const known = useQuery(guidelinesQuery);
  const { graded } = of;
  const rule = (code: string) => known.data?.guidelines.find((one) => one.code === code);
  const any = known.data?.guidelines.some((one) => one.disease === of.disease.code);
  if (!graded) return <section className="panel" aria-label={t('outbreak.grading')}><h2>{t('outbreak.grading')}</h2><p className="lead">{t(any === false ? 'outbreak.no_guideline' : 'outbreak.not_graded')}</p></section>;
  const guideline = rule(graded.guideline);
  const older = of.gradings.length > 1 ? [...of.gradings].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)) : [];
  return (
    <section className="panel gradingpanel" aria-label={t('outbreak.grading')}>
      <h2 id="grading" tabIndex={-1}>{t('outbreak.grading')} <GradeMark of={graded.grade} /> <small>{t('outbreak.judged_at', { time: clockTime(graded.at, i18n.language) })}</small></h2>
      <p className="guideline"><b>{guideline ? text(guideline.title) : graded.guideline}</b> <small>{guideline?.source} · {t('outbreak.version_of', { code: graded.guideline })}</small></p>
      {graded.reason && <p className="doctors"><b>{t('outbreak.by_doctor')}</b> {graded.reason}</p>}
      <div className="owrap" tabIndex={0} role="region" aria-label={t('outbreak.criteria')}>
        <table className="criteria">
          <thead><tr><th scope="col">{t('outbreak.criterion')}</th><th scope="col">{t('outbreak.of_grade')}</th><th scope="col">{t('outbreak.saw')}</th><th scope="col">{t('outbreak.came_to')}</th></tr></thead>
          <tbody>
            {graded.findings.map((finding) => {
              const clause = guideline?.criteria.find((one) => one.code === finding.criterion);
              return (
                <tr key={finding.criterion} className={finding.verdict}>
                  <th scope="row">{clause ? text(clause.text) : finding.text}</th>
                  <td>{clause && t(`outbreak.grade.${clause.grade}`)}</td>
                  <td className="saw"><Seen finding={finding} at={graded.at} /></td>
                  <td><VerdictMark of={finding.verdict} /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {guideline && <details className="silent"><summary>{t('outbreak.where_silent')}</summary><p>{text(guideline.adult_text)}</p><p>{t('outbreak.else_mild', { text: text(guideline.mild_text) })}</p></details>}
      {older.length > 0 && (
        <>
          <h3>{t('outbreak.gradings')}</h3>
          <ol className="gradings">{older.map((one, n) => <li key={one.observation}><time dateTime={one.at}>{clockTime(one.at, i18n.language)}</time> <GradeMark of={one.grade} /> <small>{t('outbreak.version_of', { code: one.guideline })}{n === 0 && ` · ${t('outbreak.newest')}`}</small></li>)}</ol>
        </>
      )}
    </section>
  );
}
