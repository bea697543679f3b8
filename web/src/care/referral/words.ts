// A refusal about a referral or a bed in the reader's language: its state, step and answer are not a consultation's.
import type { TFunction } from 'i18next';
import { isProblem, Problem } from '../../api/problem';
import { problemWords } from '../../ui/words';

const told = (value: unknown, key: string, t: TFunction): string => t(`${key}.${String(value)}`, { defaultValue: String(value) });

export function refusalWords(error: unknown, t: TFunction, lang: string): string {
  if (!isProblem(error) || !/^(referral|bed)\./.test(error.code)) return problemWords(error, t, lang);
  const { state, step, answer, why, field, item, what, ...rest } = error.params;
  const words: Record<string, unknown> = { ...rest };
  // Under names of their own: `state` and `step` are put into a consultation's words where all refusals are.
  if (state) words.where = told(state, 'referral.state', t);
  if (step) words.tried = told(step, 'referral.step', t);
  if (field) words.field = told(field, 'referral.field', t);
  if (item) words.item = told(item, 'referral.handover', t);
  if (what) words.did = told(String(what).replaceAll('.', '_'), 'act', t);
  if (rest.by === null || rest.by === undefined) words.by = t('act.system');
  words.why = why ? t('problem.because', { why: String(why) }) : '';
  const code = answer ? `${error.code}_${String(answer).replaceAll('-', '_')}` : error.code;
  return problemWords(new Problem(error.status, code, error.detail, words, error.requestId), t, lang);
}
