// The emergency lane with a silent first expert: all who are on call are called in the first second, on whatever page they are;
// the second takes it with one press and stands in the virtual room before anybody had to be told that nobody came.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { meets } from './journey/room.mjs';
import { open } from './lib/browser.mjs';
import { look, SIZES } from './lib/look.mjs';
import { en, enterRoom, openCase, signIn, waitForState, zh } from './lib/pages.mjs';
import { Caller, Server } from './lib/server.mjs';
import { emergency, newPatient } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-emergency-'));
const HOUR_MS = 3_600_000;
/** MISSION: a named expert has accepted within three minutes. */
const LIMIT_MS = 180_000;
let server;
let zhou;
let li;
let yu;
let asking;
let id;
let number;
let begun;

/** Puts somebody on call for respiratory medicine, now. */
async function onCall(desk, who, rank) {
  const { experts } = await desk.get('/api/rota');
  const { role, version } = experts.find((one) => one.id === who);
  const [from, to] = [-1, 2].map((hours) => new Date(Date.now() + hours * HOUR_MS).toISOString());
  const answer = await desk.send('POST', `/api/rota/${role}/duties`, { version, from, to, specialty: 'respiratory', rank });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
}

before(async () => {
  server = await Server.start(folder);
  const chen = await Caller.signIn(server.url, 'chen.tao');
  await onCall(chen, 'li-wei', 1);
  await onCall(chen, 'yu-hong', 2);
  asking = await Caller.signIn(server.url, 'zhou.ming');
  zhou = await open(folder, 'zhou', 1);
  li = await open(folder, 'li', 2);
  yu = await open(folder, 'yu', 3, { lang: 'en-US', width: 390, height: 844 });
  await signIn(zhou.page, server.url, 'zhou.ming');
  await signIn(li.page, server.url, 'li.wei');
  await signIn(yu.page, server.url, 'yu.hong', { lang: 'en' });
});

after(async () => {
  for (const who of [zhou, li, yu]) await who?.close();
  await server?.kill();
});

const banner = (who, t) => who.page.getByRole('region', { name: t('notices.calls') }).locator('.call', { hasText: number });

test('both are called at once, wherever they are', { timeout: 600_000 }, async (context) => {
  await yu.page.goto(`${server.url}/account`);
  await yu.page.getByRole('heading', { level: 1 }).first().waitFor();
  const patient = await newPatient(asking, '钱秀英');
  begun = Date.now();
  id = await emergency(asking, patient, '突发呼吸衰竭，请指导通气');
  ({ number } = await asking.get(`/api/consults/${id}`));
  await Promise.all([banner(yu, en).waitFor(), banner(li, zh).waitFor()]);
  context.diagnostic(`called ${Date.now() - begun} ms after the submission`);
  assert.doesNotMatch(await banner(yu, en).innerText(), /钱秀英/, 'nothing of the patient');
  await look(yu.page, 'emergency-call-en-390');
  await look(li.page, 'emergency-call-zh-1440');
});

test('the asking doctor sees who was called, and what happens next if nobody comes', { timeout: 300_000 }, async () => {
  await openCase(zhou.page, server.url, id);
  await zhou.page.getByText(/李伟（第 1 位）.*于红（第 2 位）/).first().waitFor();
  assert.ok(await zhou.page.locator('.ahead time').count() > 0, 'the next rung stands there with its time');
  await look(zhou.page, 'emergency-case-zh-1440');
});

test('the first is silent; the second takes it with one press, and is in the room', { timeout: 600_000 }, async (context) => {
  await banner(yu, en).getByRole('button', { name: en('notices.call_take') }).click();
  await yu.page.waitForURL(`**/cases/${id}`);
  await waitForState(yu.page, 'waiting', en);
  const accepted = Date.now() - begun;
  await banner(yu, en).waitFor({ state: 'detached' });
  // Nobody else needs to come.
  await banner(li, zh).waitFor({ state: 'detached' });
  await zhou.page.getByText(zh('act.consult_answer_ring')).first().waitFor();
  await waitForState(zhou.page, 'waiting', zh);
  await yu.page.setViewportSize(SIZES['1440']);
  await enterRoom(yu.page, server.url, id, { lang: 'en' });
  await enterRoom(zhou.page, server.url, id);
  await meets(zhou, yu);
  await meets(yu, zhou);
  context.diagnostic(`accepted after ${accepted} ms, face to face after ${Date.now() - begun} ms`);
  const { timeline, booking } = await asking.get(`/api/consults/${id}`);
  const acts = timeline.map((act) => act.what);
  for (const what of ['consult.request', 'timer.ring', 'consult.answer_ring']) assert.ok(acts.includes(what), `${what}: ${acts}`);
  const at = (what) => Date.parse(timeline.find((act) => act.what === what).at);
  assert.ok(at('consult.answer_ring') - at('consult.request') < LIMIT_MS, 'by the clock of the ledger');
  assert.ok(!acts.some((what) => ['timer.first_look', 'timer.accept', 'timer.administrator'].includes(what)), `nobody had to be told: ${acts}`);
  assert.equal(booking?.room ?? null, null, 'a virtual room, never behind a physical one');
});

test('who comes late is told who was quicker', { timeout: 300_000 }, async () => {
  const late = await Caller.signIn(server.url, 'li.wei');
  const answer = await late.send('POST', `/api/consults/${id}/answer-ring`, {});
  assert.equal(answer.status, 409);
  assert.match(JSON.stringify(answer.body), /于红/);
  assert.deepEqual([...zhou.faults, ...li.faults, ...yu.faults].filter((fault) => !/40[149]|422/.test(fault)), []);
});

test('a drill of the lane: asked for nobody, marked for whoever sees it, in no number', { timeout: 600_000 }, async () => {
  const gao = await Caller.signIn(server.url, 'gao.yuan');
  // The clock alone moves what is overdue.
  const figures = async () => Object.fromEntries((await gao.get('/api/network/overview')).figures.filter((one) => !['connected', 'overdue'].includes(one.code)).map(({ code, value }) => [code, value]));
  const before = await figures();
  const { page } = zhou;
  await page.goto(`${server.url}/cases/new?form=emergency`);
  await page.getByLabel(zh('patient.drill_request')).check();
  await page.getByLabel(zh('consult.field.purpose')).fill('演练：呼吸衰竭，请指导通气');
  await page.getByLabel(zh('consult.field.specialty')).selectOption('respiratory');
  await page.getByLabel(zh('consult.field.callback_phone')).fill('0376-8888888');
  await page.locator('#consent-reason').fill('演练');
  await look(page, 'drill-request-zh-1440');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/cases\/(?!new)/);
  const drill = page.url().split('/').pop();
  await page.getByText(zh('patient.drill_what')).first().waitFor();
  await look(page, 'drill-case-zh-1440');
  ({ number } = await asking.get(`/api/consults/${drill}`));
  await banner(li, zh).getByText(zh('patient.drill_short'), { exact: true }).waitFor();
  await look(li.page, 'drill-call-zh-1440');
  assert.deepEqual(await figures(), before);
  const chen = await Caller.signIn(server.url, 'chen.tao');
  for (const figure of ['overdue', 'waiting', 'today']) assert.ok(!(await chen.get(`/api/network/cases?figure=${figure}`)).cases.some((one) => one.id === drill), figure);
  const [cookie, value] = gao.cookie.split('=');
  const wall = await open(folder, 'gao', 4);
  await wall.context.addCookies([{ name: cookie, value, url: server.url, httpOnly: true }]);
  await wall.page.goto(`${server.url}/command`);
  await wall.page.getByText(zh('command.drills', { n: 1, numbers: number })).waitFor();
  await look(wall.page, 'drill-command-zh-1440');
  await wall.close();
});
