// What an upload costs: `cargo xtask bench upload`. Prints each figure beside its goal, with the machine's load, and judges nothing:
// absolute times on a shared machine are a note, not a verdict. The same bytes are written plainly before and after, for the ratio.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { dicom } from './lib/dicom.mjs';
import { Caller, Server } from './lib/server.mjs';

const MB = 1 << 20;
const SIZE = Number(process.env.BENCH_UPLOAD_MB ?? 2048) * MB;
const SLICES = Number(process.env.BENCH_SLICES ?? 300);
const PIECE = 64 * MB;
const folder = fs.mkdtempSync(path.join(process.env.BENCH_FOLDER ?? os.tmpdir(), 'consilium-bench-'));
const load = () => os.loadavg().map((n) => n.toFixed(2)).join(' ');
const note = (what, value, goal = '-') => console.log(`${what.padEnd(58)} ${value.padStart(14)}   goal ${goal}`);
const rate = (bytes, ms) => bytes / MB / (ms / 1000);
console.log(`machine: ${os.cpus().length} x ${os.cpus()[0]?.model ?? 'cpu'}, load ${load()}`);

/** Random bytes, so that nothing on the way can make them less; a PDF would be too large, a DICOM file of one frame is not. */
function make(file) {
  const out = fs.openSync(file, 'w');
  const head = dicomHead(SIZE - 4096);
  const hash = createHash('sha256');
  let left = SIZE;
  const write = (bytes) => { fs.writeSync(out, bytes); hash.update(bytes); left -= bytes.length; };
  write(head);
  const noise = randomBytes(8 * MB);
  while (left > 0) {
    noise.writeUInt32LE(left >>> 0, 0);
    write(left >= noise.length ? noise : noise.subarray(0, left));
  }
  fs.closeSync(out);
  return hash.digest('hex');
}

function dicomHead(room) {
  const frame = 512 * 512 * 2;
  const frames = Math.floor(room / frame);
  return dicom('1.2.826.9', '1.2.826.9.3', 1, 512, 512, frames, SIZE - dicom('1.2.826.9', '1.2.826.9.3', 1, 512, 512, frames, 0).length);
}

/** What the disk takes: the same bytes, written and brought to the disk by a plain program. */
function plain(file) {
  const target = path.join(folder, 'plain');
  const from = fs.openSync(file, 'r');
  const to = fs.openSync(target, 'w');
  const piece = Buffer.alloc(4 * MB);
  const begun = performance.now();
  for (let n = fs.readSync(from, piece); n > 0; n = fs.readSync(from, piece)) fs.writeSync(to, piece, 0, n);
  fs.fsyncSync(to);
  const took = performance.now() - begun;
  fs.closeSync(from);
  fs.closeSync(to);
  fs.rmSync(target);
  return took;
}

const memory = (server, what) => Number(new RegExp(`${what}:\\s+(\\d+)`).exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024;
const forgetPeak = (server) => { try { fs.writeFileSync(`/proc/${server.child.pid}/clear_refs`, '5'); } catch { /* then the peak is that of the whole life */ } };
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

function send(who, method, where, headers, body) {
  return new Promise((done, fail) => {
    const request = http.request(who.url + where, { method, agent, headers: { origin: who.url, cookie: who.cookie, ...headers } }, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces).toString() }));
    });
    request.on('error', fail);
    if (body && typeof body.pipe === 'function') body.pipe(request); else request.end(body);
  });
}
const tus = { 'tus-resumable': '1.0.0' };
const piece = { ...tus, 'content-type': 'application/offset+octet-stream' };

async function announce(who, size, name) {
  const answer = await send(who, 'POST', '/api/uploads', { ...tus, 'upload-length': size, 'upload-metadata': `filename ${Buffer.from(name).toString('base64')}` });
  if (answer.status !== 201) throw new Error(`announce: ${answer.status} ${answer.body}`);
  return answer.headers.location;
}

async function append(who, at, file, from, to) {
  for (let offset = from; offset < to; offset += PIECE) {
    const end = Math.min(offset + PIECE, to);
    const body = fs.createReadStream(file, { start: offset, end: end - 1, highWaterMark: MB });
    const answer = await send(who, 'PATCH', at, { ...piece, 'upload-offset': offset, 'content-length': end - offset }, body);
    if (answer.status !== 204) throw new Error(`append at ${offset}: ${answer.status} ${answer.body}`);
  }
}

async function draftOf(who) {
  return (await who.send('POST', '/api/drafts/consult', { body: {} })).body.id;
}

const server = await Server.start(folder);
try {
  let zhou = await Caller.signIn(server.url, 'zhou.ming');
  const file = path.join(folder, 'large.dcm');
  const sha256 = make(file);
  const before = plain(file);

  const draft = await draftOf(zhou);
  const idle = memory(server, 'VmRSS');
  forgetPeak(server);
  let at = await announce(zhou, SIZE, 'large.dcm');
  let begun = performance.now();
  await append(zhou, at, file, 0, SIZE);
  const sent = performance.now() - begun;
  const after = plain(file);
  begun = performance.now();
  const taken = await zhou.send('POST', `/api/consults/${draft}/files/bench-1/take`, { part: at.split('/').pop() });
  const took = performance.now() - begun;
  if (taken.status !== 200) throw new Error(`take: ${taken.status} ${JSON.stringify(taken.body)}`);
  const written = (before + after) / 2;
  note(`plain write and fsync of ${SIZE / MB} MB (before, after)`, `${rate(SIZE, before).toFixed(0)}, ${rate(SIZE, after).toFixed(0)} MB/s`);
  note(`upload of ${SIZE / MB} MB in pieces, on the disk when answered`, `${rate(SIZE, sent).toFixed(0)} MB/s`);
  note('upload beside the plain write', `${((written / sent) * 100).toFixed(0)} %`, '>= 80 %');
  note('taken into the case (read again, hashed, filed)', `${rate(SIZE, took).toFixed(0)} MB/s`);
  note('memory above idle at most', `${(memory(server, 'VmHWM') - idle).toFixed(0)} MB`, '<= 64 MB');
  const blob = path.join(server.data, 'records/blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  if (!fs.existsSync(blob) || fs.statSync(blob).size !== SIZE) throw new Error('the bytes that arrived are not those that were sent');
  note('bytes that arrived', 'equal', 'equal');

  // Cut at half by a killed server.
  fs.rmSync(path.join(server.data, 'bench'), { force: true, recursive: true });
  at = await announce(zhou, SIZE, 'large.dcm');
  const half = Math.floor(SIZE / 2);
  await append(zhou, at, file, 0, Math.floor(half / PIECE) * PIECE);
  const acknowledged = Math.floor(half / PIECE) * PIECE;
  const cut = append(zhou, at, file, acknowledged, acknowledged + PIECE).catch(() => undefined);
  await new Promise((done) => { setTimeout(done, 60); });
  await server.kill();
  await cut;
  await server.run();
  zhou = Object.assign(await Caller.signIn(server.url, 'zhou.ming'));
  const head = await send(zhou, 'HEAD', at, tus);
  const offset = Number(head.headers['upload-offset']);
  if (!(offset >= acknowledged)) throw new Error(`${acknowledged} acknowledged, ${offset} there`);
  await append(zhou, at, file, offset, SIZE);
  const again = await zhou.send('POST', `/api/consults/${draft}/files/bench-2/take`, { part: at.split('/').pop() });
  if (!again.body.files?.[0]?.duplicate) throw new Error(`not the same bytes: ${JSON.stringify(again.body)}`);
  note('killed at half, gone on with, bytes', 'equal', 'equal');
  fs.rmSync(file);

  // A CT of many slices: whole, several at a time, as the browser sends them; and each in pieces, for the decision.
  const bytes = 512 * 512 * 2;
  const noise = randomBytes(bytes);
  const slice = (run, n) => Buffer.concat([dicom(`1.2.826.${run}`, `1.2.826.${run}.3.${n}`, n, 512, 512, 1, bytes), noise]);
  const ways = {
    'whole (PUT)': async (to, run, n) => {
      const answer = await send(zhou, 'PUT', `/api/consults/${to}/files/s-${run}-${n}?name=IM${n}`, { 'content-type': 'application/octet-stream' }, slice(run, n));
      if (answer.status !== 200) throw new Error(`slice: ${answer.status} ${answer.body}`);
    },
    'in pieces (POST with its bytes, take)': async (to, run, n) => {
      const body = slice(run, n);
      const made = await send(zhou, 'POST', '/api/uploads', { ...piece, 'upload-length': body.length }, body);
      const answer = await zhou.send('POST', `/api/consults/${to}/files/s-${run}-${n}/take`, { part: made.headers.location.split('/').pop() });
      if (answer.status !== 200) throw new Error(`slice: ${answer.status} ${JSON.stringify(answer.body)}`);
    },
  };
  for (let round = 0; round < 2; round += 1) {
    for (const [index, [name, way]] of Object.entries(ways).entries()) {
      const to = await draftOf(zhou);
      const run = 10 + round * 2 + index;
      let next = 0;
      begun = performance.now();
      await Promise.all(Array.from({ length: 4 }, async () => {
        while (next < SLICES) { next += 1; await way(to, run, next); }
      }));
      note(`CT of ${SLICES} slices, ${name}, 4 at a time (${round + 1})`, `${((SLICES * 1000) / (performance.now() - begun)).toFixed(0)} files/s`);
    }
    note(`  resident memory after it`, `${memory(server, 'VmRSS').toFixed(0)} MB (idle ${idle.toFixed(0)})`);
  }
  console.log(`load at the end: ${load()}`);
} finally {
  agent.destroy();
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
