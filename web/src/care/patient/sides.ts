// A patient's card as one side of a comparison.
import type { Difference, PatientCard, PatientInput, PersonShown } from '../../api/types';

export const shownOf = (card: PatientCard): PersonShown => ({ name: card.name, name_latin: card.pinyin, sex: card.sex, birth_date: card.birth_date ?? '', identifier: card.identifier.value ?? '' });
export const typedOf = (input: PatientInput): PersonShown => ({ name: input.name ?? '', sex: input.sex, birth_date: input.birth_date ?? '', identifier: input.identifier.value ?? '' });

/** In what somebody unknown differs from who it is said to be: only sex can, all else was not known. */
export const contradicts = (before: PersonShown, after: PersonShown): Difference[] => {
  const told = (sex: string) => sex === 'male' || sex === 'female';
  return told(before.sex) && told(after.sex) && before.sex !== after.sex ? ['sex'] : [];
};
