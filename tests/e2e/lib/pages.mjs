// How a person does things on our pages: by what they read, in either language.
import { words } from './words.mjs';

export const zh = words('zh');
export const en = words('en');
export const spoken = (lang) => (lang === 'en' ? en : zh);

/** Signs in through the form and stands before the inbox; `role` is chosen when there are several. */
export async function signIn(page, url, name, { lang = 'zh', role, password = 'consilium-demo' } = {}) {
  const t = spoken(lang);
  await page.goto(`${url}/login`);
  await page.getByLabel(t('login.name'), { exact: true }).fill(name);
  await page.getByLabel(t('login.password'), { exact: true }).fill(password);
  await page.getByRole('button', { name: t('login.sign_in'), exact: true }).click();
  if (role) await page.getByRole('button', { name: t(`login.role.${role}`) }).click();
  await page.waitForURL('**/inbox**');
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
}

/** Opens a case by its address. */
export async function openCase(page, url, id) {
  await page.goto(`${url}/cases/${id}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
}

/** Presses the button of a step; through "more" when it does not stand in front. */
export async function takeStep(page, step, t = zh) {
  const name = t(`consult_step.${step}`);
  const bar = page.getByRole('group', { name: t('steps.group') }).first();
  await bar.waitFor();
  const direct = bar.getByRole('button', { name });
  if (await direct.count()) return direct.first().click();
  await bar.getByRole('button', { name: t('steps.more') }).click();
  return page.getByRole('menuitem', { name }).click();
}

/** The state a case page shows. */
export async function waitForState(page, state, t = zh) {
  await page.getByText(t(`consult.state.${state}`), { exact: true }).first().waitFor();
}
