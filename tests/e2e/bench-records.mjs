// The record beside others over HTTP: `cargo xtask bench records [PART …]`. Medians of alternating runs in one session, with the machine's
// load; judges nothing, but fails when what is measured did not happen.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load, machine, median, pause, sizeOf } from './lib/measure.mjs';
import { counts, searches } from './records/searches.mjs';
import { bundles, store, wrk } from './records/load.mjs';
import { hfs, own, router } from './records/peers.mjs';

const RUNS = Number(process.env.BENCH_RUNS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const RESOURCES = Number(process.env.BENCH_RESOURCES ?? 200_000);
const GROWN = Number(process.env.BENCH_GROWN ?? 1_000_000);
const TOGETHER = 4;
const parts = (process.env.BENCH_PARTS ?? 'create read import search').split(' ');

const folder = fs.mkdtempSync(path.join(process.env.BENCH_DIR ?? os.tmpdir(), 'consilium-bench-records-'));
console.log(machine());
const ours = await own(folder);
const peers = { consilium: ours, hfs: await hfs(folder) };
if (!peers.hfs) console.log('HFS is not installed (cargo install helios-hfs --version 0.2.7 --locked): measured alone, nothing is compared with it');
const present = () => Object.values(peers).filter(Boolean);

/** Each peer in turn, again and again; the runs of each and the ratio of the medians to ours. */
async function alternate(what, goal, run, among = present()) {
  const rates = new Map(among.map((peer) => [peer.name, []]));
  for (let n = 0; n < RUNS; n += 1) {
    for (const peer of among) rates.get(peer.name).push(await run(peer, n));
  }
  const mine = median(rates.get('consilium'));
  for (const [name, all] of rates) {
    const ratio = name === 'consilium' ? '' : `   ratio ${(mine / median(all)).toFixed(2)}`;
    console.log(`${what.padEnd(44)} ${name.padEnd(10)} ${median(all).toFixed(0).padStart(8)}/s   (${all.map((r) => r.toFixed(0)).join(' ')})${ratio}`);
  }
  console.log(`${''.padEnd(44)} goal ${goal}   load ${load()}`);
}

if (parts.includes('create')) {
  for (const [clients, goal] of [[1, '>= 2 x hfs'], [8, '>= 4 x hfs'], [32, '>= 6 x hfs']]) {
    await alternate(`creates of 2 KB, ${clients} client${clients > 1 ? 's' : ''}`, goal,
      (peer, n) => wrk(peer, 'create', clients, SECONDS, { SEED: `${clients * 100 + n}` }));
  }
}

if (parts.includes('read')) {
  peers.router = await router();
  for (const peer of present()) {
    const lines = [];
    for (let n = 0; n < 2_000; n += 1) {
      const made = await peer.post('/Patient', {
        resourceType: 'Patient', name: [{ family: `Family${n}`, given: ['A'] }], gender: 'male', birthDate: '1970-01-01',
        address: [{ city: `City${n % 53}`, text: 'x'.repeat(1_450) }], identifier: [{ system: 'urn:read', value: `r${n}` }],
      });
      lines.push(`Patient/${made.body?.id ?? /Patient\/([^/]+)/.exec(made.location)[1]}`);
    }
    peer.ids = path.join(folder, `${peer.name}.ids`);
    fs.writeFileSync(peer.ids, `${lines.join('\n')}\n`);
  }
  await alternate('reads by id, 16 connections', '>= 3 x hfs, >= 1.5 x router', (peer) => wrk(peer, 'read', 16, SECONDS, { IDS: peer.ids }));
  await peers.router.stop();
  delete peers.router;
}

/** By peer: how many there were of each of the fifty counts before the bundles. */
const countsBefore = new Map();
if (parts.includes('import')) {
  for (const peer of present()) countsBefore.set(peer.name, await counts(peer.migration ?? peer));
  const all = bundles(folder);
  const next = new Map();
  const counted = new Map();
  const before = new Map(present().map((peer) => [peer.name, sizeOf(peer.data)]));
  await alternate(`Synthea bundles, ${RESOURCES} resources in all`, '>= 6 x hfs', async (peer) => {
    const done = await store(peer.migration ?? peer, all, RESOURCES / RUNS, TOGETHER, next.get(peer.name) ?? 0);
    next.set(peer.name, done.next);
    counted.set(peer.name, (counted.get(peer.name) ?? 0) + done.stored);
    return done.rate;
  });
  const most = new Map(present().map((peer) => [peer.name, peer.memory().most]));
  await pause(30_000);
  const sizes = new Map();
  for (const peer of present()) {
    const bytes = (sizeOf(peer.data) - before.get(peer.name)) / counted.get(peer.name);
    sizes.set(peer.name, bytes);
    console.log(`${peer.name.padEnd(12)} ${bytes.toFixed(0)} bytes a resource, ${(most.get(peer.name) / 1024).toFixed(0)} MB at most during the import, ${(peer.memory().now / 1024).toFixed(0)} MB 30 s after`);
  }
  if (peers.hfs) console.log(`bytes a resource: ${(sizes.get('consilium') / sizes.get('hfs')).toFixed(3)} of hfs, goal <= 0.15; memory goal 256 MB and 120 MB`);
}

if (parts.includes('growth')) {
  const all = bundles(folder);
  const fresh = await own(fs.mkdtempSync(path.join(folder, 'growth-')));
  let [next, stored, first, last] = [0, 0, 0, 0];
  while (stored < GROWN) {
    const runs = [];
    for (const until = stored + GROWN / 10; stored < until;) {
      const done = await store(fresh.migration, all, GROWN / 50, TOGETHER, next);
      next = done.next;
      stored += done.stored;
      runs.push(done);
    }
    last = runs.reduce((sum, run) => sum + run.stored, 0) / runs.reduce((sum, run) => sum + run.stored / run.rate, 0);
    first ||= last;
    console.log(`${String(stored).padStart(9)} resources: the last tenth at ${last.toFixed(0)}/s, ${(last / first).toFixed(2)} of the first; ${(sizeOf(fresh.data) / stored).toFixed(0)} bytes a resource, ${(fresh.memory().most / 1024).toFixed(0)} MB at most   load ${load()}`);
  }
  await pause(30_000);
  console.log(`30 s after: ${(fresh.memory().now / 1024).toFixed(0)} MB; goals: the last tenth >= 0.7 of the first, 256 MB, 120 MB`);
  await searches(fresh.migration);
  await fresh.stop();
}

if (parts.includes('search')) await searches(ours.migration, peers.hfs, parts.includes('import') ? countsBefore : undefined);

for (const peer of present()) await peer.stop();
fs.rmSync(folder, { recursive: true });
