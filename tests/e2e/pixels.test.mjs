// What the viewer decodes, held against what pydicom decodes: every file of PyPI pydicom and pydicom-data that pydicom can decode,
// sent to the program, fetched back through DICOMweb, decoded by the viewer's own code in Chromium.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { Server } from './lib/server.mjs';
import { cast, emergency, newPatient } from './lib/story.mjs';
import { bundle } from './pixels/bundle.mjs';

const python = process.env.E2E_PYTHON ?? path.resolve('../../target/venv/bin/python');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-pixels-'));
const expected = path.join(folder, 'expected');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm', '.f64': 'application/octet-stream' };

let server;
let browser;
let told;
let asking;

before(async () => {
  const made = spawnSync(python, ['pixels/oracle.py', expected], { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(made.status, 0, made.stderr);
  told = JSON.parse(fs.readFileSync(path.join(expected, 'index.json'), 'utf8'));
  await bundle(path.join(folder, 'page'));
  server = await Server.start(folder);
  ({ asking } = await cast(server.url));
  browser = await open(folder, 'reader', 1);
  const [name, value] = asking.cookie.split('=');
  await browser.context.addCookies([{ name, value, url: server.url, httpOnly: true }]);
  await browser.context.route(`${server.url}/pixels/**`, (route) => {
    const at = decodeURIComponent(new URL(route.request().url()).pathname.slice('/pixels/'.length));
    const file = at.startsWith('expected/') ? path.join(folder, at) : path.join(folder, 'page', at);
    return route.fulfill({ body: fs.readFileSync(file), contentType: TYPES[path.extname(file)] ?? 'application/octet-stream' });
  });
});

after(async () => {
  await browser?.close();
  await server?.kill();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Sends a file to a case; the patient in it is somebody else, and a human says that it is meant. */
async function send(id, file) {
  const upload = randomUUID();
  const at = `/api/consults/${id}/files/${upload}`;
  const put = await asking.send('PUT', `${at}?name=${encodeURIComponent(path.basename(file))}`, new Uint8Array(fs.readFileSync(file)));
  const answer = put.status === 409 ? await asking.send('POST', `${at}/confirm`, { reason: '测试文件' }) : put;
  return answer.body.files?.[0] ?? { kind: 'refused', why: answer.body.params?.why ?? answer.body.code, detail: answer.body.detail };
}

/** Many of the files are the same image coded otherwise, under the same UID: each case holds one of them. */
async function place(files) {
  const cases = [];
  const placed = new Map();
  const next = new Map();
  for (const file of files) {
    for (let at = next.get(file.instance) ?? 0; !placed.has(file); at += 1) {
      next.set(file.instance, at + 1);
      assert.ok(at < 60, `${file.path}: sixty cases hold another file of its UID`);
      if (!cases[at]) {
        const patient = await newPatient(asking, `像素${at}`);
        cases.push(await emergency(asking, patient, '解码比对'));
      }
      const result = await send(cases[at], file.path);
      if (result.why === 'differs-from-stored' || result.duplicate) continue;
      placed.set(file, result.kind === 'dicom' ? { id: cases[at] } : { refused: `${result.why}: ${result.detail ?? ''}` });
    }
  }
  return { placed, cases };
}

/**
 * How far a sample may be from pydicom's. Lossless: not at all.
 * JPEG: the standard leaves the inverse transform's last bit open (ITU-T T.81 annex A.3.3), and the way to colour multiplies it.
 * JPEG 2000 irreversible: the wavelet is in floating point, and the last bit depends on the order of additions.
 * A modality LUT with fractions is kept in 32-bit floats here, in 64 there.
 */
function tolerance(file) {
  if (file.syntax === '1.2.840.10008.1.2.4.50') return file.what === 'rgb' ? JPEG_COLOUR : 1;
  if (file.syntax === '1.2.840.10008.1.2.4.91') return 1;
  // A 32-bit float has 24 bits of precision.
  return file.fraction ? file.largest * 2 ** -23 : 0;
}
const JPEG_COLOUR = 4;

/** Files that say two things of themselves; what the viewer makes of each is held here, so that a change is noticed. */
const CONTRADICT = {
  // The codestream is unsigned where the data set says signed: negative values come out 65,536 higher.
  'J2K_pixelrep_mismatch.dcm': (found) => found.most === 65_536,
  // Colours that the codestream does not turn, in a data set that says it did: it is not decoded, and the pane says so.
  'GDCMJ2K_TextGBR.dcm': (found) => found.error !== undefined,
};

/** A decoder that never answers is a finding, not the end of the test. */
function within(work) {
  let timer;
  const late = new Promise((done) => { timer = setTimeout(() => done({ error: 'no answer within 45 s' }), 45_000); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

test('every decodable file comes to the same pixels', { timeout: 3_000_000 }, async (context) => {
  const files = told.files.filter((file) => file.study && file.series && file.instance);
  assert.ok(files.length >= 140, `only ${files.length} files`);
  const { placed } = await place(files);
  const { page } = browser;
  await page.goto(`${server.url}/pixels/index.html`);
  await page.waitForFunction(() => globalThis.comparePixels);
  const wrong = [];
  const unshown = {};
  let frames = 0;
  let exact = 0;
  for (const file of files) {
    const name = path.basename(file.path);
    const at = placed.get(file);
    if (at.refused) {
      wrong.push(`${name}: refused: ${at.refused}`);
      continue;
    }
    for (const frame of file.frames) {
      const found = await within(page.evaluate((what) => globalThis.comparePixels(what), {
        caseId: at.id, study: file.study, series: file.series, instance: file.instance, frame, expected: `/pixels/expected/${file.number}-${frame}.f64`,
      }));
      if (found.why) {
        (unshown[found.why] ??= new Set()).add(name);
        continue;
      }
      if (CONTRADICT[name]) {
        if (!CONTRADICT[name](found)) wrong.push(`${name}: no longer as it was: ${JSON.stringify(found)}`);
        continue;
      }
      frames += 1;
      if (found.most === 0) exact += 1;
      if (!(found.most <= tolerance(file))) wrong.push(`${name} ${file.syntax} ${file.photometric} ${file.bits} signed ${file.signed} frame ${frame}: ${JSON.stringify(found)}`);
    }
  }
  for (const [why, names] of Object.entries(unshown)) context.diagnostic(`not shown, and said so (${why}): ${[...names].join(' ')}`);
  context.diagnostic(`${files.length} files, ${frames} frames compared, ${exact} of them exactly`);
  assert.deepEqual(wrong, []);
});
