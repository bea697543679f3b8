// A signed opinion was wrong: its signer amends it, both versions stay readable, who asked is told at once, and whoever holds a print
// learns from its code which version it is, and not whose.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { look, SIZES } from './lib/look.mjs';
import { openCase, spoken, waitForState, zh } from './lib/pages.mjs';
import { pdfWords } from './lib/proof.mjs';
import { Server } from './lib/server.mjs';
import { scanned } from './lib/sheet.mjs';
import { cast, emergency, newPatient, step, toWaiting } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-amend-'));
const PATIENT = '秦不言';
const PASSWORD = 'consilium-demo';
const WRONG = '吗啡 10 mg 静脉注射';
const RIGHT = '吗啡 1 mg 静脉注射';
const REASON = '剂量笔误，原写 10 mg';
const words = { findings: '意识清，疼痛评分 8 分', opinion: '急性胸膜炎', advice: WRONG };
let server;
let people;
let patient;
let id;
let signer;
let asking;
let holder;
const sheets = {};

before(async () => {
  server = await Server.start(folder);
  people = await cast(server.url);
  patient = await newPatient(people.asking, PATIENT);
  id = await emergency(people.asking, patient, '胸痛，能否使用吗啡');
  await toWaiting(people, id);
  await step(people.specialist, id, 'start');
  await step(people.specialist, id, 'opinion', { ...words, password: PASSWORD });
  const seat = async (name, seed, caller, lang) => {
    const browser = await open(folder, name, seed, { lang });
    if (caller) {
      const [cookie, value] = caller.cookie.split('=');
      await browser.context.addCookies([{ name: cookie, value, url: server.url, httpOnly: true }]);
      await browser.page.goto(`${server.url}/login`);
      await browser.page.evaluate((l) => localStorage.setItem('lang', l), lang);
    }
    return browser;
  };
  signer = await seat('signer', 1, people.specialist, 'zh-CN');
  asking = await seat('asking', 2, people.asking, 'zh-CN');
  // Whoever holds a print has never signed in.
  holder = await seat('holder', 3, null, 'zh-CN');
});

after(async () => {
  for (const person of [signer, asking, holder]) await person?.close();
  await server?.kill();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Every size and language of the page as it stands. */
async function looked(page, name, { go }) {
  for (const lang of ['zh', 'en']) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await go(lang);
      await look(page, `${name}-${lang}-${size}`);
    }
  }
  await page.setViewportSize(SIZES[1440]);
}

const inApp = (page) => async (lang) => {
  await page.evaluate((l) => localStorage.setItem('lang', l), lang === 'en' ? 'en' : 'zh-CN');
  await page.goto(`${server.url}/cases/${id}?tab=opinion`);
  await page.getByRole('region', { name: spoken(lang)('opinion.versions') }).waitFor();
};

test('who asked reads the first version and answers it', { timeout: 300_000 }, async () => {
  const { page } = asking;
  await openCase(page, server.url, id);
  await page.getByText(WRONG).first().waitFor();
  await waitForState(page, 'delivered');
  await step(people.asking, id, 'answer', { answer: 'adopted' });
  await waitForState(page, 'acknowledged');
  assert.equal(await page.getByRole('button', { name: zh('opinion.amend'), exact: true }).count(), 0, 'only its signer amends it');
  sheets[1] = Buffer.from(await people.asking.get(`/api/consults/${id}/opinion.pdf`));
});

test('its signer amends it, with a reason and the password', { timeout: 450_000 }, async () => {
  const { page } = signer;
  await openCase(page, server.url, id);
  await page.getByRole('button', { name: zh('opinion.amend'), exact: true }).click();
  const advice = page.getByLabel(zh('opinion.advice'), { exact: true });
  assert.equal(await advice.inputValue(), WRONG, 'it begins with the words of the version before');
  const sign = page.getByRole('button', { name: zh('opinion.sign') });
  assert.ok(await sign.isDisabled(), 'the same words are no amendment');
  await page.getByText(zh('opinion.unchanged')).waitFor();
  await advice.fill(RIGHT);
  await sign.click();
  const dialog = page.getByRole('dialog', { name: zh('opinion.amend_title') });
  await dialog.locator('del').filter({ hasText: '0' }).waitFor();
  const confirm = dialog.getByRole('button', { name: zh('opinion.sign') });
  await dialog.getByLabel(zh('opinion.password')).fill(PASSWORD);
  assert.ok(await confirm.isDisabled(), 'nothing is amended without a reason');
  await dialog.getByLabel(zh('opinion.amend_reason')).fill(REASON);
  await look(page, 'opinion-amend-zh-1440');
  await dialog.getByLabel(zh('opinion.password')).fill('not my password');
  await confirm.click();
  await dialog.getByText(zh('problem.opinion_wrong_password')).waitFor();
  await dialog.getByLabel(zh('opinion.password')).fill(PASSWORD);
  await confirm.click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText(zh('opinion.version_latest', { n: 2 })).waitFor();
  await page.getByText(RIGHT).first().waitFor();
  sheets[2] = Buffer.from(await people.specialist.get(`/api/consults/${id}/opinion.pdf`));
});

test('who asked is told without asking, finds both versions, and answers again', { timeout: 600_000 }, async () => {
  const { page } = asking;
  // The page has been open since before.
  await page.getByText(zh('opinion.version_latest', { n: 2 })).waitFor();
  await page.getByText(RIGHT).first().waitFor();
  await waitForState(page, 'delivered');
  const shown = page.getByRole('region', { name: zh('opinion.versions') });
  await shown.getByText(REASON).waitFor();
  assert.ok((await shown.locator('del').allInnerTexts()).join('').includes('0'), 'what was taken out is marked');
  await page.getByRole('button', { name: /\d/ }).filter({ has: page.locator('.anticon-bell') }).click();
  await page.getByRole('dialog').getByText(zh('act.opinion_amend_version', { version: 2 })).first().waitFor();
  await page.keyboard.press('Escape');
  await shown.getByText(zh('opinion.version_old', { n: 1 }), { exact: true }).click();
  await page.getByText(WRONG).first().waitFor();
  await shown.getByRole('status').waitFor();
  const { latest, advice } = await people.asking.get(`/api/consults/${id}/opinion?version=1`);
  assert.deepEqual([latest, advice], [false, WRONG]);
  const link = page.getByRole('link', { name: zh('opinion.pdf') });
  assert.match(await link.getAttribute('href'), /version=1$/, 'the old version opens its own sheet');
  assert.deepEqual(Buffer.from(await people.asking.get(`/api/consults/${id}/opinion.pdf?version=1`)), sheets[1], 'what was signed is untouched');
  await looked(page, 'opinion-versions', { go: inApp(page) });
  await step(people.asking, id, 'answer', { answer: 'adopted' });
});

test('the sheet of the second version says what it replaces and why', { timeout: 300_000 }, () => {
  const [first, second] = [1, 2].map((version) => pdfWords(sheets[version], folder));
  const flat = (text) => text.replace(/\s+/g, '');
  assert.ok(first.includes(flat(WRONG)) && !first.includes(flat(REASON)));
  assert.ok(second.includes(flat(RIGHT)) && second.includes(flat(REASON)) && second.includes(PATIENT), second);
});

test('a camera reads the code, and the page behind it says which is the latest, and not whose', { timeout: 600_000 }, async () => {
  const { page } = holder;
  const addresses = [1, 2].map((version) => scanned(sheets[version]));
  assert.notEqual(addresses[0], addresses[1], 'each version has a code of its own');
  for (const address of addresses) assert.match(address.slice(server.url.length), /^\/verify\/[0-9a-f]{32}$/, address);
  const { number } = await people.asking.get(`/api/consults/${id}`);
  const secrets = [PATIENT, '不言', patient.passport, patient.id, id, number, words.findings, words.opinion, WRONG, RIGHT, REASON, '胸痛'];
  const silent = async () => {
    const html = await page.content();
    for (const secret of secrets) assert.ok(!html.includes(secret), `the page says ${secret}`);
  };
  const said = { zh: ['真实，但已被第 2 版替代', '真实，且为最新版本'], en: ['Genuine, but replaced by version 2', 'Genuine, and the latest version'] };
  for (const [at, address] of addresses.entries()) {
    await looked(page, `verify-${at + 1}`, {
      go: async (lang) => {
        const answer = await page.goto(`${address}?lang=${lang}`);
        assert.equal(answer.status(), 200);
        await page.getByRole('heading', { level: 1, name: said[lang][at], exact: true }).waitFor();
        await silent();
      },
    });
    const { signature } = await people.asking.get(`/api/consults/${id}/opinion?version=${at + 1}`);
    const printed = signature.content_sha256.slice(0, 16);
    assert.ok(pdfWords(sheets[at + 1], folder).includes(printed), 'the check code is printed');
    await page.getByRole('textbox').fill(printed.match(/.{4}/g).join(' ').toUpperCase());
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('status').filter({ hasText: 'Same' }).waitFor();
    // The file itself, compared on the device of whoever holds it.
    for (const version of [1, 2]) {
      const file = path.join(folder, `sheet-${version}.pdf`);
      fs.writeFileSync(file, sheets[version]);
      await page.getByLabel('Check a PDF file').setInputFiles(file);
      await page.getByText(version === at + 1 ? /^Same: the file has not been changed/ : /^Different: not the original file/).waitFor();
    }
    await silent();
  }
  const unknown = await page.goto(`${server.url}/verify/${'0'.repeat(32)}?lang=en`);
  assert.equal(unknown.status(), 404);
  await page.getByRole('heading', { level: 1, name: 'Not known here' }).waitFor();
  assert.equal((await holder.context.cookies()).length, 0, 'the page sets no cookie');
});

test('nothing went wrong on the way', () => {
  const faults = [...signer.faults, ...asking.faults, ...holder.faults].filter((fault) => !/status of 40[34]/.test(fault));
  assert.deepEqual(faults, []);
  assert.ok(!server.log().includes(PATIENT), 'no name in the log');
});
