// A wall that hangs for hours: `cargo xtask bench soak [MINUTES]`. The province goes on meanwhile; each minute the page's heap after a
// collection, its documents and listeners, and what its browser's processes hold are printed. Judges nothing: reads like a chart.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { open } from './lib/browser.mjs';
import { Caller, Server } from './lib/server.mjs';
import { cast, emergency, newPatient, step } from './lib/story.mjs';

const minutes = Number(process.env.SOAK_MINUTES ?? 30);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-soak-'));
const server = await Server.start(folder);
const people = await cast(server.url);
const gao = await Caller.signIn(server.url, 'gao.yuan');
const wall = await open(folder, 'wall', 1, { width: 1920, height: 1080 });
const [cookie, value] = gao.cookie.split('=');
await wall.context.addCookies([{ name: cookie, value, url: server.url, httpOnly: true }]);
await wall.page.goto(`${server.url}/command?wall=1`);
await wall.page.locator('.mapcanvas canvas').first().waitFor();
const devtools = await wall.context.newCDPSession(wall.page);
await devtools.send('Performance.enable');

/** Resident memory of the browser's processes: those whose command line names its profile, and their children. */
function resident() {
  const parents = new Map();
  const ours = new Set();
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(pid, /PPid:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
      if (fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/profile-wall`)) ours.add(pid);
    } catch { /* it has ended meanwhile */ }
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const [pid, parent] of parents) if (ours.has(parent) && !ours.has(pid)) { ours.add(pid); grown = true; }
  }
  const of = (pid) => { try { return Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]); } catch { return 0; } };
  return [...ours].reduce((sum, pid) => sum + of(pid), 0) / 1024;
}

let acts = 0;
let stopped = false;
/** Something happens every two seconds or so: a case is asked, looked at, withdrawn. */
async function life() {
  for (let n = 0; !stopped; n += 1) {
    const patient = await newPatient(people.asking, `浸泡${n}`);
    const id = await emergency(people.asking, patient, `浸泡测试第${n}例`);
    await new Promise((done) => setTimeout(done, 2000));
    await step(people.dispatcher, id, 'first-look');
    await new Promise((done) => setTimeout(done, 2000));
    await step(people.asking, id, 'cancel', { reason: '浸泡测试结束' });
    acts += 5;
    await new Promise((done) => setTimeout(done, 2000));
  }
}

console.log(`machine: ${os.cpus().length} cores, load ${os.loadavg().map((n) => n.toFixed(2)).join(' ')}; ${minutes} minutes`);
console.log('minute   acts  heap MB  documents  nodes  listeners  browser MB (PSS)  server MB');
const living = life();
const heaps = [];
for (let minute = 0; minute <= minutes; minute += 1) {
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const of = (name) => metrics.find((one) => one.name === name)?.value ?? 0;
  const heap = of('JSHeapUsedSize') / 1048576;
  heaps.push(heap);
  const served = Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024;
  console.log(`${String(minute).padStart(6)} ${String(acts).padStart(6)} ${heap.toFixed(1).padStart(8)} ${String(of('Documents')).padStart(10)} ${String(of('Nodes')).padStart(6)} ${String(of('JSEventListeners')).padStart(10)} ${resident().toFixed(0).padStart(17)} ${served.toFixed(0).padStart(10)}`);
  if (minute < minutes) await new Promise((done) => setTimeout(done, 60_000));
}
stopped = true;
await living;
console.log(`heap: ${heaps[0].toFixed(1)} MB at first, ${heaps.at(-1).toFixed(1)} MB at last; faults of the page: ${wall.faults.length}`);
wall.faults.slice(0, 5).forEach((fault) => console.log(`  ${fault}`));
await wall.close();
await server.stop();
fs.rmSync(folder, { recursive: true, force: true });
