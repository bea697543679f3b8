// A refusal in the reader's language: by its code, with its facts; the server's own words where we have none.
import type { TFunction } from 'i18next';
import { isProblem } from '../api/problem';
import { nameOf } from './names';
import { clockTime } from './time';

type Facts = Record<string, unknown>;

/** Turns the facts of a problem into words that fit a sentence: people by name, instants by the clock, codes by their words. */
function facts(params: Facts, t: TFunction, lang: string): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [key, value] of Object.entries(params)) {
    if (value && typeof value === 'object' && 'name' in value) said[key] = nameOf(value as { name: string; name_en?: string }, lang);
    else if (typeof value === 'string' && (key === 'at' || key === 'until' || key === 'start')) said[key] = clockTime(value, lang);
    else if (key === 'state') said[key] = t(`consult.state.${String(value)}`, { defaultValue: String(value) });
    else if (key === 'name' && typeof params.name_en === 'string') said[key] = nameOf({ name: String(value), name_en: params.name_en }, lang);
    else if (key === 'what' && String(value).includes('.')) said[key] = t(`act.${String(value).replaceAll('.', '_')}`, { defaultValue: String(value) });
    else if (key === 'step' || (key === 'what' && params.by)) said[key] = t(`consult_step.${String(value).replaceAll('_', '-')}`, { defaultValue: String(value) });
    else if (typeof value === 'string' || typeof value === 'number') said[key] = String(value);
  }
  return said;
}

export function problemWords(error: unknown, t: TFunction, lang: string): string {
  if (!isProblem(error)) return t('problem.unknown');
  const said = facts(error.params, t, lang);
  const variant = typeof error.params.what === 'string' ? t(`problem.${error.code.replaceAll('.', '_')}_${error.params.what}`, { ...said, defaultValue: '' }) : '';
  return variant || t(`problem.${error.code.replaceAll('.', '_')}`, { ...said, defaultValue: error.detail || t('problem.status', { status: error.status }) });
}
