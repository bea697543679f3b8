// The command page: from a number to its rule, from the rule to its cases, from a case to its page; live; and the wall.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { look, SIZES } from './lib/look.mjs';
import { spoken } from './lib/pages.mjs';
import { pdfWords } from './lib/proof.mjs';
import { Caller, Server } from './lib/server.mjs';
import { cast, emergency, newPatient } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-command-'));
const WALL = { width: 1920, height: 1080 };
const browsers = {};
const callers = {};
let server;
let people;

before(async () => {
  server = await Server.start(folder);
  people = await cast(server.url);
  for (const [name, who] of [['command', 'gao.yuan'], ['dispatcher', 'chen.tao']]) {
    callers[name] = await Caller.signIn(server.url, who);
    const browser = await open(folder, name, Object.keys(browsers).length + 1);
    const [cookie, value] = callers[name].cookie.split('=');
    await browser.context.addCookies([{ name: cookie, value, url: server.url, httpOnly: true }]);
    browsers[name] = browser;
  }
});

after(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  await server?.kill();
});

async function at(who, where, lang, viewport = SIZES['1440']) {
  const { page } = browsers[who];
  await page.setViewportSize(viewport);
  await page.goto(`${server.url}/login`);
  await page.evaluate((l) => localStorage.setItem('lang', l), lang === 'en' ? 'en' : 'zh-CN');
  await page.goto(server.url + where);
  await page.locator('.counter .value').first().waitFor();
  return page;
}

const counted = (page, code) => page.locator(`.counter.${code} .value`).evaluate((b) => Number(b.firstChild.textContent));
const figure = async (who, code) => (await callers[who].get('/api/network/overview')).figures.find((one) => one.code === code);

test('a number opens to its rule, its cases, and down to a case', { timeout: 450_000 }, async () => {
  const t = spoken('zh');
  const page = await at('dispatcher', '/command', 'zh');
  const { value, rule, query } = await figure('dispatcher', 'waiting');
  assert.equal(await counted(page, 'waiting'), value);
  await page.getByRole('button', { name: new RegExp(t('command.figure.waiting')) }).first().click();
  const opened = page.getByRole('region', { name: t('command.figure.waiting') });
  await opened.getByText(rule.text.zh).waitFor();
  await opened.getByText(t('command.version', { code: rule.code, version: rule.version })).waitFor();
  await opened.getByText(query).waitFor();
  await opened.locator('.caselist li').first().waitFor();
  assert.equal(await opened.locator('.caselist li').count(), value, 'as many cases as the number says');
  const first = opened.locator('.caselist a').first();
  const number = await first.locator('.mono').innerText();
  await first.click();
  await page.waitForURL('**/cases/**');
  await page.getByText(number).first().waitFor();
});

test('command staff see numbers and rules, and no case', { timeout: 450_000 }, async () => {
  const t = spoken('zh');
  const page = await at('command', '/command?open=consulted', 'zh');
  await page.getByText((await figure('command', 'consulted')).rule.text.zh).waitFor();
  await page.getByText(t('command.figures_only')).waitFor();
  assert.equal(await page.locator('.caselist').count(), 0);
  assert.equal((await callers.command.send('GET', '/api/network/cases?figure=consulted')).status, 404);
});

test('what happens in the province is on the screen by itself', { timeout: 450_000 }, async () => {
  const page = await at('command', '/command', 'zh');
  const before = await counted(page, 'waiting');
  const patient = await newPatient(people.asking, '指挥测试');
  await emergency(people.asking, patient, '测试：指挥页实时更新');
  await page.waitForFunction((n) => Number(document.querySelector('.counter.waiting .value').firstChild.textContent) === n, before + 1, { timeout: 60_000 });
  await page.locator('.waiting li.emergency').getByText('光山县人民医院').waitFor();
});

test('free beds stand on the page and on the wall, and open to where they are', { timeout: 450_000 }, async () => {
  const t = spoken('zh');
  const page = await at('command', '/command', 'zh');
  const board = await callers.command.get('/api/beds?region=true&counts=true');
  const { icu } = board.totals;
  assert.ok(icu.free + icu.held + icu.taken > 0 && board.hospitals.every(({ wards }) => wards.every((ward) => ward.beds.length === 0)), 'counts alone');
  const line = page.getByRole('list', { name: t('command.beds') });
  await line.getByText(t('command.beds_free', { n: icu.free })).first().waitFor();
  await line.getByRole('button', { name: t('command.beds_icu') }).click();
  const opened = page.getByRole('region', { name: t('command.beds_icu') });
  await opened.locator('.caselist li').first().waitFor();
  const listed = await opened.locator('.caselist li b').allInnerTexts();
  assert.equal(listed.reduce((sum, text) => sum + Number(text.replace(/\D/g, '')), 0), icu.free, 'the list is the number');
  await look(page, 'command-beds-zh-1440');
  await page.keyboard.press('Escape');
  await opened.waitFor({ state: 'detached' });
});

test('a service report goes out as a paper, in either language', { timeout: 450_000 }, async () => {
  const { page } = browsers.command;
  await page.goto(`${server.url}/reports`);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PDF' }).click()]);
  const file = path.join(process.env.E2E_OUT ?? path.resolve(import.meta.dirname, '../../target/e2e'), 'service-report.pdf');
  await download.saveAs(file);
  assert.equal(download.suggestedFilename(), 'service-report.pdf');
  const words = pdfWords(fs.readFileSync(file), folder);
  for (const part of ['会诊服务报告', '按申请医院', '光山县人民医院', '合计']) assert.ok(words.includes(part), `${part}: ${words}`);
  const english = pdfWords(Buffer.from(await callers.command.get('/api/service/report.csv?by=expert&format=pdf&lang=en')), folder);
  assert.ok(english.includes('Servicereport') && english.includes('Total') && !english.includes('[U+'), english);
});

test('the list says what the map says, by keyboard', { timeout: 450_000 }, async () => {
  const t = spoken('en');
  const page = await at('command', '/command', 'en');
  await page.getByRole('button', { name: t('command.as_list') }).press('Enter');
  const { hospitals } = await callers.command.get('/api/network/overview');
  assert.equal(hospitals.length, 126);
  await page.locator('.hospitals li').nth(125).waitFor();
  await page.getByRole('button', { name: /Lushi County People's Hospital/ }).press('Enter');
  await page.getByRole('region', { name: "Lushi County People's Hospital" }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: t('command.who_waits') }).waitFor();
});

test('the wall needs nobody, and says so when its session has ended', { timeout: 600_000 }, async () => {
  const t = spoken('zh');
  const wall = await Caller.signIn(server.url, 'gao.yuan');
  const browser = await open(folder, 'wall', 7, WALL);
  try {
    const [cookie, value] = wall.cookie.split('=');
    await browser.context.addCookies([{ name: cookie, value, url: server.url, httpOnly: true }]);
    const { page } = browser;
    await page.goto(`${server.url}/command?wall=1`);
    await page.locator('.mapcanvas canvas').first().waitFor();
    assert.equal(await page.locator('.command button').count(), 0, 'nothing to press');
    assert.equal(await page.locator('.rail, .top').count(), 0);
    await look(page, 'command-wall-zh');
    const shown = await counted(page, 'today');
    await wall.send('DELETE', '/api/session');
    const patient = await newPatient(people.asking, '大屏测试');
    await emergency(people.asking, patient, '测试：大屏会话结束');
    await page.getByRole('alert').getByText(/会话已结束|线路中断/).waitFor({ timeout: 120_000 });
    assert.equal(await counted(page, 'today'), shown, 'the numbers stand');
    await page.getByRole('link', { name: t('login.sign_in') }).waitFor({ timeout: 120_000 });
  } finally {
    await browser.close();
  }
});

for (const lang of ['zh', 'en']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`command ${lang} ${size}`, { timeout: 300_000 }, async () => {
      const page = await at('dispatcher', '/command', lang, viewport);
      if (size === '1440') await page.locator('.mapcanvas canvas').first().waitFor();
      await look(page, `command-${lang}-${size}`);
      await page.goto(`${server.url}/command?open=waiting&urgency=urgent`);
      await page.locator('.caselist li').first().waitFor();
      await look(page, `command-open-${lang}-${size}`);
    });
  }
}
