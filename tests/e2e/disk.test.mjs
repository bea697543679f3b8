// The server's disk fills while people look at its pages: the pages say so in both languages, and stop saying so, without a reload.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { faults } from './lib/look.mjs';
import { signIn, spoken } from './lib/pages.mjs';
import { Server } from './lib/server.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-disk-'));
const disk = path.join(folder, 'disk');
/** Root of a container may often mount nothing: capability 21, CAP_SYS_ADMIN, says who may. */
const mounts = (BigInt(`0x${/CapEff:\s*(\w+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]}`) >> 21n) % 2n === 1n;
const browsers = [];
let server;

before(async () => {
  if (!mounts) return;
  fs.mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512m', 'tmpfs', disk]);
  server = await Server.start(disk);
});

after(async () => {
  for (const browser of browsers) await browser.close();
  await server?.kill();
  if (mounts) execFileSync('umount', ['-l', disk]);
});

function fill() {
  const filler = path.join(disk, 'filler');
  const file = fs.openSync(filler, 'a');
  try {
    for (;;) fs.writeSync(file, Buffer.alloc(1 << 20));
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  }
  fs.closeSync(file);
  return () => fs.rmSync(filler);
}

test('a full disk is told on every page and forgotten when it is over', { timeout: 900_000, skip: mounts ? false : 'this needs the right to mount a file system' }, async () => {
  const pages = [];
  for (const [lang, locale, who] of [['zh', 'zh-CN', 'zhou.ming'], ['en', 'en-US', 'chen.tao']]) {
    const browser = await open(folder, lang, browsers.length + 1, { lang: locale });
    browsers.push(browser);
    await browser.page.goto(`${server.url}/login`);
    await browser.page.evaluate((l) => localStorage.setItem('lang', l), locale === 'en-US' ? 'en' : 'zh-CN');
    await signIn(browser.page, server.url, who, { lang });
    pages.push([browser.page, spoken(lang), `disk-${lang}`]);
  }
  const space = fill();
  for (const [page, t, name] of pages) {
    await page.getByText(t('ui.disk_full')).waitFor();
    await page.getByText(t('ui.disk_what')).waitFor();
    assert.deepEqual(await faults(page, name), []);
  }
  // Who comes meanwhile is told as well.
  await pages[0][0].reload();
  await pages[0][0].getByText(pages[0][1]('ui.disk_full')).waitFor();
  space();
  for (const [page, t] of pages) await page.getByText(t('ui.disk_full')).waitFor({ state: 'detached' });
});
