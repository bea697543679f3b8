// The 90-second card: who, why, what changed, numbers. What the expert reads before anything else.
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { CaseDetail } from '../../api/types';
import { NumberStrip } from './VitalsStrip';
import './record.css';

/** What happened, by its code alone; what happened by itself in the short words that announced it. */
function happened(code: string, t: TFunction): string {
  if (code.startsWith('timer.')) return t(`ahead.short.${code === 'timer.no_show' ? 'absent' : code.slice('timer.'.length).replaceAll('_', '-')}`, { defaultValue: code });
  return t(`act.${code.replaceAll('.', '_')}`, { defaultValue: code }).replace(/[:：]$/, '');
}

export function Summary({ detail, numbers: figures = true }: { detail: CaseDetail; numbers?: boolean }) {
  const { t } = useTranslation();
  const { who, changed } = detail.summary;
  const numbers = figures ? detail.summary.numbers : [];
  if (who.length + changed.length + numbers.length === 0) return null;
  return (
    <section className="summary" aria-label={t('consult.summary')}>
      <dl>
        {who.length > 0 && <div><dt>{t('consult.summary_who')}</dt><dd>{who.join(' · ')}</dd></div>}
        {changed.length > 0 && <div><dt>{t('consult.summary_changed')}</dt><dd><ul>{changed.map((line) => <li key={line}>{happened(line, t)}</li>)}</ul></dd></div>}
      </dl>
      {numbers.length > 0 && <NumberStrip numbers={numbers} />}
    </section>
  );
}
