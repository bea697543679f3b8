// A refusal that stands within an answer, in words.
import type { TFunction } from 'i18next';
import { Problem } from '../../api/problem';
import { problemWords } from '../../ui/words';

export function refusalWords(refused: unknown, t: TFunction, lang: string): string {
  const said = (refused ?? {}) as { status?: number; code?: string; title?: string; detail?: string; params?: Record<string, unknown> };
  return problemWords(new Problem(said.status ?? 0, said.code ?? 'unknown', said.detail ?? said.title ?? '', said.params ?? {}), t, lang);
}
