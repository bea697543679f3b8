// A refused sign-in in words: while nothing can be saved a session cannot be opened either, and that is nobody's mistyped password.
import type { TFunction } from 'i18next';
import { isProblem } from '../../api/problem';
import { problemWords } from '../../ui/words';

export const signInWords = (error: unknown, t: TFunction, lang: string): string =>
  isProblem(error) && error.code.startsWith('store.') ? t(error.code === 'store.full' ? 'login.store_full' : 'login.store_read_only') : problemWords(error, t, lang);
