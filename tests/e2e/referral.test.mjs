// A patient is referred up: two hospitals hold a bed, the chosen one is taken away between the press and the answer, another is found;
// the patient leaves, arrives, and goes home again. The county in Chinese on a phone, the hospital in English; every page in both sizes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { look, SIZES } from './lib/look.mjs';
import { en, zh } from './lib/pages.mjs';
import { Caller, Server } from './lib/server.mjs';
import { newPatient } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-referral-'));
const HANDOVER = ['identity', 'summary', 'vitals', 'airway', 'lines', 'drugs', 'allergies', 'isolation', 'papers', 'family'];
const NAME = '转诊测试';
let server;
let people;
let patient;
let county;
let hospital;
let up;
let home;

before(async () => {
  server = await Server.start(folder);
  const [zhou, chen, liang, li] = await Promise.all(['zhou.ming', 'chen.tao', 'liang.chao', 'li.wei'].map((name) => Caller.signIn(server.url, name)));
  people = { zhou, chen, liang, li };
  patient = await newPatient(zhou, NAME);
  county = await open(folder, 'county', 1);
  hospital = await open(folder, 'hospital', 2);
  await as(county, zhou, 'zh-CN', SIZES['390']);
  await as(hospital, chen, 'en', SIZES['1440']);
});

after(async () => {
  await county?.close();
  await hospital?.close();
  await server?.kill();
});

/** This browser is that person's from now on. */
async function as(browser, caller, lang, size) {
  const [name, value] = caller.cookie.split('=');
  await browser.context.clearCookies();
  await browser.context.addCookies([{ name, value, url: server.url, httpOnly: true }]);
  await browser.page.setViewportSize(size);
  await browser.page.goto(`${server.url}/login`);
  await browser.page.evaluate((l) => localStorage.setItem('lang', l), lang);
}

/** The page in both sizes, and then as it was. */
async function both(page, name) {
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await look(page, `referral-${name}-${size}`);
  }
  await page.setViewportSize(before);
}

/** A step from the page's bar, through "more" when it stands there. */
async function press(page, step, t) {
  const bar = page.getByRole('group', { name: t('steps.group') });
  await bar.waitFor();
  const name = t(`referral.step.${step}`);
  const direct = bar.getByRole('button', { name, exact: true });
  if (await direct.count()) return direct.click();
  await bar.getByRole('button', { name: t('steps.more') }).click();
  return page.getByRole('menuitem', { name }).click();
}

/** The button that takes the step in the open dialog. */
const confirm = (page, words) => page.getByRole('dialog').last().getByRole('button', { name: words, exact: true }).click();
const stands = (page, state, t) => page.locator('.headstate').getByText(t(`referral.state.${state}`), { exact: true }).waitFor();
const row = (page, name) => page.locator('.asked', { hasText: name });

async function step(caller, id, name, more) {
  const { version } = await caller.get(`/api/referrals/${id}`);
  const answer = await caller.send('POST', `/api/referrals/${id}/${name}`, { version, ...more });
  assert.ok(answer.status < 300, `${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

test('the county refers on a phone, and sees which beds are free', { timeout: 450_000 }, async () => {
  const { page } = county;
  await page.goto(`${server.url}/referrals`);
  await page.getByRole('button', { name: zh('referral.new') }).click();
  await page.getByRole('button', { name: zh('referral.send') }).click();
  assert.match(await page.locator('.sendbox [role=alert]').textContent(), new RegExp(zh('referral.field.care')), 'what is missing is named');
  await page.getByRole('combobox', { name: zh('patient.find') }).fill(NAME);
  await page.getByRole('option', { name: NAME }).click();
  await page.getByText(zh('referral.severity.critical'), { exact: true }).click();
  await page.getByLabel(zh('referral.field.reason_up')).fill('重症肺炎，无创通气下血氧 85 %，请收入重症监护。');
  await page.getByLabel(zh('consult.field.specialty')).selectOption('critical-care');
  // Called away in the middle of it: the list leads back, and nothing is lost.
  await page.locator('.savedmark', { hasText: zh('draft.saved', { time: '' }).trim() }).waitFor();
  await page.goto(`${server.url}/referrals`);
  await page.getByRole('region', { name: zh('inbox.drafts') }).getByRole('link', { name: '重症肺炎' }).click();
  await page.locator('.continued').waitFor();
  assert.match(await page.getByLabel(zh('referral.field.reason_up')).inputValue(), /请收入重症监护/);
  await page.getByText(NAME).first().waitFor();
  await page.getByText(zh('referral.care.icu'), { exact: true }).first().click();
  for (const need of ['stretcher', 'ventilator']) await page.getByRole('checkbox', { name: zh(`referral.need.${need}`) }).check();
  const { hospitals } = await people.zhou.get('/api/beds?hospital=province');
  const free = hospitals[0].wards.filter((ward) => ward.care === 'icu').reduce((sum, ward) => sum + ward.free, 0);
  await page.locator('.hospitalpick label', { hasText: '省远程医学中心医院' }).getByText(zh('bed.n_free', { n: free })).waitFor();
  for (const name of ['省远程医学中心医院', '省第二人民医院']) await page.getByRole('checkbox', { name }).check();
  await both(page, 'request');
  await page.getByRole('button', { name: zh('referral.send') }).click();
  await page.waitForURL(/\/referrals\/(?!new)/);
  up = page.url().split('/').pop();
  assert.deepEqual((await people.zhou.get('/api/drafts/referral')).drafts, [], 'what is sent is no draft any more');
  await stands(page, 'asked', zh);
  await both(page, 'asked');
  // A second one for the same patient is refused, with the way to the first.
  await page.goto(`${server.url}/referrals/new?patient=${patient.id}`);
  await page.getByText(zh('referral.severity.severe'), { exact: true }).click();
  await page.getByLabel(zh('referral.field.reason_up')).fill('再次');
  await page.getByLabel(zh('consult.field.specialty')).selectOption('respiratory');
  await page.getByText(zh('referral.care.icu'), { exact: true }).first().click();
  await page.getByRole('checkbox', { name: '省第二人民医院' }).check();
  await page.getByRole('button', { name: zh('referral.send') }).click();
  await page.getByText(zh('problem.referral_under_way')).waitFor();
  await page.getByRole('link', { name: zh('referral.open_that') }).click();
  await stands(page, 'asked', zh);
});

test('two hospitals hold a bed each, and the county sees it as it happens', { timeout: 450_000 }, async () => {
  const { page } = hospital;
  await page.goto(`${server.url}/referrals`);
  await both(page, 'desk');
  await page.locator(`a.opens[href$="${up}"]`).focus();
  await page.keyboard.press('Enter');
  await stands(page, 'asked', en);
  const read = await page.locator('main').innerText();
  assert.ok(![NAME, 'Zhuan', patient.passport].some((secret) => read.includes(secret)), 'who is asked sees no name and no number');
  await press(page, 'offer', en);
  const dialog = page.getByRole('dialog');
  await dialog.locator('fieldset', { hasText: 'Respiratory intensive care' }).getByText('Bed 06', { exact: true }).click();
  await both(page, 'offer');
  await confirm(page, en('referral.step.offer'));
  await row(page, 'Provincial Telemedicine Centre').getByText(en('referral.answer.offered')).waitFor();
  await step(people.liang, up, 'offer', { bed: 'province-2-icu-bed-8' });
  for (const name of ['省远程医学中心医院', '省第二人民医院']) await row(county.page, name).getByText(zh('referral.answer.offered')).waitFor();
  await row(county.page, '省远程医学中心医院').getByText('呼吸重症监护室 06床').waitFor();
  await both(county.page, 'offers');
});

test('the chosen bed is taken away in between: the page says so and what to do', { timeout: 450_000 }, async () => {
  const { page } = county;
  await row(page, '省远程医学中心医院').getByRole('button', { name: zh('referral.step.accept') }).click();
  await look(page, 'referral-accept-390');
  const why = '急诊抢救病人先占用';
  // Between the press and the answer.
  await page.route('**/accept', async (route) => {
    const taken = await people.chen.send('POST', '/api/beds/province-respiratory-icu-bed-6/occupy', { reason: why });
    assert.equal(taken.status, 204, JSON.stringify(taken.body));
    await route.continue();
  });
  await confirm(page, zh('referral.step.accept'));
  const warning = page.getByRole('dialog').filter({ hasText: zh('referral.bed_gone') });
  await warning.getByText(why).waitFor();
  await page.unroute('**/accept');
  await warning.getByRole('button', { name: zh('steps.seen') }).click();
  const alert = page.getByRole('alert').filter({ hasText: why });
  await alert.getByText(zh('referral.gone_other')).waitFor();
  await row(page, '省远程医学中心医院').getByText(zh('referral.answer.lost')).waitFor();
  await both(page, 'lost');
  const now = await people.zhou.get(`/api/referrals/${up}`);
  assert.deepEqual([now.state, now.bed], ['asked', null]);
});

test('a dialog that stands open tells when its bed is gone', { timeout: 300_000 }, async () => {
  const { page } = county;
  await row(page, '省第二人民医院').getByRole('button', { name: zh('referral.step.accept') }).click();
  await step(people.liang, up, 'withdraw', { reason: '床位有故障' });
  await page.getByRole('dialog').getByText(zh('referral.bed_gone')).waitFor();
  assert.ok(await page.getByRole('dialog').getByRole('button', { name: zh('referral.step.accept') }).isDisabled());
  await page.keyboard.press('Escape');
});

test('the ward sees its beds, and takes a held one only with a reason', { timeout: 450_000 }, async () => {
  await step(people.chen, up, 'offer', { bed: 'province-icu-bed-9', minutes: 60 });
  const { page } = hospital;
  await page.goto(`${server.url}/beds`);
  await page.locator('.ward', { has: page.getByRole('heading', { name: 'Intensive care', exact: true }) }).locator('button.is-held', { hasText: 'Bed 09' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(en('bed.is_held')).waitFor();
  await confirm(page, en('bed.take_away'));
  await dialog.getByText(en('steps.reason_missing')).waitFor();
  await both(page, 'held');
  await dialog.getByRole('button', { name: en('ui.cancel') }).click();
  // A free one is taken and freed again with two presses.
  const tile = page.locator('.ward', { has: page.getByRole('heading', { name: 'Infectious diseases ward' }) }).locator('button.bed', { hasText: 'Bed 12' });
  await tile.click();
  await confirm(page, en('bed.step.occupy'));
  await tile.getByText(en('bed.state.taken')).waitFor();
  await tile.click();
  await confirm(page, en('bed.step.free'));
  await tile.getByText(en('bed.state.free')).waitFor();
  await both(page, 'beds');
});

test('accepted, ordered, left', { timeout: 450_000 }, async () => {
  const { page } = county;
  await row(page, '省远程医学中心医院').getByText(zh('referral.answer.offered')).waitFor();
  await press(page, 'accept', zh);
  await confirm(page, zh('referral.step.accept'));
  await stands(page, 'accepted', zh);
  await page.locator('.goes').getByText('重症医学科 09床').waitFor();
  await both(page, 'accepted');
  await press(page, 'transport', zh);
  await page.getByText(zh('referral.vehicle.ambulance')).click();
  await page.getByLabel(zh('referral.field.by')).fill('光山县120急救中心');
  await page.getByLabel(zh('referral.field.phone')).fill('0376-8850120');
  await look(page, 'referral-transport-390');
  await confirm(page, zh('referral.step.transport'));
  await page.getByRole('link', { name: '0376-8850120' }).waitFor();
  await press(page, 'depart', zh);
  await page.getByRole('dialog').getByRole('button', { name: zh('referral.in', { span: zh('referral.hours', { n: 4 }) }) }).click();
  await look(page, 'referral-depart-390');
  await confirm(page, zh('referral.step.depart'));
  await stands(page, 'on-the-way', zh);
  await both(page, 'way');
});

test('who takes over goes through the list, and a no says why', { timeout: 450_000 }, async () => {
  await as(hospital, people.li, 'en', SIZES['1440']);
  const { page } = hospital;
  await page.goto(`${server.url}/referrals/${up}`);
  // Who takes the patient sees who it is.
  await page.getByText(patient.passport).waitFor();
  await press(page, 'arrive', en);
  const item = (name) => page.locator(`#handover-${name}`);
  await confirm(page, en('referral.step.arrive'));
  await page.getByText(en('referral.handover_open', { n: 10 })).waitFor();
  for (const name of HANDOVER) await item(name).getByText(en(name === 'airway' ? 'referral.no' : 'referral.yes'), { exact: true }).click();
  await item('airway').getByRole('textbox').fill('气囊漏气，已更换');
  await both(page, 'handover');
  await confirm(page, en('referral.step.arrive'));
  await stands(page, 'arrived', en);
  await page.getByText('气囊漏气，已更换').waitFor();
  await both(page, 'arrived');
  await stands(county.page, 'arrived', zh);
});

test('and home again', { timeout: 600_000 }, async () => {
  const { page } = hospital;
  await press(page, 'send-back', en);
  const type = (field, text) => page.getByRole('dialog').getByLabel(en(`referral.field.${field}`), { exact: true }).fill(text);
  await type('reason', '病情稳定，回县继续康复');
  await type('summary', '重症肺炎好转，脱机3天。');
  await type('drugs', '莫西沙星 0.4 g 每日一次');
  // Closed in the middle of it, and opened again.
  await page.getByRole('dialog').locator('.savedmark', { hasText: en('draft.saved', { time: '' }).trim() }).waitFor();
  await page.reload();
  await press(page, 'send-back', en);
  await page.locator('.continued').waitFor();
  assert.equal(await page.getByRole('dialog').getByLabel(en('referral.field.summary'), { exact: true }).inputValue(), '重症肺炎好转，脱机3天。');
  // A date alone is not left out in silence.
  await page.getByRole('dialog').getByLabel(en('referral.field.what'), { exact: true }).fill('胸部CT');
  await both(page, 'send-back');
  await confirm(page, en('referral.step.send-back'));
  await page.getByRole('dialog').getByText(en('request.lacks')).nth(1).waitFor();
  const day = new Date(Date.now() + 8 * 86_400_000).toISOString().slice(0, 10);
  await page.getByRole('dialog').getByLabel(en('referral.field.on'), { exact: true }).fill(day);
  await page.keyboard.press('Enter');
  await type('return_criteria', '静息吸空气 SpO2 ≤93 %\n再发高热');
  await confirm(page, en('referral.step.send-back'));
  await stands(page, 'asked-home', en);
  home = page.url().split('/').pop();
  assert.notEqual(home, up);
  await page.goto(`${server.url}/referrals/${up}`);
  await page.getByRole('link', { name: en('referral.goes_home_open') }).waitFor();

  await county.page.goto(`${server.url}/referrals?show=mine`);
  await both(county.page, 'county-list');
  await county.page.locator(`a[href$="${home}"]`).click();
  await county.page.getByText('再发高热').waitFor();
  assert.equal(await county.page.locator(`time[datetime="${day}"]`).count(), 1, 'when to be seen again');
  await both(county.page, 'home');
  await press(county.page, 'take-back', zh);
  await confirm(county.page, zh('referral.step.take-back'));
  await stands(county.page, 'accepted-home', zh);
  await step(people.li, home, 'transport', { vehicle: 'hospital-ambulance', by: '省远程医学中心医院车队' });
  await step(people.li, home, 'depart', { eta: new Date(Date.now() + 4 * 3_600_000).toISOString() });
  await stands(county.page, 'on-the-way', zh);
  await press(county.page, 'arrive', zh);
  for (const name of HANDOVER) await county.page.locator(`#handover-${name}`).getByText(zh('referral.yes'), { exact: true }).click();
  await confirm(county.page, zh('referral.step.arrive'));
  await stands(county.page, 'arrived-home', zh);
  await both(county.page, 'ended');
  assert.equal((await people.zhou.get(`/api/referrals/${up}`)).state, 'closed');
  const { hospitals } = await people.zhou.get('/api/beds?hospital=province');
  const bed = hospitals[0].wards.flatMap((ward) => ward.beds).find((one) => one.id === 'province-icu-bed-9');
  assert.equal(bed.state, 'free', 'the bed is free again');
});

test('a notice leads to the referral', { timeout: 300_000 }, async () => {
  const { page } = county;
  await page.goto(`${server.url}/referrals`);
  await page.locator('.bell').click();
  const notice = page.locator(`a.notice[href$="/referrals/${up}"]`).first();
  await notice.waitFor();
  await look(page, 'referral-notices-390');
  await notice.click();
  await stands(page, 'closed', zh);
});

test('nothing went wrong unseen', () => {
  // A refusal is an answer: the browser writes it down as an error.
  const refused = /status of (409|422)/;
  assert.deepEqual([...county.faults, ...hospital.faults].filter((fault) => !refused.test(fault)), []);
});
