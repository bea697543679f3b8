// A large file over a bad line: cut, the server killed, the page loaded again; it goes on where it was, the doctor writes
// meanwhile, and what arrives is what was sent. Then a phone adds a photo, and a folder of many files keeps the page awake.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { axeFaults, overflow, shot } from './lib/look.mjs';
import { Line } from './lib/line.mjs';
import { signIn, zh } from './lib/pages.mjs';
import { Caller, Server } from './lib/server.mjs';

const MB = 1 << 20;
const SIZE = Number(process.env.E2E_UPLOAD_MB ?? 60) * MB;
const MANY = Number(process.env.E2E_UPLOAD_FILES ?? 60_000);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-upload-'));
const file = path.join(folder, '外院影像报告.pdf');
const t = {};
let broken = false;

/** One step of the story; not run once another has failed. */
function part(name, work, timeout = 600_000) {
  test(name, { timeout }, async (context) => {
    if (broken) return context.skip('an earlier step failed');
    try {
      return await work(context);
    } catch (error) {
      broken = true;
      if (t.zhou) await shot(t.zhou.page, 'failed-upload').catch(() => {});
      throw error;
    }
  });
}

after(async () => {
  await t.zhou?.close();
  await t.phone?.close();
  await t.line?.close();
  await t.server?.stop();
});

const picker = (page) => page.locator(`input[type=file][aria-label="${zh('attach.files')}"]`);
const row = () => t.zhou.page.locator('.attachrow').filter({ hasText: '外院影像报告.pdf' });
const percent = async () => Number(/(\d+)%/.exec(await row().locator('.attachstate').innerText())?.[1] ?? 0);
async function until(what, limit, check) {
  const begun = performance.now();
  while (!(await check())) {
    assert.ok(performance.now() - begun < limit, `${what}: not within ${limit} ms`);
    await new Promise((done) => { setTimeout(done, 50); });
  }
}
/** Bytes of the file that are on the server's disk. */
function arrived() {
  const parts = path.join(t.server.data, 'uploads');
  const names = fs.existsSync(parts) ? fs.readdirSync(parts).filter((name) => name.endsWith('.part')) : [];
  return names.reduce((sum, name) => sum + fs.statSync(path.join(parts, name)).size, 0);
}

part('the stage: a server, a slow line before it, a large file', async () => {
  const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(SIZE - 9)]);
  fs.writeFileSync(file, bytes);
  t.sha256 = createHash('sha256').update(bytes).digest('hex');
  t.server = await Server.start(folder);
  t.line = await Line.before(t.server.port, { rate: 2 * MB });
  t.zhou = { ...(await open(folder, 'zhou', 1)), lang: 'zh' };
  await signIn(t.zhou.page, t.line.url, 'zhou.ming');
});

part('a draft, and the file on its way', async () => {
  const { page } = t.zhou;
  await page.keyboard.press('n');
  await page.waitForURL('**/cases/new**');
  await page.getByRole('button', { name: new RegExp(zh('request.full')) }).click();
  await page.waitForURL('**draft=**');
  t.draft = new URL(page.url()).searchParams.get('draft');
  await picker(page).setInputFiles(file);
  await until('a fifth of the file', 60_000, async () => (await percent()) >= 20);
});

part('the doctor goes on writing meanwhile', async () => {
  const { page } = t.zhou;
  await page.locator('#field-complaint').fill('发热伴咳嗽 7 天，文件上传时继续填写');
  await page.locator('.attachprogress').scrollIntoViewIfNeeded();
  await shot(page, 'upload-zh-1440');
  const zhou = await Caller.signIn(t.server.url, 'zhou.ming');
  await until('the draft to be saved', 10_000, async () => JSON.stringify(await zhou.get(`/api/drafts/consult/${t.draft}`)).includes('文件上传时继续填写'));
  // Another page of the app, and back: the file goes on without its form.
  await page.getByRole('link', { name: zh('ui.nav_inbox') }).first().click();
  await page.waitForURL('**/inbox**');
  const before = arrived();
  await until('more of the file, from another page', 30_000, async () => arrived() > before + 2 * MB);
  await page.goBack();
  await row().waitFor();
  assert.equal(await page.locator('#field-complaint').inputValue(), '发热伴咳嗽 7 天，文件上传时继续填写');
});

part('a line that is cut is waited for, and nothing is sent twice', async () => {
  const { page } = t.zhou;
  await until('a third of the file', 60_000, async () => (await percent()) >= 33);
  t.line.cut();
  await page.getByText(zh('attach.line_lost')).waitFor();
  const kept = arrived();
  assert.ok(kept > SIZE * 0.2, `${kept} bytes are there`);
  t.line.mend();
  await page.getByText(zh('attach.line_lost')).waitFor({ state: 'hidden', timeout: 120_000 });
  assert.ok(arrived() >= kept);
});

part('a server killed in the middle goes on where it was', async () => {
  await until('half of the file', 60_000, async () => arrived() >= SIZE / 2);
  const before = arrived();
  await t.server.kill();
  await t.server.run();
  assert.ok(arrived() >= before, `${before} bytes before, ${arrived()} after`);
  await until('more of it', 60_000, async () => arrived() >= SIZE * 0.65);
});

part('a reload names the file, and once chosen again it goes on in the middle', async () => {
  const { page } = t.zhou;
  await page.reload();
  const note = page.locator('.attachnote').filter({ hasText: '外院影像报告.pdf' });
  await note.waitFor();
  assert.match(await note.innerText(), /已收到 \d+/);
  await shot(page, 'upload-reload-zh-1440');
  const kept = arrived();
  await picker(page).setInputFiles(file);
  await row().getByText(zh('attach.state.done'), { exact: true }).waitFor({ timeout: 300_000 });
  assert.ok(kept >= SIZE * 0.6, `${kept} bytes were there at the reload`);
  // Sent in all: the file once, and what was on the line when it was cut.
  assert.ok(t.line.sent < SIZE * 1.35, `${Math.round(t.line.sent / MB)} MB went over the line for ${SIZE / MB} MB`);
  await note.waitFor({ state: 'hidden' });
});

part('what arrived is what was sent', async () => {
  const zhou = await Caller.signIn(t.server.url, 'zhou.ming');
  const listed = await zhou.get(`/api/consults/${t.draft}/files`);
  assert.equal(listed.documents.length, 1, JSON.stringify(listed));
  assert.equal(listed.documents[0].name, '外院影像报告.pdf');
  const blob = await zhou.send('GET', `/api/consults/${t.draft}/documents/${listed.documents[0].id}`);
  assert.equal(createHash('sha256').update(blob.body).digest('hex'), t.sha256);
  assert.equal(arrived(), 0, 'the parts are not kept beside the document');
});

part('a phone reads the code once, and its photos are in the draft', async () => {
  const { page } = t.zhou;
  await page.getByRole('button', { name: zh('attach.phone') }).click();
  const dialog = page.getByRole('dialog', { name: zh('attach.phone_title') });
  await dialog.getByRole('img', { name: zh('attach.phone_code') }).waitFor();
  await shot(page, 'handover-zh-1440');
  assert.deepEqual(await axeFaults(page), []);
  // A code of our own, in place of reading the picture; it ends the one on the screen.
  const zhou = await Caller.signIn(t.server.url, 'zhou.ming');
  const { body } = await zhou.send('POST', `/api/consults/${t.draft}/handover`, {});
  t.phone = await open(folder, 'phone', 7, { width: 390, height: 844, touch: true });
  await t.phone.page.goto(`${t.line.url}/phone#${body.token}`);
  await t.phone.page.getByText('拍照', { exact: true }).waitFor();
  assert.ok(!t.phone.page.url().includes(body.token), 'the secret stays in the address');
  const picture = path.join(folder, 'photo.jpg');
  fs.writeFileSync(picture, await t.phone.page.screenshot({ type: 'jpeg', quality: 60 }));
  await t.phone.page.locator('input[capture]').setInputFiles(picture);
  await t.phone.page.getByText('已发送 1 张').waitFor();
  await shot(t.phone.page, 'phone-zh-390');
  assert.deepEqual(await axeFaults(t.phone.page), []);
  assert.ok((await overflow(t.phone.page)) <= 0);
  await dialog.getByText(zh('attach.phone_photos', { count: 1 })).waitFor();
  // Loaded again, the phone is still known; another phone is not.
  await t.phone.page.reload();
  await t.phone.page.getByText('已发送 1 张').waitFor();
  const other = await fetch(`${t.server.url}/api/handover`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: body.token }) });
  assert.deepEqual([other.status, (await other.json()).code], [409, 'handover.used']);
  await dialog.getByRole('button', { name: zh('attach.phone_end') }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.locator('.attachdocs').getByText('photo-1.jpg').waitFor();
  await t.phone.page.locator('input[capture]').setInputFiles(picture);
  await t.phone.page.getByText('二维码无效或已过期').waitFor();
});

part('a folder of very many files: the page stays awake', async () => {
  const { page } = t.zhou;
  await page.route('**/api/consults/*/files/**', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
  const many = path.join(folder, 'PACS-export');
  fs.mkdirSync(many);
  for (let n = 0; n < MANY; n += 1) fs.writeFileSync(path.join(many, `IM${String(n).padStart(6, '0')}`), `IM${n}`.padEnd(600, ' '));
  // The longest time in which the page could not answer a key.
  await page.evaluate(() => {
    let last = performance.now();
    const channel = new MessageChannel();
    globalThis.longestPause = 0;
    channel.port1.onmessage = () => {
      const now = performance.now();
      globalThis.longestPause = Math.max(globalThis.longestPause, now - last);
      last = now;
      setTimeout(() => channel.port2.postMessage(0), 4);
    };
    channel.port2.postMessage(0);
  });
  await page.locator(`input[type=file][aria-label="${zh('attach.folder')}"]`).setInputFiles(many, { timeout: 300_000 });
  const status = page.locator('.attachtotal [role=status]');
  const counted = async () => Number(/\/ ?(\d+)/.exec((await status.innerText()).replaceAll(',', ''))?.[1] ?? 0);
  await until('the first of many', 300_000, async () => (await counted()) > 10);
  // A key is heard while the rest is still being looked at.
  await page.locator('#field-history').fill('仍可填写');
  const begun = await counted();
  assert.ok(begun < MANY, `all ${begun} were looked at before a key was heard`);
  await until(`all ${MANY + 1}, of which ${begun} were there when a key was heard`, 1_200_000, async () => (await counted()) === MANY + 1);
  await page.waitForTimeout(3000);
  console.log(`longest pause with ${MANY} files: ${Math.round(await page.evaluate(() => globalThis.longestPause))} ms`);
  assert.ok((await page.locator('.attachrow').count()) < 60, 'every row is drawn');
  assert.equal(await page.locator('#field-history').inputValue(), '仍可填写');
  await page.getByRole('button', { name: zh('attach.cancel_all') }).click();
  await page.unroute('**/api/consults/*/files/**');
}, 1_800_000);

part('nothing went wrong that nobody saw', async () => {
  const expected = /ERR_(CONNECTION|EMPTY|SOCKET|FAILED|NETWORK|INCOMPLETE|ABORTED)|net::ERR|status of (0|409|410|50\d)|Failed to (load|fetch)/;
  assert.deepEqual([...t.zhou.faults, ...t.phone.faults].filter((fault) => !expected.test(fault)), []);
});
