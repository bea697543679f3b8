// Which series to lay beside each other: the same examination on other days. Pure.
import type { Series, Study } from '../../api/types';

export interface Choice { study: Study; series: Series }

/** The series to begin with: the one with most slices of the study. */
export const best = (study: Study): Series | undefined =>
  [...study.series].sort((a, b) => Number(b.shown) - Number(a.shown) || b.instances - a.instances)[0];

/** What to lay beside a series: the same kind in another study, else another series. */
export function beside(choices: Choice[], current: { study: string; series: string }): Choice | undefined {
  const modality = choices.find((one) => one.series.uid === current.series)?.series.modality;
  const others = choices.filter((one) => one.series.uid !== current.series && one.series.shown);
  return others.filter((one) => one.study.uid !== current.study && one.series.modality === modality).sort((a, b) => b.series.instances - a.series.instances)[0]
    ?? others.find((one) => one.study.uid !== current.study) ?? others[0];
}

/** How much a series looks like another examination's: by its words and number of slices. */
function likeness(series: Series, wanted: Series): number {
  const same = series.description && series.description === wanted.description ? 2 : 0;
  return same + Math.min(series.instances, wanted.instances) / Math.max(series.instances, wanted.instances, 1);
}

/** Up to three days of the same kind of image, oldest first; that of `current` is among them, and the newest others. */
export function dates(choices: Choice[], current: { study: string; series: string }): Choice[] {
  const own = choices.find((one) => one.series.uid === current.series && one.study.uid === current.study);
  if (!own) return [];
  const days = new Map<string, Choice>([[own.study.date ?? '', own]]);
  for (const one of choices) {
    const day = one.study.date ?? '';
    if (!one.series.shown || one.series.modality !== own.series.modality || !day || day === (own.study.date ?? '')) continue;
    const before = days.get(day);
    if (!before || likeness(one.series, own.series) > likeness(before.series, own.series)) days.set(day, one);
  }
  const day = (one: Choice) => one.study.date ?? '';
  const others = [...days.values()].filter((one) => one !== own).sort((a, b) => day(b).localeCompare(day(a))).slice(0, 2);
  return [own, ...others].sort((a, b) => day(a).localeCompare(day(b)));
}
