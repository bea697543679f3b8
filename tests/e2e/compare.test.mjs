// Three chest CTs of one person on three days, laid beside each other, measured, and a key image of it on the signed opinion.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { look } from './lib/look.mjs';
import { en, openCase, zh } from './lib/pages.mjs';
import { pdfWords, run, shellBlocks, unpack } from './lib/proof.mjs';
import { Server } from './lib/server.mjs';
import { attach, cast, emergency, newPatient, step, toWaiting } from './lib/story.mjs';

const python = process.env.E2E_PYTHON ?? path.resolve('../../target/venv/bin/python');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-compare-'));
const NOTE = '右下叶病灶 4 天内由 18 mm 增至 40 mm';
const OPINION = { findings: '三次胸部 CT 按位置对齐比较。', opinion: '病灶进行性增大。', advice: '转入 ICU。' };
let server;
let people;
let id;
let reader;
let asking;

before(async () => {
  server = await Server.start(folder);
  people = await cast(server.url);
  const patient = await newPatient(people.asking, '王小明', '1958-03-09');
  id = await emergency(people.asking, patient, '双肺病灶 4 天内增大，请对比三次胸部 CT');
  const made = spawnSync(python, ['dates.py', path.join(folder, 'ct'), '王小明', 'male', '1958-03-09', patient.passport], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  for (const day of ['0', '1', '2']) {
    for (const answer of await attach(people.asking, id, path.join(folder, 'ct', day))) assert.ok(answer.status < 300, JSON.stringify(answer.body));
  }
  await toWaiting(people, id);
  await step(people.specialist, id, 'start');
  const seat = async (name, seed, caller, lang) => {
    const browser = await open(folder, name, seed, { lang });
    const [cookie, value] = caller.cookie.split('=');
    await browser.context.addCookies([{ name: cookie, value, url: server.url, httpOnly: true }]);
    return browser;
  };
  reader = await seat('reader', 1, people.specialist, 'en-US');
  asking = await seat('asking', 2, people.asking, 'zh-CN');
  await reader.page.goto(`${server.url}/login`);
  await reader.page.evaluate(() => localStorage.setItem('lang', 'en'));
});

after(async () => {
  await reader?.close();
  await asking?.close();
  await server?.kill();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** What stands on each pane. */
const glasses = (page) => page.evaluate(() => [...document.querySelectorAll('.dv-pane canvas[data-slice]')].map((canvas) => ({ ...canvas.dataset })));

async function until(page, wanted, what) {
  const end = Date.now() + 60_000;
  let last;
  while (Date.now() < end) {
    last = await glasses(page);
    if (wanted(last)) return last;
    await page.waitForTimeout(60);
  }
  return assert.fail(`${what}: ${JSON.stringify(last)}`);
}

const places = (panes) => panes.map((pane) => Number(pane.position));
/** The table stands elsewhere each day and slices differ: the nearest slice is at most half a slice away. */
const aligned = (panes) => panes.length === 3 && places(panes).every((place) => Math.abs(place - places(panes)[2]) <= 2.5);
const measurements = (page) => page.locator('.dv-said').allInnerTexts();
const viewer = (page, t = en) => page.getByRole('group', { name: t('viewer.viewer') });

test('three dates stand in a row at the same place, and scroll together', { timeout: 600_000 }, async () => {
  const { page } = reader;
  await openCase(page, server.url, id);
  await page.getByRole('button', { name: en('consult.images_open') }).click();
  await until(page, (panes) => panes.length === 1, 'the first series');
  await page.getByRole('button', { name: en('consult.images_full') }).click();
  await viewer(page).focus();
  await page.keyboard.press('d');
  const row = await until(page, aligned, 'three panes at one place');
  assert.equal(new Set(row.map((pane) => pane.instance)).size, 3);
  const dates = await page.locator('.dv-pane .dv-corner.tl').allInnerTexts();
  for (const [at, date] of ['2020-02-02', '2020-02-04', '2020-02-06'].entries()) assert.ok(dates[at].includes(date), dates[at]);
  // The last day is the one in hand: 2.5 mm a slice.
  const before = places(row)[2];
  for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowDown');
  await until(page, (panes) => aligned(panes) && Number(panes[2].position) === before + 10, 'four slices on, all of them');
});

test('one is moved by hand, keeps its offset, and is aligned again', { timeout: 300_000 }, async () => {
  const { page } = reader;
  const before = places(await glasses(page));
  await page.keyboard.press(']');
  await page.keyboard.press(']');
  const moved = await until(page, (panes) => Number(panes[2].position) === before[2] + 5, 'the pane in hand alone');
  assert.deepEqual(places(moved).slice(0, 2), before.slice(0, 2));
  await page.keyboard.press('PageUp');
  const offset = (panes) => Number(panes[2].position) - Number(panes[1].position) - (before[2] + 5 - before[1]);
  await until(page, (panes) => Number(panes[2].position) === before[2] + 5 - 25 && Math.abs(offset(panes)) <= 2.5, 'together, apart as before');
  await page.getByRole('button', { name: en('viewer.align') }).click();
  await until(page, aligned, 'aligned again');
});

test('an ellipse says what pydicom says of its pixels', { timeout: 300_000 }, async () => {
  const { page } = reader;
  await viewer(page).focus();
  // The lesion's middle lies at -45 mm: the fifteenth slice of the last day.
  await page.keyboard.press('Home');
  for (let press = 0; press < 14; press += 1) await page.keyboard.press('ArrowDown');
  const panes = await until(page, (now) => now[2]?.slice === '15', 'slice 15');
  assert.equal(Number(panes[2].position), -45);
  await page.keyboard.press('e');
  await page.keyboard.press('Enter');
  const press = async (keys, times) => { for (let at = 0; at < times; at += 1) await page.keyboard.press(keys); };
  // From the middle of the picture to the lesion; by keys, so that the places are known to the pixel.
  await press('Shift+ArrowRight', 6);
  await press('ArrowUp', 1);
  await press('Shift+Tab', 1);
  await press('Shift+ArrowRight', 10);
  await press('Shift+ArrowDown', 5);
  await press('ArrowDown', 2);
  await press('Enter', 1);
  const [x0, y0, x1, y1] = [512 * 0.42 + 100, 512 * 0.42 + 52, 512 * 0.58 + 60, 512 * 0.58 - 1];
  const file = path.join(folder, 'ct', '2', '14.dcm');
  const told = JSON.parse(run(python, ['ellipse.py', file, x0, y0, x1, y1].map(String)));
  assert.equal(told.instance, panes[2].instance);
  const [said] = await measurements(page);
  const [mean, sd, min, max, area] = said.match(/-?\d+(\.\d+)?/g).map(Number);
  assert.ok(Math.abs(mean - told.mean) <= 0.05 && Math.abs(sd - told.sd) <= 0.05, `${said}; pydicom ${JSON.stringify(told)}`);
  assert.deepEqual([min, max], [told.min, told.max], said);
  assert.ok(Math.abs(area - told.area) <= 0.05, `${said}; ${told.area}`);
  assert.ok(said.includes('HU') && said.includes('mm²'), said);
});

test('a length by the mouse, and its undoing', { timeout: 300_000 }, async () => {
  const { page } = reader;
  await viewer(page).focus();
  await page.keyboard.press('l');
  const box = await page.locator('.dv-glass').nth(2).boundingBox();
  const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(0.2, 0.45));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.45), { steps: 6 });
  await page.mouse.up();
  const both = async () => (await page.locator('.dv-said li').allInnerTexts()).length;
  await page.waitForFunction(() => document.querySelectorAll('.dv-said li').length === 2);
  // The picture fits the pane's width: 0.3 of it is 0.3 of 512 pixels of 0.7 mm.
  const said = (await page.locator('.dv-said li').allInnerTexts())[1];
  const length = Number(said.match(/\d+\.\d/)[0]);
  assert.ok(Math.abs(length - 0.3 * 512 * 0.7) < 3, said);
  await viewer(page).focus();
  await page.keyboard.press('Control+z');
  await page.waitForFunction(() => document.querySelectorAll('.dv-said li').length === 1);
  assert.equal(await both(), 1);
  await look(page, 'compare-en-1440');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: en('viewer.help') }).waitFor();
  await look(page, 'viewer-help-en-1440');
  await page.keyboard.press('Escape');
});

test('it becomes a key image of the opinion, which is signed', { timeout: 600_000 }, async () => {
  const { page } = reader;
  await viewer(page).focus();
  await page.keyboard.press('k');
  await page.getByText(en('viewer.key_image_kept')).waitFor();
  await page.getByRole('button', { name: en('consult.images_less') }).click();
  const kept = page.waitForResponse((response) => response.request().method() === 'PUT' && response.url().includes('/api/drafts/key-image/') && response.ok());
  await page.getByLabel(en('opinion.image_note', { number: 1 })).fill(NOTE);
  for (const [key, words] of Object.entries(OPINION)) await page.getByLabel(en(`opinion.${key}`), { exact: true }).fill(words);
  await kept;
  await page.waitForTimeout(2500);
  await page.reload();
  await page.getByLabel(en('opinion.image_note', { number: 1 })).waitFor();
  assert.equal(await page.getByLabel(en('opinion.image_note', { number: 1 })).inputValue(), NOTE, 'its words after a reload');
  await look(page, 'opinion-key-image-en-1440');
  await page.getByRole('button', { name: en('opinion.sign'), exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(en('opinion.password')).fill('consilium-demo');
  await dialog.getByRole('button', { name: en('opinion.sign'), exact: true }).click();
  await page.locator('.keyimages.signed img').waitFor();
  const { drafts } = await people.specialist.get('/api/drafts/key-image');
  assert.deepEqual(drafts, [], 'the draft became part of the opinion');
});

test('the sheet shows it, the signature covers it', { timeout: 300_000 }, async (context) => {
  const pdf = await people.asking.get(`/api/consults/${id}/opinion.pdf`);
  const words = pdfWords(pdf, folder);
  for (const wanted of [NOTE, '2020-02-06', 'CT', '15/24', 'W1500L-600']) assert.ok(words.includes(wanted.replace(/\s+/g, '')), `the sheet lacks ${wanted}`);
  const evidence = path.join(folder, 'evidence');
  const held = unpack(await people.asking.get(`/api/consults/${id}/opinion/evidence`), evidence);
  assert.ok(held.includes('key-image-1.png'), held.join(' '));
  const png = fs.readFileSync(path.join(evidence, 'key-image-1.png'));
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const listed = run('pdfimages', ['-list', path.join(folder, 'opinion.pdf')]);
  assert.match(listed, new RegExp(`image +${width} +${height} `), listed);
  const { images } = await people.asking.get(`/api/consults/${id}/opinion`);
  assert.equal(images.length, 1);
  assert.equal(images[0].view.marks.length, 1);
  assert.deepEqual(Buffer.from(await people.asking.get(`/api/consults/${id}/opinion/images/${images[0].id}`)), png, 'another picture than the signed one');
  const script = ['set -euo pipefail', ...shellBlocks(path.resolve('../../docs/SIGNATURES.md'))].join('\n').replace(/^\$ /gm, '');
  const verify = () => run('bash', ['-c', script], { cwd: evidence });
  context.diagnostic(verify().trim().split('\n').join(' | '));
  const touched = Buffer.from(png);
  touched[touched.length - 20] ^= 1;
  fs.writeFileSync(path.join(evidence, 'key-image-1.png'), touched);
  assert.throws(verify, undefined, 'another picture verifies');
});

test('who asked opens it in the viewer by a press', { timeout: 300_000 }, async () => {
  const { page } = asking;
  const { images: [image] } = await people.asking.get(`/api/consults/${id}/opinion`);
  await openCase(page, server.url, id);
  await page.getByRole('button', { name: zh('opinion.image_open', { number: 1 }) }).click();
  const [shown] = await until(page, (panes) => panes.length === 1 && panes[0].instance === image.instance, 'the key image');
  assert.equal(shown.window, '-600/1500');
  await page.locator('.dv-said li').first().waitFor({ state: 'attached' });
  assert.equal((await page.locator('.dv-said li').allInnerTexts()).length, 1, 'with its measurement');
  await look(page, 'opinion-key-image-zh-1440');
  assert.deepEqual([...reader.faults, ...asking.faults].filter((f) => !/status of 404|sha256-47DEQpj8HBSa/.test(f)), []);
});
