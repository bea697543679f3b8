// The three sections of an opinion, and the templates of the specialties.
import type { TFunction } from 'i18next';

export const SECTIONS = ['findings', 'opinion', 'advice'] as const;
export type Section = (typeof SECTIONS)[number];
export type Words = Record<Section, string>;

/** As the server takes them (crates/care/src/opinion/sign.rs, SECTION_MAX). */
export const SECTION_MAX = 20_000;

/** The template of a specialty in the sections that are empty; the same object when there is none. */
export function withTemplate(words: Words, specialty: string, t: TFunction): Words {
  const empty = SECTIONS.filter((key) => !words[key].trim());
  if (!empty.length) return words;
  const line = (key: Section) => t(`opinion.templates.${specialty}.${key}`, { defaultValue: t(`opinion.templates.default.${key}`) });
  return { ...words, ...Object.fromEntries(empty.map((key) => [key, line(key)])) };
}
