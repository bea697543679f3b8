// What is wrong with a field, in the reader's words.
import type { TFunction } from 'i18next';
import type { Fault, ImportKind } from '../api';

export const faultWords = (fault: Fault, t: TFunction): string =>
  t(`admin.fault.${fault.code}`, { value: fault.value, bound: fault.bound, defaultValue: fault.code });

/** The word for a field; a person's name is called otherwise than a hospital's. */
export const fieldWords = (field: string, t: TFunction, of?: ImportKind): string =>
  t(`admin.field.${of === 'people' && field === 'name' ? 'person_name' : of && of !== 'people' && field === 'name_en' ? 'name_en_hospital' : field}`, { defaultValue: field });
