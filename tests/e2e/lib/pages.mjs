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
  // The form's own list of accounts names roles too, and stands a moment longer.
  if (role) await page.locator('ul.roles').getByRole('button', { name: t(`login.role.${role}`) }).click();
  await page.waitForURL('**/inbox**');
  // The address changes before the page does, by seconds on a slow line; keys are heard from when the frame around the page is there.
  await page.getByRole('navigation', { name: t('ui.nav'), exact: true }).waitFor({ state: 'attached' });
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
}

/** Goes to an address of the app as a link in it does: the page stays loaded, with all that it holds. */
export async function goWithin(page, where) {
  await page.evaluate((to) => {
    history.pushState({}, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, where);
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
  const item = page.getByRole('menuitem', { name });
  if (await item.waitFor({ timeout: 5_000 }).then(() => true, () => false)) return item.click();
  // The case came anew meanwhile, and the step stands in front now.
  await page.keyboard.press('Escape');
  return direct.first().click();
}

/** The state a case page shows. */
export async function waitForState(page, state, t = zh) {
  await page.getByText(t(`consult.state.${state}`), { exact: true }).first().waitFor();
}

/**
 * Goes to the room and enters with camera and microphone. With `timed` it waits for the first frame of somebody else and gives
 * the milliseconds from the press of the button; `within` goes there without loading the page anew.
 */
export async function enterRoom(page, url, id, { lang = 'zh', timed = false, within = false } = {}) {
  const t = spoken(lang);
  await (within ? goWithin(page, `/cases/${id}/room`) : page.goto(`${url}/cases/${id}/room`));
  // The page one comes from may have a button of the same words.
  await page.getByRole('region', { name: t('room.check') }).waitFor();
  const enter = page.getByRole('button', { name: t('room.enter') });
  await page.waitForFunction((label) => [...document.querySelectorAll('button')].some((b) => b.innerText.includes(label) && !b.disabled), t('room.enter'));
  if (!timed) {
    await enter.click();
    await page.getByRole('list', { name: t('room.people') }).waitFor();
    return undefined;
  }
  return page.evaluate((label) => new Promise((done, fail) => {
    const button = [...document.querySelectorAll('button')].find((b) => b.innerText.includes(label));
    const begun = performance.now();
    const seen = new WeakSet();
    const look = () => {
      for (const video of document.querySelectorAll('li.face video')) {
        if (video.muted || seen.has(video)) continue;
        seen.add(video);
        video.requestVideoFrameCallback(() => done(performance.now() - begun));
      }
      if (performance.now() - begun > 15_000) fail(new Error('no frame of anybody within 15 s'));
      else requestAnimationFrame(look);
    };
    button.click();
    look();
  }), t('room.enter'));
}
