// What a probe found, as people read it: bits in Mbit/s, bytes in MiB, as on the acceptance sheet (crates/federation/src/join/sheet.rs).
import type { TFunction } from 'i18next';
import type { JoinFigure } from '../api';

const MIB = 1_048_576;

/** A figure with its unit; null when the probe's outcome has said it already. */
export function figureWords({ name, value, unit }: JoinFigure, t: TFunction, language: string): string | null {
  const shown = (n: number) => n.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  switch (name) {
    case 'udp': return value > 0 ? 'UDP' : null;
    case 'played':
    case 'picture':
    case 'tone':
    case 'spread': return null;
    case 'rate': return `${shown(value / 1e6)} Mbit/s`;
    case 'bytes': return value >= MIB ? `${shown(value / MIB)} MiB` : `${shown(value / 1024)} KiB`;
    case 'median':
    case 'longest':
    case 'loss': return `${t(`admin.join.figure.${name}`)} ${shown(value)} ${unit}`;
    case 'frames':
    case 'heard': return t(`admin.join.figure.${name}`, { n: Math.round(value) });
    case 'first': return `${t('admin.join.figure.first')} ${Math.round(value)} ms`;
    case 'relay': return t(`admin.join.figure.relay_${value > 0 ? 1 : 0}`);
    case 'level': return `${Math.round(value)} dB`;
    default: return `${name} ${value} ${unit}`;
  }
}
