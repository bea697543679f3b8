// A hospital joins, from the printed invitation to the sheet that both sides have signed: the administrator prints, the hospital's
// machine joins with what stands on the paper, is probed and heard of; somebody sits down at the hospital's PC and tries camera,
// microphone, loudspeaker and a call; a silent microphone stands in the way; both confirm; the sheet says all of it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { writeTone } from './lib/coded.mjs';
import { look, SIZES } from './lib/look.mjs';
import { en, spoken, zh } from './lib/pages.mjs';
import { pdfWords } from './lib/proof.mjs';
import { binary, Caller, Server } from './lib/server.mjs';
import { scanned } from './lib/sheet.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-join-'));
const HOSPITAL = 'guangshan';
const NAME = { zh: '光山县人民医院', en: "Guangshan County People's Hospital" };
const gateways = [];
let server;
let centre;
let own;
let line;

async function enter(browser, name, lang) {
  const t = spoken(lang);
  const { page } = browser;
  await page.goto(`${server.url}/login`);
  await page.getByLabel(t('login.name'), { exact: true }).fill(name);
  await page.getByLabel(t('login.password'), { exact: true }).fill('consilium-demo');
  await page.getByRole('button', { name: t('login.sign_in'), exact: true }).click();
  await page.waitForURL('**/admin');
  await page.goto(`${server.url}/admin/join`);
}

const row = (browser, lang = 'zh') => browser.page.locator('.joins:not(.outages) li').filter({ hasText: NAME[lang] }).first();
const state = async (browser, which, lang = 'zh') => {
  await row(browser, lang).locator('.tag', { hasText: spoken(lang)(`admin.join.state.${which}`) }).waitFor();
};

/** The hospital's machine, as its IT runs it; what it said and whether it went well. */
function gateway(args, where = 'machine') {
  const ended = spawnSync(binary, ['gateway', ...args, '--dir', path.join(folder, where)], { encoding: 'utf8', timeout: 300_000 });
  return { good: ended.status === 0, said: ended.stdout + ended.stderr };
}

before(async () => {
  server = await Server.start(folder);
  centre = await open(folder, 'centre', 1);
  own = await open(folder, 'hospital', 2, { lang: 'en-US' });
  // How many tones are played is the browser's secret: whoever listens counts them.
  await own.page.addInitScript(() => {
    const begin = OscillatorNode.prototype.start;
    globalThis.tones = 0;
    OscillatorNode.prototype.start = function start(...at) { globalThis.tones += 1; return begin.apply(this, at); };
  });
  await enter(centre, 'admin', 'zh');
  await enter(own, 'he.jing', 'en');
});

after(async () => {
  for (const child of gateways) child.kill();
  for (const browser of [centre, own]) await browser?.close();
  await server?.kill();
});

test('the invitation is printed, and paper and code say the same', { timeout: 450_000 }, async () => {
  const { page } = centre;
  await row(centre).getByRole('button', { name: zh('admin.join.invite') }).click();
  await page.getByLabel(zh('admin.join.contact'), { exact: true }).fill('赵工');
  await page.getByLabel(zh('admin.join.phone')).fill('0376-8880000');
  await page.getByRole('dialog').getByRole('button', { name: zh('admin.join.invite') }).click();
  await page.locator('.invitation img').waitFor();
  line = await page.getByLabel(zh('admin.join.line'), { exact: true }).inputValue();
  assert.match(line, /^csl1\.[\w.-]+$/);
  await look(page, 'join-invitation-zh-1440');
  const paper = await page.pdf({ format: 'A4' });
  fs.writeFileSync(path.join(folder, 'invitation.pdf'), paper);
  assert.equal(scanned(paper), line, 'a telephone reads it from the paper');
  const words = pdfWords(paper, folder);
  assert.ok(words.includes(line) && words.includes(NAME.zh), words);
  assert.ok(!words.includes('信阳'), 'nothing of the page behind');
  await page.getByRole('button', { name: zh('admin.join.kept') }).click();
  await state(centre, 'invited');
});

test('the machine joins with it, once; another machine and another hospital do not', { timeout: 600_000 }, async () => {
  const other = gateway(['join', line, '--hospital', 'xinyang'], 'other');
  assert.ok(!other.good && other.said.includes('join.other-hospital'), other.said);
  const joined = gateway(['join', line, '--hospital', HOSPITAL]);
  assert.ok(joined.good, joined.said);
  for (const name of ['line-down', 'line-up', 'round-trip', 'media', 'file']) assert.match(joined.said, new RegExp(`${name} +passed`));
  const thief = gateway(['join', line], 'thief');
  assert.ok(!thief.good && thief.said.includes('join.used') && thief.said.includes('call the centre at once'), thief.said);
  gateways.push(spawn(binary, ['gateway', 'run', '--dir', path.join(folder, 'machine')], { stdio: 'ignore' }));
  await centre.page.reload();
  await state(centre, 'probed');
  await row(centre).getByText(/最近|最后/).first().waitFor();
});

test('somebody at the hospital tries the PC; a silent microphone stands in the way', { timeout: 900_000 }, async () => {
  const { page } = own;
  const silent = path.join(folder, 'person-2.wav');
  const voice = fs.readFileSync(silent);
  fs.writeFileSync(silent, Buffer.concat([voice.subarray(0, 44), Buffer.alloc(voice.length - 44)]));
  await page.reload();
  await row(own, 'en').getByRole('button', { name: en('admin.trial.open') }).click();
  await page.getByRole('heading', { level: 2, name: en('admin.trial.title', { name: NAME.en }) }).waitFor();
  await look(page, 'join-trial-en-1440');
  const card = (which) => page.locator('.trial ol > li').filter({ has: page.getByRole('heading', { name: new RegExp(`^${en(`admin.join.probe.${which}`)}`, 'i') }) });
  const press = (which) => card(which).getByRole('button', { name: en(`admin.trial.start.${which}`) }).click();
  const ends = (which, how) => card(which).locator('.tag', { hasText: en(`admin.join.probe_state.${how}`) }).waitFor({ timeout: 180_000 });

  await press('camera');
  await ends('camera', 'passed');
  await press('microphone');
  await ends('microphone', 'failed');
  await card('microphone').getByText(en('admin.trial.trouble.silent')).waitFor();
  await centre.page.reload();
  await state(centre, 'failing');
  assert.equal(await row(centre).getByRole('button', { name: zh('admin.join.accept') }).count(), 0, 'nothing to confirm yet');

  writeTone(silent, 2);
  await card('microphone').getByRole('button', { name: en('admin.trial.again') }).click();
  await ends('microphone', 'passed');

  const answer = async (more) => {
    const before = await page.evaluate(() => globalThis.tones);
    await card('loudspeaker').getByRole('button', { name: before ? en('admin.trial.again') : en('admin.trial.start.loudspeaker') }).click();
    await card('loudspeaker').getByRole('group').waitFor();
    const played = (await page.evaluate(() => globalThis.tones)) - before;
    assert.ok(played >= 2 && played <= 5, `${played}`);
    await card('loudspeaker').getByRole('button', { name: `${played + more}`, exact: true }).click();
  };
  await answer(1);
  await ends('loudspeaker', 'failed');
  await answer(0);
  await ends('loudspeaker', 'passed');

  await press('test-call');
  await card('test-call').getByText(en('admin.trial.call.recognising')).waitFor();
  await look(page, 'join-trial-calls-en-1440');
  await ends('test-call', 'passed');
  await page.getByText(en('admin.trial.all')).waitFor();
  await look(page, 'join-trial-done-en-1440');
  await page.setViewportSize(SIZES['390']);
  await look(page, 'join-trial-done-en-390');
  await page.setViewportSize(SIZES['1440']);
});

test('both sides confirm, and the sheet says what was found and by whom', { timeout: 450_000 }, async () => {
  await own.page.getByRole('link', { name: en('admin.trial.back') }).click();
  const accept = async (browser, lang) => {
    const t = spoken(lang);
    await row(browser, lang).getByRole('button', { name: t('admin.join.accept') }).click();
    await browser.page.getByRole('dialog').getByRole('button', { name: t('admin.join.accept') }).click();
    await browser.page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  await accept(own, 'en');
  await row(own, 'en').getByText(/^hospital: /).waitFor();
  await centre.page.reload();
  await state(centre, 'probed');
  await accept(centre, 'zh');
  await state(centre, 'accepted');
  await look(centre.page, 'join-accepted-zh-1440');
  await own.page.reload();
  await state(own, 'accepted', 'en');
  await own.page.setViewportSize(SIZES['390']);
  await look(own.page, 'join-accepted-en-390');

  const he = await Caller.signIn(server.url, 'he.jing');
  const sheet = Buffer.from(await he.get(`/api/admin/join/${HOSPITAL}/sheet`));
  fs.mkdirSync(path.join(process.env.E2E_OUT ?? path.resolve(import.meta.dirname, '../../target/e2e'), 'join'), { recursive: true });
  fs.writeFileSync(path.join(process.env.E2E_OUT ?? path.resolve(import.meta.dirname, '../../target/e2e'), 'join', 'sheet.pdf'), sheet);
  const words = pdfWords(sheet, folder);
  for (const part of ['医院接入验收单', NAME.zh, '摄像头通过', '麦克风通过', '扬声器通过', '测试通话通过UDP', '签字（盖章）', '何静', 'DICOM文件通过']) assert.ok(words.includes(part), `${part}: ${words}`);
  assert.ok(!words.includes('尚未') && !words.includes('未通过'), words);
});

test('a silent machine is an outage: somebody looks after it, and says what it was when it is back', { timeout: 1_200_000 }, async () => {
  const { page } = own;
  await page.setViewportSize(SIZES['1440']);
  gateways.pop().kill();
  const outage = page.locator('.outages li').filter({ hasText: NAME.en });
  await outage.getByText(en('admin.outage.state.silent'), { exact: true }).waitFor({ timeout: 300_000 });
  await outage.getByRole('button', { name: new RegExp(en('admin.outage.take')) }).click();
  await outage.getByText(/looks after it \(/).waitFor();
  await outage.getByRole('button', { name: new RegExp(en('admin.outage.note')) }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(en('admin.outage.text')).fill('The line was cut by an excavator; the provider is called.');
  await dialog.getByRole('button', { name: en('ui.save') }).click();
  await dialog.waitFor({ state: 'detached' });
  await outage.getByText(/excavator/).waitFor();
  await look(page, 'join-outage-en-1440');
  gateways.push(spawn(binary, ['gateway', 'run', '--dir', path.join(folder, 'machine')], { stdio: 'ignore' }));
  await outage.getByText(en('admin.outage.state.back'), { exact: true }).waitFor({ timeout: 300_000 });
  await outage.getByRole('button', { name: new RegExp(en('admin.outage.close')) }).click();
  await dialog.getByLabel(en('admin.outage.text')).fill('A new cable was laid.');
  await dialog.getByRole('button', { name: en('ui.save') }).click();
  await dialog.waitFor({ state: 'detached' });
  await outage.getByText(en('admin.outage.state.ended'), { exact: true }).waitFor();
  await outage.getByText(en('admin.outage.cause.line'), { exact: true }).waitFor();
  await page.setViewportSize(SIZES['390']);
  await look(page, 'join-outage-en-390');
  await centre.page.reload();
  await centre.page.locator('.outages li').filter({ hasText: NAME.zh }).getByText(/何静/).first().waitFor();
  await look(centre.page, 'join-outage-zh-1440');
});

test('a machine taken back is a stranger', { timeout: 600_000 }, async () => {
  const { page } = centre;
  gateways.pop().kill();
  await row(centre).getByRole('button', { name: zh('admin.join.withdraw') }).click();
  await page.getByRole('dialog').getByRole('button', { name: zh('admin.join.withdraw') }).click();
  await state(centre, 'withdrawn');
  const stranger = gateway(['probe']);
  assert.ok(!stranger.good && stranger.said.includes('join.not-signed'), stranger.said);
  // Before the sign-in, /api/session answers 401.
  assert.deepEqual([...centre.faults, ...own.faults].filter((fault) => !fault.includes(' 401 ')), []);
});
