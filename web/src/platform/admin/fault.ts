// What is wrong with a field, in the reader's words.
import type { TFunction } from 'i18next';
import type { Fault } from '../api';

export const faultWords = (fault: Fault, t: TFunction): string =>
  t(`admin.fault.${fault.code}`, { value: fault.value, bound: fault.bound, defaultValue: fault.code });

export const fieldWords = (field: string, t: TFunction): string => t(`admin.field.${field}`, { defaultValue: field });
