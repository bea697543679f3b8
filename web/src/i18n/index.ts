// Two languages, switchable at any moment. Words live in zh/<slice>.ts and en/<slice>.ts and are keyed `slice.word`;
// a new slice adds its two files and nothing here. The other language is fetched when somebody switches.
import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';

export type Lang = 'zh-CN' | 'en';
type Words = Record<string, unknown>;

const load: Record<Lang, () => Promise<{ words: Words }>> = {
  'zh-CN': () => import('./zh/all'),
  en: () => import('./en/all'),
};

/** As chosen here before; else as the installation begins; else as the browser speaks. */
async function wanted(): Promise<Lang> {
  try {
    const kept = localStorage.getItem('lang');
    if (kept === 'zh-CN' || kept === 'en') return kept;
  } catch { /* storage may be forbidden */ }
  const door = await fetch('/api/door', { signal: AbortSignal.timeout(1500) }).then((answer) => answer.json() as Promise<{ language?: string }>).catch(() => null);
  if (door?.language === 'zh-CN' || door?.language === 'en') return door.language;
  return navigator.language.startsWith('zh') || !navigator.language ? 'zh-CN' : 'en';
}

async function learn(lang: Lang): Promise<void> {
  if (i18n.hasResourceBundle(lang, 'translation')) return;
  i18n.addResourceBundle(lang, 'translation', (await load[lang]()).words);
}

function dress(lang: Lang): void {
  document.documentElement.lang = lang;
  dayjs.locale(lang === 'en' ? 'en' : 'zh-cn');
}

export async function startI18n(): Promise<void> {
  const lng = await wanted();
  await i18n.use(initReactI18next).init({ lng, fallbackLng: false, resources: {}, interpolation: { escapeValue: false }, returnNull: false });
  await learn(lng);
  dress(lng);
  await i18n.changeLanguage(lng);
}

export async function switchLanguage(lang: Lang): Promise<void> {
  await learn(lang);
  dress(lang);
  try { localStorage.setItem('lang', lang); } catch { /* then only for this page */ }
  await i18n.changeLanguage(lang);
}

export const currentLang = (): Lang => (i18n.language === 'en' ? 'en' : 'zh-CN');
export { i18n };
