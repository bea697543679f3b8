// The 90-second card: who, why, what changed, numbers. What the expert reads before anything else.
import { useTranslation } from 'react-i18next';
import type { CaseDetail } from '../../api/types';
import { NumberStrip } from './VitalsStrip';
import './record.css';

export function Summary({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  const { who, changed, numbers } = detail.summary;
  return (
    <section className="summary" aria-label={t('consult.summary')}>
      <dl>
        {who.length > 0 && <div><dt>{t('consult.summary_who')}</dt><dd>{who.join(' · ')}</dd></div>}
        <div><dt>{t('consult.summary_changed')}</dt><dd>{changed.length ? <ul>{changed.map((line) => <li key={line}>{t(`act.${line.replaceAll('.', '_')}`, { defaultValue: line }).replace(/[:：]$/, '')}</li>)}</ul> : <span className="none">{t('consult.nothing_changed')}</span>}</dd></div>
      </dl>
      {numbers.length > 0 && <NumberStrip numbers={numbers} />}
    </section>
  );
}
