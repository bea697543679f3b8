// A printed sheet before a camera: the page as poppler paints it, and what a decoder that is not ours reads from it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const jsQR = createRequire(import.meta.url)('jsqr');

/** What the code on the first page of a PDF says. */
export function scanned(pdf, dpi = 150) {
  const painted = spawnSync('pdftoppm', ['-gray', '-r', String(dpi), '-f', '1', '-l', '1', '-'], { input: pdf, maxBuffer: 64 << 20 });
  assert.equal(painted.status, 0, painted.stderr?.toString());
  // P5, width, height, 255, then a byte a pixel.
  const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(painted.stdout.subarray(0, 40).toString('latin1'));
  assert.ok(head, 'pdftoppm paints a PGM');
  const [width, height] = [Number(head[1]), Number(head[2])];
  const grey = painted.stdout.subarray(head[0].length);
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at += 1) pixels.set([grey[at], grey[at], grey[at], 255], at * 4);
  const found = jsQR(pixels, width, height);
  assert.ok(found, 'a code on the sheet');
  return found.data;
}
