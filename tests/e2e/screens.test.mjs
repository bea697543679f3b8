// Every screen, in both languages and at both sizes: a picture for whoever reviews, axe, no sideways scrolling, no stray words.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { look, SIZES } from './lib/look.mjs';
import { spoken } from './lib/pages.mjs';
import { Server } from './lib/server.mjs';
import { attach, cast, emergency, newPatient, step, toWaiting } from './lib/story.mjs';

const python = process.env.E2E_PYTHON ?? path.resolve('../../target/venv/bin/python');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-screens-'));
const browsers = {};
let server;
let id;
let draft;

before(async () => {
  server = await Server.start(folder);
  const people = await cast(server.url);
  const patient = await newPatient(people.asking, '王小明', '1958-03-09');
  id = await emergency(people.asking, patient, '双肺磨玻璃影 48 小时内进展，氧合下降，是否需要转入 ICU');
  const ct = path.join(folder, 'ct');
  const made = spawnSync(python, ['ct.py', ct, '王小明', 'male', '1958-03-09', patient.passport], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  for (const part of ['head', 'series']) {
    for (const answer of await attach(people.asking, id, path.join(ct, part))) assert.ok(answer.status < 300, JSON.stringify(answer.body));
  }
  await toWaiting(people, id);
  await step(people.specialist, id, 'start');
  const kept = await people.asking.send('POST', '/api/drafts/consult', {
    body: { form: 'full', patient: null, urgency: 'routine', kind: 'live', purpose: '反复咯血两周，请看胸部 CT', specialty: '', vitals: [], labs: [], consent: {} },
  });
  draft = kept.body.id;
  for (const [name, caller] of Object.entries(people)) {
    const browser = await open(folder, name, Object.keys(browsers).length + 1);
    const [cookie, value] = caller.cookie.split('=');
    await browser.context.addCookies([{ name: cookie, value, url: server.url, httpOnly: true }]);
    browsers[name] = browser;
  }
});

after(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  await server?.kill();
});

async function openImages(page, t) {
  await page.getByRole('button', { name: t('consult.images_open') }).click();
  await page.locator('.dv-pane canvas[data-slice]').first().waitFor();
}

async function enterTheRoom(page, t) {
  await page.locator('button:enabled').filter({ hasText: t('room.enter') }).click();
  await page.getByRole('list', { name: t('room.people') }).locator('video').first().waitFor();
}

const SCREENS = [
  { name: 'inbox', who: 'dispatcher', at: () => '/inbox' },
  { name: 'request', who: 'asking', at: () => `/cases/new?draft=${draft}` },
  { name: 'case', who: 'asking', at: () => `/cases/${id}` },
  { name: 'images', who: 'specialist', at: () => `/cases/${id}`, then: openImages, wide: true },
  { name: 'room-check', who: 'specialist', at: () => `/cases/${id}/room` },
  { name: 'room', who: 'specialist', at: () => `/cases/${id}/room`, then: enterTheRoom },
  { name: 'figures', who: 'specialist', at: () => '/figures' },
];

for (const lang of ['zh', 'en']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    // On a phone the images stand in the room.
    for (const screen of SCREENS.filter((one) => !one.wide || size === '1440')) {
      test(`${screen.name} ${lang} ${size}`, { timeout: 60_000 }, async () => {
        const { page } = browsers[screen.who];
        await page.setViewportSize(viewport);
        await page.goto(`${server.url}/login`);
        await page.evaluate((l) => localStorage.setItem('lang', l), lang === 'en' ? 'en' : 'zh-CN');
        await page.goto(server.url + screen.at());
        await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
        await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => {});
        await screen.then?.(page, spoken(lang));
        await look(page, `${screen.name}-${lang}-${size}`);
      });
    }
    test(`login ${lang} ${size}`, { timeout: 60_000 }, async () => {
      const visitor = await open(folder, `visitor-${lang}-${size}`, 9, { ...viewport, lang: lang === 'en' ? 'en' : 'zh-CN' });
      try {
        await visitor.page.goto(`${server.url}/login`);
        await visitor.page.getByRole('button', { name: spoken(lang)('login.sign_in'), exact: true }).waitFor();
        await look(visitor.page, `login-${lang}-${size}`);
      } finally {
        await visitor.close();
      }
    });
  }
}
