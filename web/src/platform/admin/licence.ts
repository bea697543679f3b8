// Until when a licence holds, in words that say when it matters. Pure.
import type { TFunction } from 'i18next';

/** So many days before its end somebody is to see to it. */
export const SOON_DAYS = 60;

/** Today where the reader is, `2026-11-23`. */
export const today = (now = new Date()): string => [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, '0')).join('-');

/** Days left, the last one counted as 0; negative when it is over. */
export const daysLeft = (until: string, day: string): number => Math.round((Date.parse(until) - Date.parse(day)) / 86_400_000);

export function licenceWords(until: string | undefined | null, day: string, t: TFunction): string {
  if (!until) return '';
  const left = daysLeft(until, day);
  if (left < 0) return t('admin.licence_over', { until });
  return left <= SOON_DAYS ? t('admin.licence_soon', { until, n: left }) : t('admin.licence_until', { until });
}
