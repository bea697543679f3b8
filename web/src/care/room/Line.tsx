// The network indicator: bars, a word beside them, and on a click what was measured in each direction.
import { Popover } from 'antd';
import { useTranslation } from 'react-i18next';
import type { LineQuality } from './Connection';
import { both, level, rate } from './line';

type Lines = { up?: LineQuality; down?: LineQuality } | undefined;

/** What was measured one way, as a sentence of figures. */
function useWords() {
  const { t } = useTranslation();
  return (line: LineQuality | undefined): string => {
    const how = level(line);
    if (!line || !how) return t('room.line_unknown');
    return [t(`room.line_${how}`), line.ms === null ? '' : `${line.ms} ms`, t('room.lost_percent', { n: ((line.lost ?? 0) / 10).toFixed(1) }), rate(line.bps)].filter(Boolean).join(' · ');
  };
}

export function Signal({ lines }: { lines: Lines }) {
  const { t } = useTranslation();
  const words = useWords();
  const how = both(lines);
  if (!how) return null;
  const told = `${t(`room.line_${how}`)}. ${t('room.line_out')}: ${words(lines?.up)}. ${t('room.line_in')}: ${words(lines?.down)}`;
  return <span className={`signal ${how}`} role="img" aria-label={told} title={told}><i /><i /><i /></span>;
}

/** One's own line, in words. */
export function OwnLine({ lines }: { lines: Lines }) {
  const { t } = useTranslation();
  const words = useWords();
  const how = both(lines);
  const said = t(how ? `room.line_${how}` : 'room.line_unknown');
  const details = (
    <dl className="lineways">
      <dt>{t('room.line_out')}</dt><dd>{words(lines?.up)}</dd>
      <dt>{t('room.line_in')}</dt><dd>{words(lines?.down)}</dd>
    </dl>
  );
  return (
    <Popover content={details} title={t('room.line_title')} trigger="click">
      <button type="button" className={`ownline signal ${how ?? ''}`} aria-label={said}>
        <i aria-hidden /><i aria-hidden /><i aria-hidden /><span>{said}</span>
      </button>
    </Popover>
  );
}
