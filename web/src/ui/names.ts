// Names in the language of the reader. Codes travel; people and hospitals carry both of their names.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

interface Named { name: string; name_en?: string | null }
interface Titled extends Named { title?: string | null; title_en?: string | null }

const english = (lang: string) => lang.startsWith('en');

export const nameOf = (what: Named | null | undefined, lang: string): string =>
  what ? (english(lang) && what.name_en) || what.name : '';

export const titleOf = (who: Titled | null | undefined, lang: string): string =>
  who ? (english(lang) && who.title_en) || who.title || '' : '';

/** A patient: the name as written; in English the pinyin, because the reader may not read characters. */
export const patientNameOf = (patient: { name: string; pinyin?: string }, lang: string): string =>
  english(lang) && patient.pinyin ? patient.pinyin.replace(/(^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase()) : patient.name;

export function useNames() {
  const { t, i18n } = useTranslation();
  const lang = i18n.language;
  return useMemo(() => ({
    lang,
    name: (what: Named | null | undefined) => nameOf(what, lang),
    title: (who: Titled | null | undefined) => titleOf(who, lang),
    /** In words also when nobody knows who it is, and when it is nobody: a drill is marked wherever a patient is named. */
    patient: (patient: { name: string; pinyin?: string; drill?: boolean } | null | undefined) => {
      const name = (patient && patientNameOf(patient, lang)) || t('consult.unknown_patient');
      return patient?.drill ? t('patient.of_drill', { name }) : name;
    },
  }), [lang, t]);
}
