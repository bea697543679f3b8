// The main job from the first word to the answer: three people at three computers, one server, nothing mocked.
//
// The steps are those of one story and stand on each other; the first that fails ends it, with pictures of all three screens.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { answers, figure, reads } from './journey/answer.mjs';
import * as ask from './journey/ask.mjs';
import * as files from './journey/attach.mjs';
import { afterRace, arrival, firstLook, race } from './journey/dispatch.mjs';
import * as images from './journey/images.mjs';
import * as opinion from './journey/opinion.mjs';
import * as room from './journey/room.mjs';
import { sweep } from './journey/sweep.mjs';
import { open } from './lib/browser.mjs';
import { shot } from './lib/look.mjs';
import { en, openCase, signIn, takeStep, waitForState, zh } from './lib/pages.mjs';
import { Caller, Server } from './lib/server.mjs';

const python = process.env.E2E_PYTHON ?? path.resolve('../../target/venv/bin/python');
const folder = path.join(process.env.E2E_OUT ?? path.resolve('../../target/e2e'), 'journey');
const patient = { name: '王小明', birth: '1958-03-09', id: ask.residentId('1958-03-09', '317') };
const t = { folder: path.join(folder, 'ct'), patient, expert: '李伟' };
let broken = false;

/** One step of the story; not run once another has failed. */
function part(name, work, timeout = 600_000) {
  test(name, { timeout }, async (context) => {
    if (broken) return context.skip('an earlier step failed');
    try {
      return await work(context);
    } catch (error) {
      broken = true;
      for (const who of ['zhou', 'chen', 'li']) if (t[who]) await shot(t[who].page, `failed-${who}`).catch(() => {});
      throw error;
    }
  });
}

part('the stage: a server, three browsers, CT files', async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const made = spawnSync(python, ['ct.py', t.folder, patient.name, 'male', patient.birth, patient.id], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  t.server = await Server.start(folder);
  t.url = t.server.url;
  t.zhou = { ...(await open(folder, 'zhou', 1)), lang: 'zh' };
  t.chen = { ...(await open(folder, 'chen', 2)), lang: 'zh' };
  t.li = { ...(await open(folder, 'li', 3, { lang: 'en-US' })), lang: 'en' };
  const gao = await Caller.signIn(t.url, 'gao.yuan');
  t.before = await gao.get('/api/figures/consulted');
});

after(async () => {
  for (const who of ['zhou', 'chen', 'li']) await t[who]?.close();
  await t.server?.stop();
});

part('1 sign in: the same words for a wrong password and an unknown name', async () => {
  const told = [];
  for (const name of ['zhou.ming', 'nobody.here']) {
    await t.zhou.page.goto(`${t.url}/login`);
    await t.zhou.page.getByLabel(zh('login.name'), { exact: true }).fill(name);
    await t.zhou.page.getByLabel(zh('login.password'), { exact: true }).fill('wrong');
    await t.zhou.page.getByRole('button', { name: zh('login.sign_in'), exact: true }).click();
    told.push(await t.zhou.page.getByRole('alert').first().innerText());
  }
  assert.equal(told[0], told[1]);
  await signIn(t.zhou.page, t.url, 'zhou.ming');
  await signIn(t.chen.page, t.url, 'chen.tao');
  await signIn(t.li.page, t.url, 'li.wei', { lang: 'en' });
});

part('3 a new case: a patient, a note sorted into fields, what is missing', async () => {
  t.draft = await ask.begin(t);
  await ask.incomplete(t);
  await ask.note(t);
});

part('3 a killed server loses nothing typed', () => ask.survivesKill(t));

part('4 files: a reload in the middle, drag and drop, another person, odd files', async () => {
  await files.reloadDuringUpload(t);
  await files.dropHead(t);
  await files.mismatch(t);
  await files.odd(t);
  await shot(t.zhou.page, 'journey-request');
});

part('3 sent; 2 it arrives at the dispatcher by itself', async () => {
  await t.chen.page.goto(`${t.url}/inbox`);
  await t.chen.page.locator('.inbox .list').first().waitFor();
  await ask.complete(t);
  const seen = arrival(t.chen.page, ask.PURPOSE.slice(0, 12));
  t.id = await ask.send(t);
  assert.equal(t.id, t.draft, 'the case keeps the id of its draft');
  t.arrived_ms = (await seen) - Date.now();
});

part('5 the first look, and two dispatchers at once', async (context) => {
  await firstLook(t);
  context.diagnostic(await race(t));
  await afterRace(t);
});

part('6 the specialist accepts and reads the card', async () => {
  await openCase(t.li.page, t.url, t.id);
  await waitForState(t.li.page, 'scheduled', en);
  assert.match(await t.li.page.locator('body').innerText(), /ICU/);
  await takeStep(t.li.page, 'accept', en);
  await waitForState(t.li.page, 'waiting', en);
});

part('7 the case page: what happened, and who has looked', async () => {
  await openCase(t.zhou.page, t.url, t.id);
  const owner = await Caller.signIn(t.url, 'zhou.ming');
  const { timeline } = await owner.get(`/api/consults/${t.id}`);
  const acts = timeline.map((act) => act.what);
  for (const what of ['consult.request', 'consult.first_look', 'consult.assign', 'consult.accept']) {
    assert.ok(acts.includes(what), `${what} is not in the timeline: ${acts}`);
  }
  const { looks } = await owner.get(`/api/consults/${t.id}/access`);
  for (const who of ['陈涛', '李伟']) assert.ok(looks.some((look) => look.person.name === who), `${who} has looked and is not listed`);
});

part('8 images: scroll, window, invert, zoom, two studies side by side', async () => {
  await openCase(t.li.page, t.url, t.id);
  await t.li.page.getByRole('button', { name: en('consult.images_open') }).click();
  await images.handle(t.li.page, 'en');
  await images.compare(t.li.page, 'en');
  await shot(t.li.page, 'journey-images');
});

part('9 the room: each sees and hears the other', () => room.together(t), 180_000);
part('9 the room: one leads, the other shows the same slice', () => room.leads(t));
part('9 the room: muted is silent; leave, rejoin, reload', async () => {
  await room.mutes(t);
  await room.rejoins(t);
  await shot(t.li.page, 'journey-room');
}, 180_000);

part('10 the opinion: saved while written, signed with the password, never edited after', () => opinion.sign(t));
part('10 the PDF and the signature, by poppler and openssl', (context) => opinion.proves(t, context));

part('11 the answer: partly, with a reason, and the specialist sees it', async () => {
  await reads(t);
  await answers(t);
});
part('11 the number rises by one and opens to this case', (context) => figure(t, context));

part('401 for nobody, 404 for a stranger; no room after the case', async () => {
  const owner = await Caller.signIn(t.url, 'zhou.ming');
  await sweep({ ...t, owner });
  const { version, state } = await owner.get(`/api/consults/${t.id}`);
  if (state !== 'closed') {
    const closed = await owner.send('POST', `/api/consults/${t.id}/close`, { version });
    assert.equal(closed.status, 200, JSON.stringify(closed.body));
  }
  const room = await owner.send('POST', `/api/consults/${t.id}/room`, {});
  assert.ok([404, 409].includes(room.status), `the room of a closed case opens: ${room.status}`);
});

part('nothing went wrong unnoticed: no error in any page, no patient in the log', async () => {
  const log = t.server.log();
  for (const planted of [patient.name, patient.id, '莫西沙星', 'Archibald']) assert.ok(!log.includes(planted), `${planted} is in the log`);
  // 403: the wrong password that the journey itself typed.
  const faults = ['zhou', 'chen', 'li'].flatMap((who) => t[who].faults).filter((f) => !/ERR_CONNECTION|Failed to fetch|status of (401|403|409|422|404)|EventSource|ERR_INCOMPLETE|ERR_EMPTY|WebSocket/.test(f));
  assert.deepEqual(faults, []);
});

