// The versions of an amended opinion: which is shown, why the one before was replaced, and what changed.
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Instant } from '../../api/types';
import { clockTime } from '../../ui/time';
import { changes } from './changes';
import { SECTIONS, type Words } from './words';

export interface VersionShown extends Words { version: number; signed_at: Instant; reason?: string }

export function Versions({ versions, shown, show }: { versions: VersionShown[]; shown: number; show: (version: number) => void }) {
  const { t, i18n } = useTranslation();
  const latest = versions[0]?.version;
  const now = versions.find((one) => one.version === shown);
  const before = versions.find((one) => one.version === shown - 1);
  return (
    <section className="opinionversions" aria-label={t('opinion.versions')}>
      <Segmented
        value={shown}
        onChange={show}
        options={[...versions].reverse().map((one) => ({ value: one.version, label: t(one.version === latest ? 'opinion.version_latest' : 'opinion.version_old', { n: one.version }) }))}
      />
      {shown !== latest && <p className="opinionold" role="status">{t('opinion.replaced', { n: latest, time: clockTime(versions[0].signed_at, i18n.language) })}</p>}
      {now?.reason && <p className="opinionwhy"><b>{t('opinion.amended_because')}</b> {now.reason}</p>}
      {now && before && (
        <details open={shown === latest}>
          <summary>{t('opinion.what_changed', { n: before.version })}</summary>
          {SECTIONS.filter((key) => now[key] !== before[key]).map((key) => (
            <div key={key} className="opinionchange">
              <h4>{t(`opinion.${key}`)}</h4>
              <p className="typed">{changes(before[key], now[key]).map((piece, index) => (
                piece.kind === 'same' ? <span key={index}>{piece.text}</span>
                  : piece.kind === 'added' ? <ins key={index}><span className="sr">{t('opinion.put_in')} </span>{piece.text}</ins>
                    : <del key={index}><span className="sr">{t('opinion.taken_out')} </span>{piece.text}</del>
              ))}</p>
            </div>
          ))}
        </details>
      )}
    </section>
  );
}
