// Sizes, days, rates and times left as people read them.
import type { TFunction } from 'i18next';

export function bytesWords(bytes: number, lang: string): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${new Intl.NumberFormat(lang, { maximumFractionDigits: value < 10 && unit ? 1 : 0 }).format(value)} ${units[unit]}`;
}

/** `20200206` as 2020-02-06; nothing when it is no day. */
export const dayWords = (dicom?: string): string => (dicom && /^\d{8}$/.test(dicom) ? `${dicom.slice(0, 4)}-${dicom.slice(4, 6)}-${dicom.slice(6)}` : '');


/** Bytes a second. */
export const rateWords = (rate: number, lang: string): string => `${bytesWords(rate, lang)}/s`;

/** How long it will take, no more exact than it is known. */
export function leftWords(seconds: number, t: TFunction): string {
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 60) return t('attach.left_seconds', { count: Math.max(1, Math.ceil(seconds / 5) * 5) });
  if (seconds < 5400) return t('attach.left_minutes', { count: Math.ceil(seconds / 60) });
  return t('attach.left_hours', { count: Math.ceil(seconds / 3600) });
}
