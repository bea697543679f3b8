// Proofs that need nothing of ours: openssl for the signature, poppler for the PDF.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Runs a program and gives what it printed; fails with its words. */
export function run(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', ...options });
  assert.equal(done.status, 0, `${program} ${args.join(' ')}\n${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

/** Unpacks a ZIP with Python, which is on every machine that runs these tests. */
export function unpack(bytes, folder) {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, '..', `${path.basename(folder)}.zip`);
  fs.writeFileSync(file, bytes);
  run('python3', ['-m', 'zipfile', '-e', file, folder]);
  return fs.readdirSync(folder, { recursive: true }).map(String).sort();
}

/** The shell blocks of a document, in order: what a reader is told to type. */
export function shellBlocks(document) {
  const text = fs.readFileSync(document, 'utf8');
  return [...text.matchAll(/```(?:sh|bash|shell|console)\n([\s\S]*?)```/g)].map((m) => m[1]);
}

/** The words of a PDF, white space folded, since a layout may break a line anywhere. */
export function pdfWords(bytes, folder) {
  const file = path.join(folder, 'opinion.pdf');
  fs.writeFileSync(file, bytes);
  return run('pdftotext', ['-layout', '-enc', 'UTF-8', file, '-']).replace(/\s+/g, '');
}
