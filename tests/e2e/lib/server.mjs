// The built program, started on a free port with a folder of its own, killed and started again as a story wants it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export const binary = process.env.E2E_BIN ?? path.resolve('../../target/debug/consilium');

/** A port that nobody listens on now. */
export function freePort() {
  return new Promise((done, fail) => {
    const probe = net.createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export class Server {
  /** Starts a demonstration in `folder`/data; resolves when it serves. */
  static async start(folder, port, { address = '127.0.0.1', settings } = {}) {
    const server = new Server();
    server.address = address;
    server.settings = settings;
    server.folder = folder;
    server.data = path.join(folder, 'data');
    server.port = port ?? (await freePort());
    server.url = `${address === '127.0.0.1' ? 'http' : 'https'}://${address}:${server.port}`;
    await server.run();
    return server;
  }

  async run() {
    const begun = performance.now();
    const log = fs.openSync(path.join(this.folder, 'server.log'), 'a');
    const elsewhere = this.address === '127.0.0.1' ? [] : ['--expose'];
    this.child = spawn(binary, ['demo', '--data', this.data, '--listen', `${this.address}:${this.port}`, ...elsewhere], {
      stdio: ['ignore', log, log], env: { ...process.env, ...this.settings },
    });
    fs.closeSync(log);
    let ended;
    this.child.once('exit', (code, signal) => { ended = `${code ?? signal}`; });
    for (;;) {
      if (ended) throw new Error(`the server ended with ${ended}\n${this.log().slice(-2000)}`);
      const ready = await fetch(`${this.url}/health/ready`).then((r) => r.ok, () => false);
      if (ready) break;
      if (performance.now() - begun > 600_000) throw new Error(`the server does not serve\n${this.log().slice(-2000)}`);
      await new Promise((done) => setTimeout(done, 10));
    }
    this.started_ms = performance.now() - begun;
  }

  /** What it wrote to its log so far. */
  log() {
    return fs.readFileSync(path.join(this.folder, 'server.log'), 'utf8');
  }

  /** Ends it as a power cut would. */
  async kill() {
    await this.end('SIGKILL');
  }

  /** Ends it as an administrator would; gives the milliseconds it took. */
  async stop() {
    const begun = performance.now();
    await this.end('SIGTERM');
    return performance.now() - begun;
  }

  async end(signal) {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await gone;
  }
}

/** A person who speaks to the API without a browser. */
export class Caller {
  static async signIn(url, name, password = 'consilium-demo') {
    const caller = new Caller();
    caller.url = url;
    const answer = await caller.send('POST', '/api/session', { name, password });
    if (answer.status !== 200) throw new Error(`sign in ${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    caller.me = answer.body;
    if (!caller.me.role && caller.me.roles.length) {
      caller.me = (await caller.send('PUT', '/api/session/role', { role: caller.me.roles[0].id })).body;
    }
    return caller;
  }

  async send(method, where, body) {
    const json = body !== undefined && !(body instanceof Uint8Array);
    const response = await fetch(this.url + where, {
      method,
      body: json ? JSON.stringify(body) : body,
      headers: {
        origin: this.url,
        ...(this.cookie && { cookie: this.cookie }),
        ...(json && { 'content-type': 'application/json' }),
      },
    });
    const set = response.headers.getSetCookie().find((c) => /^(__Host-)?session=/.test(c));
    if (set) this.cookie = set.split(';')[0];
    const type = response.headers.get('content-type') ?? '';
    const content = type.includes('json') ? await response.json() : new Uint8Array(await response.arrayBuffer());
    return { status: response.status, type, body: content };
  }

  async get(where) {
    const answer = await this.send('GET', where);
    if (answer.status !== 200) throw new Error(`GET ${where}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`);
    return answer.body;
  }
}
