// A full room: `cargo xtask bench room`. Six people in six browser windows of one Chromium, sending and receiving five faces each; prints
// join to first frame and what a person costs the server, with the machine's load, and judges nothing.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPath } from './lib/browser.mjs';
import { fakeDevices } from './lib/coded.mjs';
import { enterRoom, signIn } from './lib/pages.mjs';
import { Caller, Server } from './lib/server.mjs';
import { cast, emergency, newPatient, step } from './lib/story.mjs';

const MEASURED_S = 20;
const JOINS = 12;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-bench-room-'));
const part = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)];
const note = (what, value, goal = '-') => console.log(`${what.padEnd(48)} ${String(value).padStart(16)}   goal ${goal}`);
const load = () => os.loadavg().map((n) => n.toFixed(2)).join(' ');
console.log(`machine: ${os.cpus().length} x ${os.cpus()[0]?.model ?? 'cpu'}, load ${load()}`);

const server = await Server.start(folder);
const people = await cast(server.url);
const id = await emergency(people.asking, await newPatient(people.asking, '六人会诊'), '六人会诊室');
const names = ['wang.lan', 'zhang.jun', 'liu.fang', 'li.wei'];
const experts = [];
for (const name of names) {
  const caller = await Caller.signIn(server.url, name);
  const role = caller.me.roles.find((one) => one.role === 'specialist');
  if (role && caller.me.role?.id !== role.id) caller.me = (await caller.send('PUT', '/api/session/role', { role: role.id })).body;
  experts.push(caller);
}
await step(people.dispatcher, id, 'first-look');
await step(people.dispatcher, id, 'assign', { experts: experts.map((one) => one.me.role.id), room: null });
for (const expert of experts) await step(expert, id, 'accept');

const browser = await chromium.launch({
  executablePath: chromiumPath, headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required',
    '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows', ...fakeDevices(folder, 1)],
});
const pages = [];
const sit = async (name, role) => {
  const page = await (await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 800 } })).newPage();
  page.setDefaultTimeout(60_000);
  await signIn(page, server.url, name, { role });
  pages.push(page);
  return page;
};
const roles = { 'liu.fang': 'specialist' };
await enterRoom(await sit('zhou.ming'), server.url, id);

// Somebody comes into a room where one sits, again and again.
const comer = await sit('wang.lan');
const joins = [];
for (let n = 0; n < JOINS; n += 1) {
  joins.push(await enterRoom(comer, server.url, id, { timed: true }));
  await comer.goto(`${server.url}/inbox`);
  await comer.waitForTimeout(500);
}
note(`join to first frame, two in the room (p50 of ${JOINS})`, `${Math.round(part(joins, 0.5))} ms`, '<= 400 ms');
note(`join to first frame, two in the room (p95 of ${JOINS})`, `${Math.round(part(joins, 0.95))} ms`);
await enterRoom(comer, server.url, id);
for (const name of ['zhang.jun', 'liu.fang', 'li.wei']) await enterRoom(await sit(name, roles[name]), server.url, id);
await enterRoom(await sit('chen.tao'), server.url, id);
const faces = () => Promise.all(pages.map((page) => page.evaluate(() => [...document.querySelectorAll('li.face video')].filter((v) => !v.muted && v.videoWidth > 0).length)));
const end = Date.now() + 60_000;
let seen = await faces();
while (seen.some((n) => n < pages.length - 1) && Date.now() < end) {
  await pages[0].waitForTimeout(500);
  seen = await faces();
}
note('people in the room, faces each of them sees', `${pages.length}: ${seen.join(' ')}`, `${pages.length}: 5 each`);

const ticks = () => {
  const fields = fs.readFileSync(`/proc/${server.child.pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return Number(fields[11]) + Number(fields[12]);
};
const frames = () => Promise.all(pages.map((page) => page.evaluate(() => [...document.querySelectorAll('li.face video')].filter((v) => !v.muted).reduce((sum, v) => sum + v.getVideoPlaybackQuality().totalVideoFrames, 0))));
const [cpu, shown] = [ticks(), await frames()];
await pages[0].waitForTimeout(MEASURED_S * 1000);
const used = (ticks() - cpu) / 100;
const fps = (await frames()).map((n, i) => (n - shown[i]) / MEASURED_S / (pages.length - 1));
note(`server CPU, ${pages.length} people (of one core)`, `${((used / MEASURED_S) * 100).toFixed(1)} %`);
note('server CPU per person (of one core)', `${((used / MEASURED_S / pages.length) * 100).toFixed(2)} %`);
note('pictures shown a second and face, by window', fps.map((n) => n.toFixed(0)).join(' '));
const status = fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
note('server memory (resident)', `${Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024)} MB`);
console.log(`load after: ${load()} (six browsers encode and decode on the same cores)`);
await browser.close();
await server.stop();
fs.rmSync(folder, { recursive: true, force: true });
