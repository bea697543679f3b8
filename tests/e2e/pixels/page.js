// Runs in the browser, built from the viewer's own files: decodes a frame as the viewer does and holds it against the oracle's.
import { imageLoader } from '@cornerstonejs/core';
import { learn, start, valuesOf } from '../../../web/src/viewers/dicom/engine';
import { loadStack } from '../../../web/src/viewers/dicom/stack';

const stacks = new Map();

/** How a frame differs from what is expected: the largest difference, and the share of samples that differ at all. */
async function compare({ caseId, study, series, instance, frame, expected }) {
  await start();
  const key = `${caseId}/${study}/${series}`;
  if (!stacks.has(key)) stacks.set(key, await loadStack(caseId, study, series));
  const slice = stacks.get(key).slices.find((one) => one.instance === instance && one.frame === frame);
  if (!slice) return { missing: true };
  if (slice.why) return { why: slice.why };
  learn(stacks.get(key).slices.filter((one) => one.instance === instance));
  await imageLoader.loadAndCacheImage(slice.imageId);
  const values = valuesOf(slice);
  const wanted = new Float64Array(await (await fetch(expected)).arrayBuffer());
  const { columns, rows, samples } = values;
  if (columns * rows * samples !== wanted.length) return { shape: [columns, rows, samples, wanted.length] };
  let [most, differ, at] = [0, 0, 0];
  const first = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      for (let sample = 0; sample < samples; sample += 1, at += 1) {
        const found = values.at(column, row, sample);
        const away = Math.abs(found - wanted[at]);
        if (away !== 0) differ += 1;
        if (away !== 0 && first.length < 3) first.push([column, row, sample, found, wanted[at]]);
        if (!(away <= most)) most = away;
      }
    }
  }
  return { most, differ: differ / wanted.length, first };
}

globalThis.comparePixels = (what) => compare(what).catch((error) => ({ error: String(error?.error ?? error?.message ?? error) }));
