// The opinion: written while talking, kept when the page goes, signed once, and provable without us.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { en, openCase, waitForState } from '../lib/pages.mjs';
import { pdfWords, run, shellBlocks, unpack } from '../lib/proof.mjs';
import { Caller } from '../lib/server.mjs';

export const OPINION = {
  findings: '双肺多发磨玻璃影，以下叶外带为主，较前明显进展。',
  opinion: '考虑重症病毒性肺炎，氧合恶化，建议转入 ICU。',
  advice: '1. 无创通气；2. 俯卧位每日 12 小时以上；3. 6 小时后复查血气。',
};

const field = (page, key) => page.getByLabel(en(`opinion.${key}`), { exact: true });

/** Writes, loses the page, finds the words again, signs with a wrong and with the right password. */
export async function sign({ li, url, id }) {
  const { page } = li;
  await openCase(page, url, id);
  // It began by itself when both sides were in the room.
  await waitForState(page, 'in-session', en);
  for (const [key, words] of Object.entries(OPINION)) await field(page, key).fill(words);
  await page.waitForTimeout(2500);
  await page.reload();
  await field(page, 'findings').waitFor();
  for (const [key, words] of Object.entries(OPINION)) assert.equal(await field(page, key).inputValue(), words, `${key} after a reload`);

  await page.getByRole('button', { name: en('opinion.sign'), exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(en('opinion.password')).fill('not-the-password');
  await dialog.getByRole('button', { name: en('opinion.sign'), exact: true }).click();
  await dialog.getByRole('alert').first().waitFor();
  await dialog.getByLabel(en('opinion.password')).fill('consilium-demo');
  await dialog.getByRole('button', { name: en('opinion.sign'), exact: true }).click();
  await waitForState(page, 'signed', en);

  const again = await Caller.signIn(url, 'li.wei');
  const { version } = await again.get(`/api/consults/${id}`);
  const second = await again.send('POST', `/api/consults/${id}/opinion`, { version, password: 'consilium-demo', ...OPINION, advice: '改口' });
  assert.equal(second.status, 409, `signed twice: ${JSON.stringify(second.body)}`);
}

/** The PDF says all it must; the commands of docs/SIGNATURES.md say yes, and no when one byte differs. */
export async function proves({ url, id, folder, patient }, context) {
  const reader = await Caller.signIn(url, 'zhou.ming');
  const detail = await reader.get(`/api/consults/${id}`);
  const pdf = await reader.get(`/api/consults/${id}/opinion.pdf`);
  const words = pdfWords(pdf, folder);
  const wanted = [detail.asking.hospital.name, detail.advising[0].hospital.name, patient.name, detail.number, ...Object.values(OPINION), '李伟'];
  for (const text of wanted) assert.ok(words.includes(text.replace(/\s+/g, '')), `the PDF lacks ${text}`);

  const evidence = path.join(folder, 'evidence');
  const held = unpack(await reader.get(`/api/consults/${id}/opinion/evidence`), evidence);
  context.diagnostic(`evidence: ${held.join(' ')}`);
  assert.deepEqual(fs.readFileSync(path.join(evidence, 'opinion.pdf')), Buffer.from(pdf), 'the PDF of the evidence is another');
  const commands = shellBlocks(path.resolve('../../docs/SIGNATURES.md'));
  assert.ok(commands.some((block) => block.includes('openssl')), 'docs/SIGNATURES.md shows no openssl command');
  const script = ['set -euo pipefail', ...commands].join('\n').replace(/^\$ /gm, '');
  const verify = () => run('bash', ['-c', script], { cwd: evidence });
  context.diagnostic(verify().trim().split('\n').join(' | '));

  const manifest = fs.readdirSync(evidence).find((name) => /manifest.*json$/.test(name));
  const whole = fs.readFileSync(path.join(evidence, manifest));
  const touched = Buffer.from(whole);
  touched[touched.length - 3] ^= 1;
  fs.writeFileSync(path.join(evidence, manifest), touched);
  assert.throws(verify, undefined, 'a manifest with one other bit verifies');
  fs.writeFileSync(path.join(evidence, manifest), whole);
  verify();
}
