// The calendar of an expert in a reader that was not written here (ical.js): made on the account page, read, moved, withdrawn.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import ICAL from 'ical.js';
import { open } from './lib/browser.mjs';
import { look } from './lib/look.mjs';
import { signIn, spoken } from './lib/pages.mjs';
import { Server } from './lib/server.mjs';
import { cast, newPatient, planned, step } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-calendar-'));
const web = process.env.E2E_WEB;
const browsers = [];
let server;

before(async () => { server = await Server.start(folder, process.env.E2E_PORT && Number(process.env.E2E_PORT)); });
after(async () => {
  for (const browser of browsers) await browser.close();
  await server?.kill();
});

/** The consultations and duties that the foreign reader finds, by UID. */
async function read(address) {
  const response = await fetch(address);
  assert.equal(response.status, 200);
  const calendar = new ICAL.Component(ICAL.parse(await response.text()));
  assert.equal(calendar.getFirstPropertyValue('version'), '2.0');
  return new Map(calendar.getAllSubcomponents('vevent').map((one) => [one.getFirstPropertyValue('uid'), one]));
}

/** On the account page as it is on this screen: makes a link, looks at all of it, and gives the address shown. */
async function linked(name, lang, width, height) {
  const t = spoken(lang);
  const browser = await open(folder, `${name}-${width}`, browsers.length + 1, { lang: lang === 'zh' ? 'zh-CN' : 'en-GB', width, height });
  browsers.push(browser);
  const { page } = browser;
  await signIn(page, web ?? server.url, name, { lang });
  await page.goto(`${web ?? server.url}/account`);
  const card = page.getByRole('region', { name: t('account.calendar'), exact: true });
  await card.getByText(t('account.calendar_off')).waitFor();
  await look(page, `account-calendar-${lang}-${width}`);
  await card.getByRole('button', { name: t('account.calendar_make') }).click();
  const dialog = page.getByRole('dialog');
  const address = await dialog.getByLabel(t('account.calendar_link')).inputValue();
  await look(page, `account-calendar-link-${lang}-${width}`);
  await dialog.getByRole('button', { name: t('account.calendar_kept') }).click();
  await dialog.waitFor({ state: 'hidden' });
  await look(page, `account-calendar-on-${lang}-${width}`);
  const left = await page.content();
  const stays = left.indexOf(new URL(address).pathname);
  assert.equal(stays < 0 ? '' : left.slice(stays - 600, stays + 80), '', 'it was shown once');
  return { page, card, address, t };
}

test('an appointment is made, moved and cancelled in a foreign calendar, and the link withdrawn', { timeout: 600_000 }, async () => {
  const people = await cast(server.url);
  const { page, card, address, t } = await linked('wang.lan', 'zh', 1440, 900);
  const patient = await newPatient(people.asking, '秦不言');
  const form = { urgency: 'routine', purpose: '是否需要手术', specialty: 'respiratory', complaint: '咯血', history: '三天', diagnosis: '肺结核' };
  const id = await planned(people.asking, patient, form);
  const { number } = await people.asking.get(`/api/consults/${id}`);
  const day = 24 * 3600_000;
  const start = new Date(Math.ceil((Date.now() + 2 * day) / day) * day + 3 * 3600_000);
  const role = people.specialist.me.role.id;
  const rooms = await people.dispatcher.get('/api/rooms');
  const room = rooms.rooms.find((one) => !one.virtual);
  await step(people.dispatcher, id, 'assign', { experts: [role], start: start.toISOString(), minutes: 45, room: room.id, despite: '患者要求' });
  const before = (await read(address)).get(`${id}@consilium`);
  const event = new ICAL.Event(before);
  assert.equal(event.startDate.toJSDate().toISOString(), start.toISOString());
  assert.equal(event.duration.toSeconds(), 45 * 60);
  assert.equal(event.summary, `远程会诊 ${number} 呼吸内科`);
  assert.equal(event.location, room.name);
  assert.equal(before.getFirstPropertyValue('status'), 'TENTATIVE');
  assert.equal(before.getFirstPropertyValue('url'), `${server.url}/cases/${id}`);

  await step(people.dispatcher, id, 'assign', { experts: [role], start: new Date(start.getTime() + 3600_000).toISOString(), room: null, despite: '患者要求' });
  const moved = new ICAL.Event((await read(address)).get(`${id}@consilium`));
  assert.equal(moved.startDate.toJSDate().getTime(), start.getTime() + 3600_000);
  assert.ok(moved.sequence > event.sequence);
  await step(people.asking, id, 'cancel', { reason: '患者已转院' });
  const over = (await read(address)).get(`${id}@consilium`);
  assert.equal(over.getFirstPropertyValue('status'), 'CANCELLED');
  const whole = await fetch(address).then((answer) => answer.text()).then((text) => text.replaceAll('\r\n ', ''));
  for (const secret of ['秦不言', '手术', '咯血', '肺结核', '转院']) assert.ok(!whole.includes(secret), secret);

  await card.getByRole('button', { name: t('account.calendar_end') }).click();
  await page.getByRole('dialog').getByRole('button', { name: t('account.calendar_end') }).click();
  await card.getByText(t('account.calendar_off')).waitFor();
  assert.equal((await fetch(address)).status, 404);
});

test('on a phone and in English', { timeout: 300_000 }, async () => {
  const { page, card, address, t } = await linked('li.wei', 'en', 390, 844);
  await card.getByRole('button', { name: t('account.calendar_other') }).click();
  await page.getByRole('dialog').getByRole('button', { name: t('account.calendar_other') }).click();
  const other = await page.getByRole('textbox', { name: t('account.calendar_link') }).inputValue();
  assert.equal((await fetch(address)).status, 404, 'the former link leads nowhere');
  assert.match(other, /\?lang=en$/);
  await read(other);
});
