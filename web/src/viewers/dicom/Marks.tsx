// Measurements over a picture: lines, handles, and what they come to. Drawn with attributes alone, so that the same drawing can be
// burnt into a key image.
import type { TFunction } from 'i18next';
import type { Measured } from './measure';
import type { Chosen, Mark, Place } from './share';

const INK = '#ffd24d';
const CHOSEN = '#7cf0c8';
const SIZE = 13;
const LINE = 17;

const rounded = (value: number, digits: number) => (Number.isInteger(value) ? String(value) : value.toFixed(digits));

/** What a mark comes to, in lines of words. */
export function wordsOf(kind: Mark['kind'], found: Measured, t: TFunction): string[] {
  const unknown = found.calibration.kind === 'unknown';
  const unit = found.unit && ` ${found.unit}`;
  const out: string[] = [];
  if (found.length !== undefined) out.push(unknown ? `${found.length.toFixed(1)} px` : `${found.length.toFixed(1)} mm`);
  if (found.angle !== undefined) out.push(`${found.angle.toFixed(1)}°`);
  if (found.statistics) {
    const { mean, sd, min, max } = found.statistics;
    out.push(t('viewer.mean_sd', { mean: mean.toFixed(1), sd: sd.toFixed(1), unit }));
    out.push(t('viewer.min_max', { min: rounded(min, 1), max: rounded(max, 1), unit }));
  }
  if (found.area !== undefined) out.push(t('viewer.area', { area: found.area.toFixed(1), unit: unknown ? 'px²' : 'mm²' }));
  if (found.value) out.push(found.value.length === 3 ? `R ${found.value[0]} G ${found.value[1]} B ${found.value[2]}` : `${rounded(found.value[0], 1)}${unit}`);
  if (kind !== 'probe' && (unknown || found.calibration.kind === 'detector') && (found.length !== undefined || found.area !== undefined || (found.angle !== undefined && unknown))) {
    out.push(t(`viewer.calibration.${found.calibration.kind}`));
  }
  return out;
}

export interface Drawn { mark: Mark; words: string[] }

interface Props { drawn: Drawn[]; chosen: Chosen | null; project(place: Place): [number, number] | null; width: number; height: number }

export function Marks({ drawn, chosen, project, width, height }: Props) {
  return (
    <svg className="dv-marks" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden xmlns="http://www.w3.org/2000/svg">
      {drawn.map(({ mark, words }) => {
        const at = mark.places.map(project);
        if (at.some((point) => !point)) return null;
        return <Shape key={mark.id} kind={mark.kind} at={at as [number, number][]} words={words} chosen={chosen?.id === mark.id ? chosen.at : -1} width={width} height={height} />;
      })}
    </svg>
  );
}

function Shape({ kind, at, words, chosen, width, height }: { kind: Mark['kind']; at: [number, number][]; words: string[]; chosen: number; width: number; height: number }) {
  const ink = chosen >= 0 ? CHOSEN : INK;
  const [a, b] = at;
  const xs = at.map(([x]) => x);
  const ys = at.map(([, y]) => y);
  const longest = Math.max(0, ...words.map((line) => [...line].reduce((sum, letter) => sum + (letter > '\u2e80' ? SIZE : SIZE * 0.58), 0)));
  // To the right of it, or to the left where the pane ends.
  const right = Math.max(...xs) + 10;
  const x = right + longest < width - 4 ? right : Math.max(4, Math.min(...xs) - 10 - longest);
  const y = Math.min(Math.max(16, Math.min(...ys) + 4), Math.max(16, height - words.length * LINE));
  return (
    <g fill="none" stroke={ink} strokeWidth={1.6}>
      {(kind === 'length' || kind === 'angle') && <Halo points={at} />}
      {(kind === 'length' || kind === 'angle') && <polyline points={at.map((point) => point.join(',')).join(' ')} />}
      {kind === 'ellipse' && b && (
        <>
          <ellipse cx={(a[0] + b[0]) / 2} cy={(a[1] + b[1]) / 2} rx={Math.abs(a[0] - b[0]) / 2} ry={Math.abs(a[1] - b[1]) / 2} stroke="#000" strokeWidth={3.6} strokeOpacity={0.6} />
          <ellipse cx={(a[0] + b[0]) / 2} cy={(a[1] + b[1]) / 2} rx={Math.abs(a[0] - b[0]) / 2} ry={Math.abs(a[1] - b[1]) / 2} />
        </>
      )}
      {at.map(([px, py], index) => (
        <g key={index}>
          <path d={`M${px - 5} ${py}H${px + 5}M${px} ${py - 5}V${py + 5}`} stroke="#000" strokeWidth={3.6} strokeOpacity={0.6} />
          <path d={`M${px - 5} ${py}H${px + 5}M${px} ${py - 5}V${py + 5}`} />
          {index === chosen && <circle cx={px} cy={py} r={8} />}
        </g>
      ))}
      {words.map((line, index) => (
        <text key={index} x={x} y={y + index * LINE} fill={ink} stroke="#000" strokeWidth={3} paintOrder="stroke" fontSize={SIZE} fontFamily="system-ui, 'Noto Sans CJK SC', sans-serif">{line}</text>
      ))}
    </g>
  );
}

function Halo({ points }: { points: [number, number][] }) {
  return <polyline points={points.map((point) => point.join(',')).join(' ')} stroke="#000" strokeWidth={3.6} strokeOpacity={0.6} />;
}
