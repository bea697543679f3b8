// The 90-second card: who, why, what changed, numbers. What the expert reads before anything else.
import { useTranslation } from 'react-i18next';
import type { CaseDetail } from '../../api/types';
import { NumberStrip } from './VitalsStrip';
import './record.css';

export function Summary({ detail, numbers: figures = true }: { detail: CaseDetail; numbers?: boolean }) {
  const { t } = useTranslation();
  const { who, changed } = detail.summary;
  const numbers = figures ? detail.summary.numbers : [];
  if (who.length + changed.length + numbers.length === 0) return null;
  return (
    <section className="summary" aria-label={t('consult.summary')}>
      <dl>
        {who.length > 0 && <div><dt>{t('consult.summary_who')}</dt><dd>{who.join(' · ')}</dd></div>}
        {changed.length > 0 && <div><dt>{t('consult.summary_changed')}</dt><dd><ul>{changed.map((line) => <li key={line}>{t(`act.${line.replaceAll('.', '_')}`, { defaultValue: line }).replace(/[:：]$/, '')}</li>)}</ul></dd></div>}
      </dl>
      {numbers.length > 0 && <NumberStrip numbers={numbers} />}
    </section>
  );
}
