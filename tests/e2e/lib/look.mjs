// Looking at a screen: a picture of it, axe's opinion of it, and what a picky eye would see: text that runs out of its box or
// off the side, targets too small for a finger, words that nobody meant to show.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env.E2E_SCREENS
  ?? path.join(process.env.E2E_OUT ?? path.resolve(import.meta.dirname, '../../../target/e2e'), 'screens');

export const SIZES = { 1440: { width: 1440, height: 900 }, 390: { width: 390, height: 844 } };
/** The screen on the wall of a command centre. */
export const WALL = { width: 1920, height: 1080 };
/** What a thumb needs to hit the thing one came for. */
const MAIN_TARGET_PX = 44;

/** Takes a picture of the page as it is now. */
export async function shot(page, name) {
  fs.mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

/** What axe finds that hurts somebody: serious and critical, by WCAG 2.2 AA, target sizes included. */
export async function axeFaults(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const found = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'],
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
    return [...text.matchAll(/\b(undefined|NaN|null|\[object Object\]|Invalid Date)\b|\b(?:consult|steps|ui|login|inbox|request|assign|room|opinion|attach|viewer|figures|act|draft|patient|record|case|outbreak|command|public)(?:_\w+)?\.[a-z_]+(?:\.[a-z_-]+)*\b|\{\{\w+\}\}/g)].map((m) => m[0]);
  });
}

/** Text that runs out of the box it stands in, and lies over its neighbour. */
export function spills(page) {
  return page.evaluate(() => [...document.body.querySelectorAll('*')].filter((one) => {
    for (let up = one; up; up = up.parentElement) if (getComputedStyle(up).clipPath !== 'none') return false;
    if (!one.firstChild || [...one.childNodes].every((node) => node.nodeType !== Node.TEXT_NODE || !node.textContent.trim())) return false;
    const style = getComputedStyle(one);
    if (style.display === 'inline' || style.visibility === 'hidden' || style.overflowX !== 'visible' || one.closest('svg, [aria-hidden=true]')) return false;
    return one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1;
  }).map((one) => `${one.tagName.toLowerCase()}.${one.className} "${one.textContent.trim().slice(0, 30)}" ${one.scrollWidth} in ${one.clientWidth}`));
}

/** On a phone: the buttons one came for, and whether a thumb hits them. */
export function smallMains(page) {
  return page.evaluate((least) => [...document.querySelectorAll('.ant-btn-lg, .ant-btn-primary:not(.ant-btn-sm), .ctl, .tabbar a, .casetabs button, .card')].flatMap((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.height < least - 0.5 || box.width < least - 0.5) ? [`${one.className.split(' ')[0]} "${one.textContent.trim().slice(0, 20)}" ${Math.round(box.width)}x${Math.round(box.height)}`] : [];
  }), MAIN_TARGET_PX);
}

/** All of it, as a list of what is wrong. */
export async function faults(page, name) {
  await page.waitForTimeout(250);
  await shot(page, name);
  const wide = await overflow(page);
  const narrow = page.viewportSize().width < 820;
  return [
    ...await axeFaults(page),
    ...(wide > 0 ? [`runs off its side by ${wide} px`] : []),
    ...(await strayWords(page)).map((word) => `stray word ${word}`),
    ...(await spills(page)).map((one) => `runs out of its box: ${one}`),
    ...(narrow ? await smallMains(page) : []).map((one) => `too small for a thumb: ${one}`),
  ].map((fault) => `${name}: ${fault}`);
}

/** The same, and a failure when there is any. */
export async function look(page, name) {
  assert.deepEqual(await faults(page, name), []);
}
