// What is asked of the peers: wrk's requests, Synthea's bundles under ids of their own.
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const archive = path.resolve('../../bench/data/synthea-21-bundles.tar.xz');

/** wrk for so many seconds; requests a second. Anything but success fails: what is refused quickly is not fast. */
export async function wrk(peer, script, clients, seconds, env = {}) {
  const child = spawn('wrk', ['-t1', `-c${clients}`, `-d${seconds}s`, '--timeout', '10s', '-s', `records/${script}.lua`, peer.base], {
    env: { ...process.env, ...env, ...(peer.token && { TOKEN: peer.token }) },
  });
  let told = '';
  child.stdout.on('data', (part) => { told += part; });
  child.stderr.on('data', (part) => { told += part; });
  await new Promise((done) => { child.once('close', done); });
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(told);
  const bad = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)/.exec(told);
  if (!rate || bad) throw new Error(`wrk at ${peer.name}: ${told.slice(-600)}`);
  return Number(rate[1]);
}

/** The bundles as text, unpacked into `folder`. */
export function bundles(folder) {
  const into = path.join(folder, 'synthea');
  fs.mkdirSync(into, { recursive: true });
  const unpacked = spawnSync('tar', ['-xJf', archive, '-C', into]);
  if (unpacked.status !== 0) throw new Error(`tar: ${unpacked.stderr}`);
  const files = fs.readdirSync(into, { recursive: true }).map(String).filter((name) => name.endsWith('.json')).sort();
  return files.map((name) => {
    const text = fs.readFileSync(path.join(into, name), 'utf8');
    return { text, resources: JSON.parse(text).entry.length };
  });
}

/** The bundle as another patient's: every UUID another, the same everywhere it stands. */
export function another(text, nth) {
  const known = new Map();
  return text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (uuid) => {
    let other = known.get(uuid);
    if (!other) {
      const hex = crypto.createHash('md5').update(`${nth}${uuid}`).digest('hex');
      other = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
      known.set(uuid, other);
    }
    return other;
  });
}

/** Stores bundles, `together` at a time, until `resources` are stored; resources a second. `nth` counts the bundles of a peer. */
export async function store(peer, all, resources, together, nth) {
  const texts = [];
  let [stored, next] = [0, nth];
  // Made before the clock runs: a client's work is not the server's.
  for (; stored < resources; next += 1) {
    const bundle = all[next % all.length];
    stored += bundle.resources;
    texts.push(another(bundle.text, Math.floor(next / all.length)));
  }
  const begun = performance.now();
  await Promise.all(Array.from({ length: together }, async () => {
    for (let text = texts.shift(); text; text = texts.shift()) await peer.post('', text);
  }));
  return { rate: (stored * 1000) / (performance.now() - begun), stored, next };
}
