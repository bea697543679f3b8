// A refused sign-in in words: while nothing can be saved a session cannot be opened either, and that is nobody's mistyped password.
import type { TFunction } from 'i18next';
import { isProblem } from '../../api/problem';
import { problemWords } from '../../ui/words';

const WORDS = { 'store.full': 'login.store_full', 'store.read-only': 'login.store_read_only' } as const;

export const signInWords = (error: unknown, t: TFunction, lang: string): string =>
  isProblem(error) && error.code in WORDS ? t(WORDS[error.code as keyof typeof WORDS]) : problemWords(error, t, lang);
