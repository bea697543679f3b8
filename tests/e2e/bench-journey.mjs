// The main job for an hour: `cargo xtask bench journey [MINUTES]`. One server, three people at the same three pages, one case after the
// other from the request with its CT to the answer; each minute what the server and the pages hold is printed. Judges nothing: reads
// like a chart. Fails when a journey fails.
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { open } from './lib/browser.mjs';
import { dicom } from './lib/dicom.mjs';
import { machine, median, openFiles, pause, resident, sizeOf, status } from './lib/measure.mjs';
import { enterRoom, goWithin, signIn, takeStep, waitForState, zh } from './lib/pages.mjs';
import { OPINION } from './lib/record.mjs';
import { Server } from './lib/server.mjs';
import { cast, emergency, newPatient, step } from './lib/story.mjs';

const MINUTES = Number(process.env.BENCH_MINUTES ?? 60);
const ROOM_S = 8;
const SLICES = 12;
const SIDE = 256;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-bench-journey-'));

/** A small CT of this patient, other bytes each time. */
function series(patient, name, run) {
  const person = { name, identifier: patient.passport, birth_date: '19680405', sex: 'M' };
  const uid = `1.2.826.0.1.${Date.now()}.${run}`;
  const pixels = randomBytes(SIDE * SIDE * 2);
  return Array.from({ length: SLICES }, (_, n) => Buffer.concat([dicom(uid, `${uid}.3.${n + 1}`, n + 1, SIDE, SIDE, 1, pixels.length, person), pixels]));
}

async function put(caller, draft, patient, file, n) {
  const answer = await caller.send('PUT', `/api/consults/${draft}/files/${randomUUID()}?name=IM${n}.dcm&patient=${patient.id}`, new Uint8Array(file));
  const kept = answer.body.files?.[0];
  if (answer.status !== 200 || kept?.error) throw new Error(`slice ${n}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

const pressed = (page, words) => page.getByRole('button').filter({ hasText: new RegExp(`^${words}$`) }).first();
const leaves = async ({ page }) => {
  await pressed(page, zh('room.leave')).click();
  await page.getByText(zh('room.out.left')).waitFor();
};
/** Somebody else's face moves on this page. */
const sees = ({ page }) => page.waitForFunction(() => [...document.querySelectorAll('li.face video')].some((video) => !video.muted && video.getVideoPlaybackQuality().totalVideoFrames > 10));

/** One case from the first word to the answer; gives how long the join to the first frame took. */
async function journey({ people, zhou, chen, wang, server }, run) {
  const name = `旅程${run}`;
  const purpose = `第${run}次：意识模糊伴右侧肢体无力，请阅片`;
  const patient = await newPatient(people.asking, name);
  const files = series(patient, name, run);
  const upload = async (draft) => { for (const [n, file] of files.entries()) await put(people.asking, draft, patient, file, n); };
  const id = await emergency(people.asking, patient, purpose, { specialty: 'neurology' }, [upload]);
  await chen.page.locator('.inbox .row').filter({ hasText: purpose }).waitFor();
  await step(people.dispatcher, id, 'first-look');
  await step(people.dispatcher, id, 'assign', { experts: [people.specialist.me.role.id], room: null });
  await step(people.specialist, id, 'accept');

  await enterRoom(zhou.page, server.url, id, { within: true });
  const joined = await enterRoom(wang.page, server.url, id, { within: true, timed: true });
  await Promise.all([sees(zhou), sees(wang)]);
  await pause(ROOM_S * 1000);
  await leaves(wang);
  await leaves(zhou);

  await goWithin(wang.page, `/cases/${id}`);
  for (const [key, words] of Object.entries(OPINION)) await wang.page.getByLabel(zh(`opinion.${key}`), { exact: true }).fill(words);
  await wang.page.getByRole('region', { name: zh('consult.opinion') }).getByRole('button', { name: zh('opinion.sign'), exact: true }).click();
  const dialog = wang.page.getByRole('dialog');
  await dialog.getByLabel(zh('opinion.password')).fill('consilium-demo');
  await dialog.getByRole('button', { name: zh('opinion.sign'), exact: true }).click();
  await waitForState(wang.page, 'signed');

  await goWithin(zhou.page, `/cases/${id}`);
  await zhou.page.getByText(OPINION.opinion).first().waitFor();
  await waitForState(zhou.page, 'delivered');
  await takeStep(zhou.page, 'answer');
  const answer = zhou.page.getByRole('dialog');
  await answer.getByText(zh('consult.answer.adopted'), { exact: true }).click();
  await answer.getByRole('button', { name: zh('steps.answer_send') }).click();
  await waitForState(zhou.page, 'acknowledged');
  await waitForState(wang.page, 'acknowledged');
  await step(people.asking, id, 'close');
  const kept = await people.asking.get(`/api/consults/${id}`);
  if (kept.state !== 'closed' || !kept.attachments.some((one) => one.kind === 'CT')) throw new Error(`${id} ended as ${kept.state} with ${JSON.stringify(kept.attachments)}`);
  for (const { page } of [zhou, wang]) await goWithin(page, '/inbox');
  return joined;
}

/** A line of the chart. */
async function measured({ server, browsers }, minute, done, joins) {
  const heaps = [];
  for (const { devtools } of browsers) {
    await devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devtools.send('Performance.getMetrics');
    heaps.push(metrics.find((one) => one.name === 'JSHeapUsedSize').value / 1048576);
  }
  const cells = [
    [minute, 6], [done, 9], [resident(server).toFixed(0), 10], [openFiles(server), 6], [status(server, 'Threads'), 8], [(sizeOf(server.data) / 1048576).toFixed(0), 8],
    ...heaps.map((heap) => [heap.toFixed(1), 8]), [joins.length ? median(joins).toFixed(0) : '-', 8], [os.loadavg()[0].toFixed(2), 6],
  ];
  console.log(cells.map(([value, width]) => String(value).padStart(width)).join(' '));
}

const server = await Server.start(folder);
const browsers = [];
let failed;
try {
  const people = await cast(server.url);
  for (const [seed, [who, name]] of Object.entries([['zhou', 'zhou.ming'], ['chen', 'chen.tao'], ['wang', 'wang.lan']])) {
    const browser = await open(folder, who, Number(seed) + 1);
    browser.page.setDefaultTimeout(60_000);
    // Nobody touches the dispatcher's page: this computer is one that does not lock by itself.
    await browser.context.addInitScript(() => localStorage.setItem('lock.minutes', '0'));
    await signIn(browser.page, server.url, name);
    browser.devtools = await browser.context.newCDPSession(browser.page);
    await browser.devtools.send('Performance.enable');
    browsers.push(browser);
  }
  const [zhou, chen, wang] = browsers;
  const stage = { people, zhou, chen, wang, server, browsers };
  console.log(`${machine()}; ${MINUTES} minutes, ${SLICES} slices and ${ROOM_S} s in the room each`);
  console.log('minute  journeys  server MB  files  threads  data MB  asks MB  disp. MB  exp. MB  join ms   load');
  const begun = Date.now();
  let [done, minute, joins] = [0, 0, []];
  while (minute <= MINUTES && !failed) {
    if (Date.now() - begun >= minute * 60_000) {
      await measured(stage, minute, done, joins);
      [minute, joins] = [minute + 1, []];
      continue;
    }
    try {
      joins.push(await journey(stage, done + 1));
      done += 1;
    } catch (error) {
      failed = error;
      const pictures = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-journey-failed-'));
      for (const { name, page } of browsers) await page.screenshot({ path: path.join(pictures, `${name}.png`) }).catch(() => undefined);
      console.log(`journey ${done + 1} failed, pictures of the pages in ${pictures}: ${error.stack}`);
    }
  }
  // Asked before one has signed in, and for a draft that is not there yet.
  const faults = browsers.flatMap((one) => one.faults).filter((fault) => !/status of 401 .*\/api\/session|status of 404 .*\/api\/drafts\//.test(fault));
  console.log(`${done} journeys; faults of the pages: ${faults.length}`);
  faults.slice(0, 10).forEach((fault) => console.log(`  ${fault}`));
  if (!done) failed ??= new Error('no journey was done');
} finally {
  for (const browser of browsers) await browser.close();
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
