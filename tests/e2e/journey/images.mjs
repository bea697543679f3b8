// Images: what stands on the glass is read from the glass, not from the buttons.
import assert from 'node:assert/strict';
import { spoken } from '../lib/pages.mjs';

/** What the first pane shows now. */
export function glass(page) {
  return page.evaluate(() => {
    const canvas = document.querySelector('.dv-pane canvas[data-slice]');
    return canvas && { ...canvas.dataset };
  });
}

/** Waits until the glass shows what is wanted. */
export async function until(page, wanted, what) {
  const end = Date.now() + 60_000;
  let last;
  while (Date.now() < end) {
    last = await glass(page);
    if (last && wanted(last)) return last;
    await page.waitForTimeout(50);
  }
  return assert.fail(`${what}: the glass shows ${JSON.stringify(last)}`);
}

/** How much of the picture is neither black nor white: something is drawn. */
export function greys(page) {
  return page.evaluate(() => {
    const canvas = document.querySelector('.dv-pane canvas[data-slice]');
    const small = document.createElement('canvas');
    small.width = 64;
    small.height = 64;
    const context = small.getContext('2d');
    context.drawImage(canvas, 0, 0, 64, 64);
    const { data } = context.getImageData(0, 0, 64, 64);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) seen.add(data[i]);
    return seen.size;
  });
}

/** Chooses the series with so many images. */
export async function choose(page, count, lang = 'zh') {
  const t = spoken(lang);
  await page.getByRole('navigation', { name: t('viewer.series') }).getByRole('button').filter({ hasText: t('viewer.images', { count }) }).first().click();
  await until(page, (g) => g.slices === String(count), `a series of ${count}`);
}

/** Scroll, presets, invert, zoom, reset, compare: each changes what is on the glass. */
export async function handle(page, lang = 'zh') {
  const t = spoken(lang);
  const viewer = page.getByRole('group', { name: t('viewer.viewer') });
  await viewer.waitFor();
  await choose(page, 5, lang);
  await viewer.focus();
  await page.keyboard.press('Home');
  const first = await until(page, (g) => g.slice === '1', 'Home');
  assert.ok((await greys(page)) > 4, 'the picture is empty');
  await page.keyboard.press('ArrowDown');
  const second = await until(page, (g) => g.slice === '2', 'down');
  assert.notEqual(first.instance, second.instance);
  assert.notEqual(first.position, second.position);
  await page.getByRole('button', { name: t('viewer.preset.lung') }).click();
  const lung = await until(page, (g) => g.window !== second.window, 'lung window');
  await page.getByRole('button', { name: t('viewer.preset.mediastinum') }).click();
  await until(page, (g) => g.window !== lung.window, 'mediastinal window');
  await page.getByRole('button', { name: t('viewer.invert') }).click();
  await until(page, (g) => g.invert === 'true', 'invert');
  await viewer.focus();
  await page.keyboard.press('+');
  await until(page, (g) => Number(g.zoom) > 1, 'zoom');
  await page.getByRole('button', { name: t('viewer.reset') }).click();
  await until(page, (g) => g.invert === 'false' && g.zoom === '1.000', 'reset');
}

/** Two studies side by side scroll together by position. */
export async function compare(page, lang = 'zh') {
  const t = spoken(lang);
  await page.getByRole('button', { name: t('viewer.compare') }).click();
  await page.waitForFunction(() => document.querySelectorAll('.dv-pane canvas[data-slice]').length === 2);
  await page.getByRole('button', { name: t('viewer.compare') }).click();
  await page.waitForFunction(() => document.querySelectorAll('.dv-pane canvas[data-slice]').length === 1);
}
