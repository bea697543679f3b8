// Looking at a screen: a picture of it, axe's opinion of it, and whether it runs off its side.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env.E2E_SCREENS
  ?? path.join(process.env.E2E_OUT ?? path.resolve(import.meta.dirname, '../../../target/e2e'), 'screens');

export const SIZES = { 1440: { width: 1440, height: 900 }, 390: { width: 390, height: 844 } };

/** Takes a picture of the page as it is now. */
export async function shot(page, name) {
  fs.mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

/** What axe finds that hurts somebody: serious and critical, by WCAG 2.2 AA. */
export async function axeFaults(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const found = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'],
    });
    return found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => {
      const where = v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? n.all[0]?.message ?? ''}`);
      return `${v.impact} ${v.id}: ${where.join(' | ')}`;
    });
  });
}

/** How many pixels the page is wider than its window. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Words that stand on a screen by mistake: keys without a translation, values nobody meant to show. */
export function strayWords(page) {
  return page.evaluate(() => {
    const text = document.body.innerText;
    return [...text.matchAll(/\b(undefined|NaN|null|\[object Object\]|Invalid Date)\b|\b(?:consult|steps|ui|login|inbox|assign|room|opinion|attach|viewer|figures)(?:_\w+)?\.[a-z_]+(?:\.[a-z_-]+)*\b/g)].map((m) => m[0]);
  });
}

/** All of it: picture, axe, side, words. */
export async function look(page, name) {
  await page.waitForTimeout(400);
  await shot(page, name);
  assert.deepEqual(await axeFaults(page), [], `${name}: axe`);
  assert.ok((await overflow(page)) <= 0, `${name}: runs off its side by ${await overflow(page)} px`);
  assert.deepEqual(await strayWords(page), [], `${name}: stray words`);
}
