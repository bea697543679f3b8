// Every screen, in both languages and at both sizes: pictures for whoever reviews, axe, and what runs out of its box.
//
// E2E_WEB looks at the pages of a development server instead of those in the program (E2E_PORT: where it expects the program).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { faults, SIZES, WALL } from './lib/look.mjs';
import { spoken } from './lib/pages.mjs';
import { OPINION, RECORD } from './lib/record.mjs';
import { Caller, Server } from './lib/server.mjs';
import { cast, emergency, newPatient, planned, step, toWaiting } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-screens-'));
const python = process.env.E2E_PYTHON ?? path.resolve('../../target/venv/bin/python');
const browsers = {};
const made = {};
let server;
let web;

/** A case of the demonstration with everything: a record, images, an opinion half written, both sides about to meet. */
async function fullCase({ asking, specialist }) {
  const { rows } = await specialist.get('/api/consults');
  const { id } = rows.find((row) => row.state === 'waiting' && row.kind === 'live');
  // Slices of a scanner, under the patient's name.
  const { patient } = await asking.get(`/api/consults/${id}`);
  const ct = path.join(folder, 'ct');
  const made = spawnSync(python, ['ct.py', ct, patient.name, patient.sex, patient.birth_date, patient.identifier?.value ?? ''], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  for (const name of ['head/head.dcm', ...fs.readdirSync(path.join(ct, 'series')).map((slice) => `series/${slice}`)]) {
    const sent = await asking.send('PUT', `/api/consults/${id}/files/${randomUUID()}?name=${path.basename(name)}`, new Uint8Array(fs.readFileSync(path.join(ct, name))));
    assert.ok(sent.status < 300, JSON.stringify(sent.body));
  }
  await step(specialist, id, 'start');
  const said = await asking.send('POST', `/api/consults/${id}/messages`, { text: '无创通气已上 2 小时，SpO₂ 升至 91 %。' });
  assert.ok(said.status < 300, JSON.stringify(said.body));
  const kept = await specialist.send('PUT', `/api/drafts/opinion/${id}`, { revision: 0, body: OPINION });
  assert.equal(kept.status, 200, JSON.stringify(kept.body));
  return id;
}

/** A case whose opinion was signed by the province and waits for its answer. */
async function answeredCase(people) {
  const provincial = await Caller.signIn(server.url, 'zhang.jun');
  const id = await emergency(people.asking, await newPatient(people.asking, '孙桂兰', '1971-11-30', 'female'), '胸部 CT 新见右肺上叶空洞，结核还是肿瘤', { ...RECORD, specialty: 'radiology' });
  await toWaiting({ ...people, specialist: provincial }, id);
  await step(provincial, id, 'start');
  const signed = await step(provincial, id, 'opinion', { password: 'consilium-demo', ...OPINION });
  assert.ok(signed);
  return id;
}

/** A case by video for another day, which a dispatcher has not looked at yet: experts, rooms and hours are to be chosen. */
async function plannedCase({ asking }) {
  const patient = await newPatient(asking, '郑国强', '1960-01-17');
  return planned(asking, patient, { urgency: 'urgent', purpose: '发热待查 9 天，抗感染无效，请指导下一步检查', specialty: 'respiratory', ...RECORD });
}

async function drafted({ asking }, form, more) {
  const kept = await asking.send('POST', '/api/drafts/consult', { body: { form, patient: null, kind: 'live', specialty: '', vitals: [], labs: [], consent: {}, ...more } });
  assert.equal(kept.status, 201, JSON.stringify(kept.body));
  return kept.body.id;
}

before(async () => {
  server = await Server.start(folder, Number(process.env.E2E_PORT) || undefined);
  web = process.env.E2E_WEB ?? server.url;
  const people = { ...(await cast(server.url)), specialist: await Caller.signIn(server.url, 'li.wei'), command: await Caller.signIn(server.url, 'gao.yuan') };
  made.full = await fullCase(people);
  made.answered = await answeredCase(people);
  made.planned = await plannedCase(people);
  made.draft = await drafted(people, 'full', { urgency: 'routine', purpose: '反复咯血两周，请看胸部 CT', vitals: RECORD.vitals.slice(0, 1), labs: RECORD.labs.slice(0, 3) });
  made.hurry = await drafted(people, 'emergency', { urgency: 'emergency', purpose: '' });
  for (const [name, caller] of Object.entries(people)) {
    const browser = await open(folder, name, Object.keys(browsers).length + 1);
    const [cookie, value] = caller.cookie.split('=');
    await browser.context.addCookies([{ name: cookie, value, url: web, httpOnly: true }]);
    // A machine that builds beside it is slow, and that is not what is looked at here.
    browser.page.setDefaultTimeout(60_000);
    browsers[name] = browser;
  }
});

after(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  await server?.kill();
});

/** Goes somewhere in a language; the page is loaded anew only as often as needed. */
async function go(who, lang, where) {
  const browser = browsers[who];
  if (browser.lang !== lang) {
    await browser.page.goto(`${web}/login`);
    await browser.page.evaluate((l) => localStorage.setItem('lang', l), lang === 'en' ? 'en' : 'zh-CN');
    browser.lang = lang;
  }
  await browser.page.goto(web + where);
  await browser.page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
  await browser.page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => {});
  return browser.page;
}

async function openImages(page, t) {
  await page.getByRole('button', { name: t('consult.images_open') }).click();
  await page.locator('.dv-pane canvas[data-slice]').first().waitFor();
}

async function enter(page, t) {
  await page.locator('button:enabled').filter({ hasText: t('room.enter') }).click();
  await page.getByRole('list', { name: t('room.people') }).locator('video').first().waitFor();
}

/** Both sides are in, and the image is there: what the room is for. */
async function meet(page, t, lang) {
  await enter(page, t);
  await enter(await go('asking', lang, `/cases/${made.full}/room`), t);
  await page.waitForFunction(() => [...document.querySelectorAll('.face video')].filter((video) => video.videoWidth > 0 && !video.hidden).length > 1);
  await page.locator('.dv-pane canvas[data-slice]').first().waitFor();
}

const press = (label) => async (page, t) => {
  await page.getByRole('button', { name: t(label) }).first().click();
  await page.getByRole('dialog').waitFor();
};

async function assign(page, t) {
  await press('consult_step.assign')(page, t);
  await page.locator('.assignrow .strip').first().waitFor();
}

const mapped = (page) => page.locator('.mapcanvas canvas').first().waitFor();

const SCREENS = [
  { name: 'inbox', who: 'dispatcher', at: () => '/inbox' },
  { name: 'inbox-asking', who: 'asking', at: () => '/inbox' },
  { name: 'inbox-empty', who: 'dispatcher', at: () => '/inbox?q=nobody' },
  { name: 'request', who: 'asking', at: () => `/cases/new?draft=${made.draft}` },
  { name: 'request-emergency', who: 'asking', at: () => `/cases/new?draft=${made.hurry}` },
  { name: 'case', who: 'asking', at: () => `/cases/${made.full}` },
  // On a phone the images stand in the room.
  { name: 'images', who: 'specialist', at: () => `/cases/${made.full}`, then: openImages, wide: true },
  { name: 'opinion-write', who: 'specialist', at: () => `/cases/${made.full}?tab=opinion`, then: (page) => page.locator('#opinion').scrollIntoViewIfNeeded() },
  { name: 'room-check', who: 'specialist', at: () => `/cases/${made.full}/room`, then: (page) => page.locator('.roompreview video').waitFor() },
  { name: 'room', who: 'specialist', at: () => `/cases/${made.full}/room`, then: meet },
  { name: 'assign', who: 'dispatcher', at: () => `/cases/${made.planned}`, then: assign },
  { name: 'opinion-read', who: 'asking', at: () => `/cases/${made.answered}?tab=opinion` },
  { name: 'answer', who: 'asking', at: () => `/cases/${made.answered}?tab=opinion`, then: press('consult_step.answer') },
  { name: 'figures', who: 'dispatcher', at: () => '/figures?open=cases' },
  { name: 'figures-command', who: 'command', at: () => '/figures' },
  { name: 'reports', who: 'command', at: () => '/reports?by=asking' },
  { name: 'reports-timers', who: 'command', at: () => '/reports?by=expert&show=timers' },
  { name: 'reports-open', who: 'command', at: () => '/reports?by=month&show=communication&cell=all' },
  { name: 'command', who: 'command', at: () => '/command', then: mapped },
  { name: 'command-open', who: 'dispatcher', at: () => '/command?open=waiting', then: (page) => page.locator('.caselist li').first().waitFor() },
  { name: 'wall', who: 'command', at: () => '/command?wall=1', then: mapped, sizes: { 1920: WALL } },
];

for (const lang of ['zh', 'en']) {
  for (const screen of SCREENS) {
    test(`${screen.name} ${lang}`, { timeout: 900_000 }, async () => {
      const { page } = browsers[screen.who];
      const sizes = Object.entries(screen.sizes ?? SIZES);
      await page.setViewportSize(sizes.at(-1)[1]);
      await go(screen.who, lang, screen.at());
      await screen.then?.(page, spoken(lang), lang);
      const found = [];
      for (const [size, viewport] of sizes) {
        if (screen.wide && size !== '1440') continue;
        await page.setViewportSize(viewport);
        found.push(...await faults(page, `${screen.name}-${lang}-${size}`));
      }
      assert.deepEqual(found, []);
    });
  }
  test(`login ${lang}`, { timeout: 900_000 }, async () => {
    const visitor = await open(folder, `visitor-${lang}`, 9, { ...SIZES[1440], lang: lang === 'en' ? 'en' : 'zh-CN' });
    try {
      await visitor.page.goto(`${web}/login`);
      await visitor.page.getByRole('button', { name: spoken(lang)('login.sign_in'), exact: true }).waitFor();
      const found = [];
      for (const [size, viewport] of Object.entries(SIZES)) {
        await visitor.page.setViewportSize(viewport);
        found.push(...await faults(visitor.page, `login-${lang}-${size}`));
      }
      assert.deepEqual(found, []);
    } finally {
      await visitor.close();
    }
  });
}

test('nothing on any screen was refused by its policy', () => {
  const refused = Object.values(browsers).flatMap((browser) => browser.faults).filter((fault) => /Content Security Policy/.test(fault));
  assert.deepEqual(refused, []);
});
