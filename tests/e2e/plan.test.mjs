// The plan of the day: what is proposed and why, taken in one go, refused with its reason; what would be; and a plan that does
// not move under the hand.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { look, SIZES } from './lib/look.mjs';
import { spoken } from './lib/pages.mjs';
import { Caller, Server } from './lib/server.mjs';
import { cast, newPatient, planned } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-plan-'));
const SPECIALTIES = ['respiratory', 'critical-care', 'infectious', 'cardiology', 'neurology', 'radiology'];
const FORM = { complaint: '咳嗽三天', history: '发热、咳嗽三天', past_history: '无', examination: '双肺呼吸音粗', auxiliary: '无', allergies: '无', drugs: '无', diagnosis: '肺炎', treatment: '抗感染' };
// Tomorrow where the hospitals are: of today there may be too little left.
const DAY = new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 10);
const PLAN = `/plan?day=${DAY}`;
let server;
let people;
let browser;

before(async () => {
  server = await Server.start(folder);
  people = await cast(server.url);
  for (let n = 0; n < 8; n += 1) await ask(SPECIALTIES[n % SPECIALTIES.length], n % 4 === 0 ? 'urgent' : 'routine');
  await calendars();
  browser = await open(folder, 'dispatcher', 1);
  const [cookie, value] = people.dispatcher.cookie.split('=');
  await browser.context.addCookies([{ name: cookie, value, url: server.url, httpOnly: true }]);
  browser.page.on('response', (answer) => { if (answer.url().endsWith('/api/schedule/proposals')) plan = answer.json(); });
});

after(async () => {
  await browser?.close();
  await server?.kill();
});

/** Somebody on call, somebody away, somebody with hours and a limit. */
async function calendars() {
  const { experts } = await people.dispatcher.get('/api/rota');
  const hour = (n) => new Date(Date.parse(`${DAY}T00:00:00+08:00`) + n * 3_600_000).toISOString();
  const put = async (method, who, what, body) => {
    const expert = experts.find((one) => one.id === who);
    const answer = await people.dispatcher.send(method, `/api/rota/${expert.role}/${what}`, { version: expert.version, ...body });
    assert.ok(answer.status < 300, `${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };
  await put('POST', 'yu-hong', 'duties', { from: hour(8), to: hour(16), specialty: 'respiratory', rank: 1 });
  await put('POST', 'peng-bo', 'leaves', { from: hour(9), to: hour(14), reason: 'vacation' });
  await put('PUT', 'feng-yan', 'hours', { hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00:00', to: '17:00:00' }], limit: 2 });
}

async function ask(specialty, urgency) {
  const patient = await newPatient(people.asking, '排程测试');
  return planned(people.asking, patient, { ...FORM, urgency, specialty, purpose: '测试：排程' });
}

async function at(where, lang, viewport = SIZES['1440']) {
  const { page } = browser;
  await page.setViewportSize(viewport);
  await page.goto(`${server.url}/login`);
  await page.evaluate((l) => localStorage.setItem('lang', l), lang === 'en' ? 'en' : 'zh-CN');
  await page.goto(server.url + where);
  await page.locator('.proposal').first().waitFor();
  return page;
}

/** The plan that the page last got: asked for anew it may be another, equally good. */
let plan;
const end = (meeting) => Date.parse(meeting.start) + meeting.minutes * 60_000;
const meets = (a, b) => Date.parse(a.start) < end(b) && Date.parse(b.start) < end(a) && (a.room === b.room || a.experts.some((x) => b.experts.some((y) => x.role === y.role)));
/** A booking that only the rest of the plan would move stands in the way of what is taken alone. */
const isFree = (proposals, meeting) => meeting && !proposals.some(({ told }) => told && meets(told, meeting));
const row = (page, id) => page.locator(`.proposal[data-case="${id}"]`);
const settled = (page) => page.locator('.planbody[aria-busy="false"]').waitFor();

for (const lang of ['zh', 'en']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`plan ${lang} ${size}`, { timeout: 60_000 }, async () => {
      const t = spoken(lang);
      const page = await at(PLAN, lang, viewport);
      await page.locator('.disclose').first().click();
      await page.getByText(t('plan.instead')).waitFor();
      await look(page, `plan-${lang}-${size}`);
      if (size === '390') await page.getByText(t('plan.board'), { exact: true }).click();
      await page.locator('.brow').first().waitFor();
      await page.getByRole('button', { name: t('plan.more_room') }).click();
      await page.getByText(t('plan.thought_end')).waitFor();
      await settled(page);
      await look(page, `plan-if-${lang}-${size}`);
    });
  }
}

test('what would be is said to be that, and cannot be taken', { timeout: 60_000 }, async () => {
  const t = spoken('zh');
  const page = await at(PLAN, 'zh');
  const { proposals } = await plan;
  const one = proposals.find((proposal) => proposal.becomes === 'new' && proposal.urgency === 'routine');
  const [expert] = one.proposed.experts;
  await page.getByRole('button', { name: `${t('plan.away_if')} ${expert.person.name}` }).press('Enter');
  await page.getByText(t('plan.thought_away', { n: 1 })).waitFor();
  await settled(page);
  assert.equal(await page.locator('.proposal .meets', { hasText: expert.person.name }).count(), 0, 'who is thought away is proposed for nothing');
  await row(page, one.case).getByText(t('plan.differs')).waitFor();
  assert.equal(await page.locator('.pchoose input:enabled').count(), 0);
  assert.ok(await page.getByRole('button', { name: t('plan.accept', { n: 0 }) }).isDisabled());
  assert.match(page.url(), /away=/, 'the address says it');
  await page.getByRole('button', { name: t('plan.thought_end') }).click();
  await row(page, one.case).locator('.meets', { hasText: expert.person.name }).waitFor();
});

test('chosen by keyboard, taken in one go; what somebody else took first is refused and says why', { timeout: 90_000 }, async () => {
  const t = spoken('zh');
  const page = await at(PLAN, 'zh');
  const { proposals } = await plan;
  // In a room: an opinion in writing begins when it is taken, whatever time it was planned for.
  const [first, second] = proposals.filter((one) => one.proposed?.room && isFree(proposals, one.proposed) && one.becomes === 'new' && one.urgency === 'routine' && one.state === 'submitted');
  for (const { case: id } of [first, second]) {
    await row(page, id).locator('input').focus();
    await page.keyboard.press('Space');
  }
  // Enter on a chosen row says why, and an arrow goes on.
  await page.keyboard.press('Enter');
  await page.locator(`#why-${second.case}`).waitFor();
  await page.keyboard.press('ArrowUp');
  assert.notEqual(await page.evaluate(() => document.activeElement.closest('.proposal').dataset.case), second.case);
  // Somebody else arranges the second one meanwhile: the page says that things changed, and stays as it is.
  const { experts, minutes } = second.proposed;
  const start = new Date(Date.parse(second.proposed.start) + 24 * 3_600_000).toISOString();
  const arranged = await people.dispatcher.send('POST', `/api/consults/${second.case}/assign`, { version: second.version, experts: experts.map((one) => one.role), start, minutes });
  assert.equal(arranged.status, 200, JSON.stringify(arranged.body));
  await page.getByText(/请重新排程。在此之前/).waitFor();
  await row(page, second.case).locator('input:checked').waitFor();
  await page.getByRole('button', { name: t('plan.accept', { n: 2 }) }).click();
  const results = page.getByRole('status', { name: t('plan.results') });
  await results.getByText(t('plan.taken', { n: 1 })).waitFor();
  await results.getByText(t('plan.refused', { n: 1 })).waitFor();
  const why = await results.locator('li .no').innerText();
  assert.ok(why.includes(t('act.consult_assign')) && why.includes('陈涛'), why);
  await settled(page);
  assert.equal(await page.locator('.pchoose input:checked').count(), 0, 'a new plan begins with nothing chosen');
  assert.equal(await page.getByText(/请重新排程。在此之前/).count(), 0, 'and is up to date');
  const taken = await people.dispatcher.get(`/api/consults/${first.case}`);
  assert.equal(taken.state, 'scheduled');
  assert.equal(taken.advising[0].id, first.proposed.experts[0].person.id);
  assert.equal(Date.parse(taken.scheduled.start), Date.parse(first.proposed.start));
});

test('something else than proposed is asked for instead', { timeout: 60_000 }, async () => {
  const t = spoken('zh');
  const page = await at(PLAN, 'zh');
  const { proposals } = await plan;
  const kinds = ['time', 'expert', 'room'];
  const kindOf = ({ why }) => kinds.find((kind) => why[`another_${kind}`]);
  const one = proposals.find((proposal) => proposal.becomes === 'new' && proposal.urgency === 'routine' && kindOf(proposal));
  const kind = kindOf(one);
  const { meeting } = one.why[`another_${kind}`];
  await row(page, one.case).locator('.disclose').click();
  await row(page, one.case).locator('li', { hasText: t(`plan.another.${kind}`) }).getByRole('button', { name: t('plan.take_this') }).click();
  await row(page, one.case).getByText(t('plan.yours')).waitFor();
  await row(page, one.case).locator('input').check();
  const sent = page.waitForRequest((request) => request.url().endsWith('/api/schedule/accept'));
  await page.getByRole('button', { name: t('plan.accept', { n: 1 }) }).click();
  const { proposals: asked } = (await sent).postDataJSON();
  assert.deepEqual(asked, [{ case: one.case, version: one.version, experts: meeting.experts.map((expert) => expert.role), start: meeting.start, minutes: meeting.minutes, ...(meeting.room && { room: meeting.room }) }]);
  // Whether it can be had alone depends on the bookings that the rest of the plan would move; the page says which it was.
  await page.getByRole('status', { name: t('plan.results') }).waitFor();
});

test('a day that cannot be planned says so, and the way back is there', { timeout: 60_000 }, async () => {
  const t = spoken('zh');
  const page = await at(PLAN, 'zh');
  await page.goto(`${server.url}/plan?day=2020-01-01`);
  await page.getByText(t('problem.schedule_not_a_day')).waitFor();
  await page.getByRole('button', { name: t('plan.today'), exact: true }).click();
  await page.locator('.proposal').first().waitFor();
});

test('who does not dispatch does not find it', { timeout: 60_000 }, async () => {
  const answer = await people.specialist.send('POST', '/api/schedule/proposals', { more_rooms: 0 });
  assert.equal(answer.status, 404);
});
