// kill -9 while two people are in a room: nobody touches anything, and both see and hear each other again; what was said and
// acknowledged is there once, the session is the same, and the ledger is whole.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { meets } from './journey/room.mjs';
import { open } from './lib/browser.mjs';
import { enterRoom, signIn, zh } from './lib/pages.mjs';
import { binary, Server } from './lib/server.mjs';
import { cast, emergency, newPatient, toWaiting } from './lib/story.mjs';

const KILLS = 5;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-killed-'));
const t = {};

before(async () => {
  t.server = await Server.start(folder);
  t.people = await cast(t.server.url);
  t.id = await emergency(t.people.asking, await newPatient(t.people.asking, '赵断电'), '断电时的会诊室');
  await toWaiting(t.people, t.id);
  t.zhou = { name: 'zhou', ...(await open(folder, 'zhou', 1)) };
  t.wang = { name: 'wang', ...(await open(folder, 'wang', 2)) };
  await signIn(t.zhou.page, t.server.url, 'zhou.ming');
  await signIn(t.wang.page, t.server.url, 'wang.lan');
}, { timeout: 450_000 });

after(async () => {
  for (const who of ['zhou', 'wang']) await t[who]?.close();
  await t.server?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Says one thing after another until nobody answers; gives what was acknowledged. */
async function talk(caller, kill) {
  const said = [];
  for (let n = 1; ; n += 1) {
    const text = `第 ${kill} 次断电前的第 ${n} 句`;
    const answer = await caller.send('POST', `/api/consults/${t.id}/messages`, { text }).catch(() => undefined);
    if (!answer) return said;
    assert.ok(answer.status < 300, `${answer.status} ${JSON.stringify(answer.body)}`);
    said.push(text);
  }
}

test('killed again and again, the room comes back by itself', { timeout: 1_200_000 }, async (context) => {
  await enterRoom(t.zhou.page, t.server.url, t.id);
  await enterRoom(t.wang.page, t.server.url, t.id);
  await meets(t.zhou, t.wang);
  const state = async () => (await t.people.asking.get(`/api/consults/${t.id}`)).state;
  for (let n = 0; await state() !== 'in-session'; n += 1) {
    assert.ok(n < 50, 'both are in the room and the session has not begun');
    await t.zhou.page.waitForTimeout(200);
  }
  const said = [];
  const back = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const talking = talk(t.people.asking, kill);
    await t.zhou.page.waitForTimeout(150 + 211 * kill);
    await t.server.kill();
    said.push(...await talking);
    for (const who of [t.zhou, t.wang]) await who.page.getByText(zh('room.returning')).first().waitFor({ timeout: 60_000 });
    await t.server.run();
    const begun = performance.now();
    for (const who of [t.zhou, t.wang]) await who.page.getByText(zh('room.returning')).first().waitFor({ state: 'hidden', timeout: 60_000 });
    await meets(t.zhou, t.wang);
    back.push(Math.round(performance.now() - begun));
    await meets(t.wang, t.zhou);
    assert.equal(await state(), 'in-session', 'a server that ended does not end a session');
  }
  assert.ok(said.length >= KILLS, `only ${said.length} sentences were acknowledged: nothing is proven`);
  const texts = (await t.people.asking.get(`/api/consults/${t.id}`)).messages.map((message) => message.text);
  assert.deepEqual(said.filter((text) => texts.filter((one) => one === text).length !== 1), [], 'said and acknowledged, and not there, or there twice');
  context.diagnostic(`${KILLS} kills, ${said.length} sentences kept; together again after ${back.join(', ')} ms; load ${os.loadavg()[0].toFixed(1)}`);
});

test('the ledger is whole', async () => {
  await t.server.stop();
  const proof = spawnSync(binary, ['audit', 'verify', '--data', t.server.data], { encoding: 'utf8' });
  assert.equal(proof.status, 0, proof.stdout + proof.stderr);
});
