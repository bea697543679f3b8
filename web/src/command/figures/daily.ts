// The daily series of the outbreak as the page draws them: each with a shape and a colour of its own. Pure.
import type { components } from '../../api/schema';

export type Daily = components['schemas']['FigureDaily'];
export type DayCases = components['schemas']['FigureDayCases'];
export type DayShown = components['schemas']['FigureDayRestated'];
export const SERIES = ['confirmed', 'consulted', 'severe', 'discharged', 'connected'] as const;
export type Series = (typeof SERIES)[number];

export const LOOK: Record<Series, { color: string; symbol: string; sign: string }> = {
  confirmed: { color: '#8a5000', symbol: 'circle', sign: '●' },
  consulted: { color: '#0b5cad', symbol: 'rect', sign: '■' },
  severe: { color: '#6b2fa0', symbol: 'triangle', sign: '▲' },
  discharged: { color: '#00735c', symbol: 'diamond', sign: '◆' },
  connected: { color: '#3d5a73', symbol: 'none', sign: '▬' },
};

/** What a day came to when it was published, where that is another number than the one known now; none while it runs. */
export const restated = (day: DayShown): number | null => (day.published !== undefined && day.published !== null && (day.added > 0 || day.removed > 0) ? day.published : null);

/** As the chart draws it: as published leaves out the running day, which is not published yet. */
export const drawn = (day: DayShown, as: 'known' | 'published'): number | null => (as === 'known' ? day.value : day.published ?? null);

/** The days newest first, each with its value of every series. */
export function byDay(daily: Daily): { date: string; of: Record<Series, DayShown | undefined> }[] {
  const dates = daily.series[0]?.days.map((day) => day.date) ?? [];
  const find = (series: Series, n: number) => daily.series.find((line) => line.code === series)?.days[n];
  return dates.map((date, n) => ({ date, of: Object.fromEntries(SERIES.map((series) => [series, find(series, n)])) as Record<Series, DayShown | undefined> })).reverse();
}
