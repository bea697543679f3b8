// A client that was not written here (aiortc) meets Chromium in a room, through WHIP and WHEP: each sees and hears the other.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { open } from './lib/browser.mjs';
import { pattern, pitch, readPictures, readPitches } from './lib/coded.mjs';
import { enterRoom, signIn } from './lib/pages.mjs';
import { Server } from './lib/server.mjs';
import { cast, emergency, enter, newPatient, toWaiting } from './lib/story.mjs';

const python = process.env.E2E_PYTHON ?? path.resolve('../../target/venv/bin/python');

/** Runs the guest; resolves with what it printed. */
function guest(base, room, seed, seconds, ...codec) {
  const child = spawn(python, ['room_guest.py', base, room.whip, room.whep, room.token, String(seed), String(seconds), ...codec]);
  let said = '';
  let complained = '';
  child.stdout.on('data', (bytes) => { said += bytes; });
  child.stderr.on('data', (bytes) => { complained += bytes; });
  return new Promise((done, fail) => {
    child.once('exit', (code) => (code === 0 ? done(JSON.parse(said)) : fail(new Error(`guest: ${code}\n${complained}`))));
  });
}

// Both ways of encoding pictures, and a guest that knows one of them alone: the room agrees on it, nothing is transcoded.
for (const codec of ['VP8', 'H264']) test(`aiortc and Chromium see and hear each other in ${codec} alone`, { timeout: 900_000 }, async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-aiortc-'));
  const server = await Server.start(folder);
  t.after(() => server.kill());
  const people = await cast(server.url);
  const id = await emergency(people.asking, await newPatient(people.asking, '何陌生'), '呼吸衰竭，求指导机械通气');
  await toWaiting(people, id);
  const browser = await open(folder, 'zhou', 1);
  t.after(() => browser.close());
  await signIn(browser.page, server.url, 'zhou.ming');
  await enterRoom(browser.page, server.url, id);
  const arrived = guest(server.url, await enter(people.specialist, id), 2, 40, codec);
  await browser.page.waitForFunction(
    () => [...document.querySelectorAll('video')].filter((v) => v.videoWidth > 0 && v.currentTime > 0).length >= 2, null, { timeout: 90_000 },
  );
  await browser.page.waitForTimeout(3000);
  const pictures = await browser.page.evaluate(readPictures);
  const pitches = await browser.page.evaluate(readPitches, 3);
  const got = await arrived;
  t.diagnostic(JSON.stringify({ pictures, pitches, got }));
  assert.ok(pictures.some((p) => String(p.cells) === String(pattern(2))), 'Chromium does not see the guest');
  assert.ok(pitches.some((p) => Math.abs(p.hz - pitch(2)) < 12), `Chromium does not hear the guest: ${JSON.stringify(pitches)}`);
  assert.deepEqual(got.cells, pattern(1), 'the guest does not see Chromium');
  assert.ok(Math.abs(got.hz - pitch(1)) < 12, `the guest hears ${got.hz} Hz, not ${pitch(1)}`);
});
