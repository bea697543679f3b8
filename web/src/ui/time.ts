// Instants in the reader's zone and language. Nothing here reads the clock: callers pass the time.
import dayjs from 'dayjs';

const english = (lang: string) => lang.startsWith('en');

/** 10:32, or with the day when it is not today. */
export function clockTime(at: string, lang: string, now = Date.now()): string {
  const when = dayjs(at);
  if (!when.isValid()) return '';
  if (when.isSame(now, 'day')) return when.format('HH:mm');
  if (when.isSame(now, 'year')) return when.format(english(lang) ? 'D MMM HH:mm' : 'M月D日 HH:mm');
  return when.format(english(lang) ? 'D MMM YYYY HH:mm' : 'YYYY年M月D日 HH:mm');
}

export const clockSeconds = (at: string | number): string => dayjs(at).format('HH:mm:ss');
export const dayOf = (at: string, lang: string): string => dayjs(at).format(english(lang) ? 'D MMM YYYY' : 'YYYY年M月D日');
export const shortDay = (at: string): string => dayjs(at).format('MM-DD');

/** A FHIR date that may be a year or a month only: it stays as partial as it was typed. */
export function partialDate(date: string, lang: string): string {
  const parts = date.split('-');
  if (english(lang)) return parts.length === 3 ? dayjs(date).format('D MMM YYYY') : date;
  const [year, month, day] = parts;
  return `${year}年${month ? `${Number(month)}月` : ''}${day ? `${Number(day)}日` : ''}`;
}
