// What a newcomer feels: `cargo xtask bench start`. Prints each figure beside its goal, with the machine's load, and judges nothing:
// absolute times on a shared machine are a note, not a verdict.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { open } from './lib/browser.mjs';
import { enterRoom, signIn } from './lib/pages.mjs';
import { Server } from './lib/server.mjs';
import { cast, emergency, newPatient, toWaiting } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-bench-'));
const lines = [];
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const note = (what, value, goal) => {
  lines.push({ what, value, goal });
  console.log(`${what.padEnd(44)} ${value.padStart(12)}   goal ${goal}`);
};

const load = os.loadavg().map((n) => n.toFixed(2)).join(' ');
console.log(`machine: ${os.cpus().length} x ${os.cpus()[0]?.model ?? 'cpu'}, load ${load}`);

const server = await Server.start(folder);
note('first start, demonstration made', `${Math.round(server.started_ms)} ms`, '-');
const starts = [];
const stops = [];
for (let i = 0; i < 5; i += 1) {
  stops.push(await server.stop());
  await server.run();
  starts.push(server.started_ms);
}
note('start to serving (median of 5)', `${Math.round(median(starts))} ms`, '<= 1000 ms');
note('SIGTERM to end (median of 5)', `${Math.round(median(stops))} ms`, '<= 5000 ms');

await new Promise((done) => setTimeout(done, 5000));
const status = fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
note('idle memory (resident)', `${Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024)} MB`, '<= 100 MB');

const people = await cast(server.url);
const dispatcher = await open(folder, 'chen', 1);
await signIn(dispatcher.page, server.url, 'chen.tao');

// The first load of the inbox, by what crossed the line: a second profile that has the session and an empty cache.
const fresh = await open(folder, 'fresh', 4);
await fresh.context.addCookies(await dispatcher.context.cookies());
const wire = await fresh.context.newCDPSession(fresh.page);
await wire.send('Network.enable');
let bytes = 0;
wire.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
const opened = performance.now();
await fresh.page.goto(`${server.url}/inbox`);
await fresh.page.locator('tr.row').first().waitFor();
const shown = performance.now() - opened;
await fresh.page.waitForTimeout(1500);
note('first load of the inbox, compressed', `${Math.round(bytes / 1000)} kB`, '<= 400 kB');
note('first load of the inbox, time to rows', `${Math.round(shown)} ms`, '-');
await fresh.close();

const delays = [];
for (let i = 0; i < 5; i += 1) {
  const purpose = `测量第${i + 1}次：血氧下降，请指导`;
  const patient = await newPatient(people.asking, `测量${'甲乙丙丁戊'[i]}`);
  const seen = dispatcher.page.evaluate(
    (text) => new Promise((done) => {
      const look = () => document.body.innerText.includes(text) && (done(Date.now()), true);
      const watch = new MutationObserver(() => look() && watch.disconnect());
      watch.observe(document.body, { childList: true, subtree: true, characterData: true });
      look();
    }),
    purpose,
  );
  await new Promise((done) => setTimeout(done, 300));
  const sent = Date.now();
  const id = await emergency(people.asking, patient, purpose);
  delays.push((await seen) - sent);
  if (i === 0) people.case = id;
}
note('submit to the dispatcher\'s screen (median)', `${median(delays)} ms`, '<= 300 ms');
await dispatcher.close();

await toWaiting(people, people.case);
const asking = await open(folder, 'zhou', 2);
const specialist = await open(folder, 'li', 3);
await signIn(asking.page, server.url, 'zhou.ming');
await signIn(specialist.page, server.url, 'wang.lan');
await enterRoom(asking.page, server.url, people.case);
const frames = [];
for (let i = 0; i < 5; i += 1) {
  frames.push(await enterRoom(specialist.page, server.url, people.case, { timed: true }));
  await specialist.page.goto(`${server.url}/inbox`);
  await asking.page.waitForTimeout(500);
}
note('join to the other\'s first frame (median of 5)', `${Math.round(median(frames))} ms`, '<= 400 ms');
await asking.close();
await specialist.close();
await server.stop();
console.log(`load after: ${os.loadavg().map((n) => n.toFixed(2)).join(' ')}`);
fs.rmSync(folder, { recursive: true, force: true });
