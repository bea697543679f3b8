// Files: true progress, a reload in the middle, another person's images, and what cannot be read or shown.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { zh } from '../lib/pages.mjs';

const files = (folder) => fs.readdirSync(folder).sort().map((name) => path.join(folder, name));
const picker = (page) => page.locator(`input[type=file][aria-label="${zh('attach.files')}"]`);

/** The study whose card shows so many images. */
async function studyOf(page, images) {
  await page.locator('.attachstudy').filter({ hasText: zh('attach.images', { count: images }) }).first().waitFor();
}

/** A reload while files are on their way: what had not arrived is named, chosen again, and nothing is there twice. */
export async function reloadDuringUpload({ zhou, folder }) {
  const { page } = zhou;
  let held = 0;
  await page.route('**/api/consults/*/files/**', async (route) => {
    if (route.request().method() !== 'PUT') return route.continue();
    held += 1;
    if (held <= 2) return route.continue();
    return undefined; // The others hang on the line until the page goes away.
  });
  await picker(page).setInputFiles(files(path.join(folder, 'series')));
  await page.getByText(zh('attach.state.done'), { exact: true }).nth(1).waitFor();
  await page.waitForTimeout(300);
  await page.reload();
  await page.unroute('**/api/consults/*/files/**');
  const missing = page.getByText(/页面刷新前有 3 个文件没有传完/);
  await missing.waitFor();
  await picker(page).setInputFiles(files(path.join(folder, 'series')));
  await studyOf(page, 5);
  await missing.waitFor({ state: 'hidden' });
}

/** A whole slice of a scanner, by drag and drop. */
export async function dropHead({ zhou, folder }) {
  const { page } = zhou;
  const bytes = fs.readFileSync(path.join(folder, 'head/head.dcm')).toString('base64');
  const data = await page.evaluateHandle((base64) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'head.dcm', { lastModified: 1 }));
    return transfer;
  }, bytes);
  await page.locator('.attachdrop').dispatchEvent('drop', { dataTransfer: data });
  await page.locator('.attachstudy').nth(1).waitFor();
  assert.ok(await page.getByText(/512|514|513|526/).count() >= 0);
}

/** Another person's images stop: both people side by side, and a reason to go on. */
export async function mismatch({ zhou, folder, patient }) {
  const { page } = zhou;
  await picker(page).setInputFiles(files(path.join(folder, 'other')));
  const dialog = page.getByRole('dialog', { name: zh('attach.mismatch') });
  await dialog.waitFor();
  const words = await dialog.innerText();
  assert.match(words, /Doe|Archibald/i, 'the name in the file is not shown');
  assert.match(words, new RegExp(patient.name), 'the name of the case is not shown');
  const keep = dialog.getByRole('button', { name: /确认为同一人/ });
  assert.ok(await keep.isDisabled(), 'no reason, and it may go on');
  await dialog.getByRole('textbox').fill('外院检查时登记了曾用名，已核对身份证与检查单');
  await dialog.getByText(/4 个文件/).first().waitFor();
  await keep.click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText(zh('attach.patient_differs')).first().waitFor();
}

/** Not DICOM, truncated, and a syntax nobody here decodes: a clear word each, and nothing lost. */
export async function odd({ zhou, folder }) {
  const { page } = zhou;
  await picker(page).setInputFiles(files(path.join(folder, 'odd')));
  await page.getByText(zh('attach.why.not-dicom')).waitFor();
  await page.getByText(zh('attach.why.dicom-truncated')).waitFor();
  await page.getByText(zh('viewer.why.jpeg-12-bit')).first().waitFor();
}
