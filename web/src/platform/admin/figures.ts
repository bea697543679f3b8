// What a probe found, as people read it: bits in Mbit/s, bytes in MiB, as on the acceptance sheet (crates/federation/src/join/sheet.rs).
import type { TFunction } from 'i18next';
import type { JoinFigure } from '../api';

const MIB = 1_048_576;

/** A figure with its unit; null when the probe's outcome has said it already. */
export function figureWords({ name, value, unit }: JoinFigure, t: TFunction, language: string): string | null {
  const shown = (n: number) => n.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  switch (name) {
    case 'udp': return null;
    case 'rate': return `${shown(value / 1e6)} Mbit/s`;
    case 'bytes': return value >= MIB ? `${shown(value / MIB)} MiB` : `${shown(value / 1024)} KiB`;
    case 'median':
    case 'longest':
    case 'loss': return `${t(`admin.join.figure.${name}`)} ${shown(value)} ${unit}`;
    default: return `${name} ${value} ${unit}`;
  }
}
