// The plan of the day: what is proposed and why, taken in one go, refused with its reason; what would be; and a plan that does
// not move under the hand.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { look, shot, SIZES } from './lib/look.mjs';
import { spoken, takeStep } from './lib/pages.mjs';
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
  browser.page.on('response', (answer) => {
    if (!answer.url().endsWith('/api/schedule/proposals')) return;
    plan = answer.json();
    // Often nobody waits for it, and the page has gone on.
    plan.catch(() => undefined);
  });
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

/** Ten o'clock of the day, typed where the assignment asks for it: until the hours shown are those around it. */
async function atTen(page, dialog, t) {
  const start = dialog.getByRole('textbox', { name: t('assign.start'), exact: true });
  for (let tries = 0; tries < 10; tries += 1) {
    await start.fill(`${DAY} 10:00`);
    await page.keyboard.press('Enter');
    const hours = await dialog.locator('.assignhead .hours span').first().textContent();
    if (hours === '09:00') return;
    await page.waitForTimeout(500);
  }
  assert.fail('the time that was typed is not taken');
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
    test(`plan ${lang} ${size}`, { timeout: 300_000 }, async () => {
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

test('what would be is said to be that, and cannot be taken', { timeout: 300_000 }, async () => {
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

test('chosen by keyboard, taken in one go; what somebody else took first is refused and says why', { timeout: 450_000 }, async () => {
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

test('something else than proposed is asked for instead', { timeout: 300_000 }, async () => {
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
  await settled(page);
});

test('dragged on the board: to another hour, not to where it cannot be, and back to what was proposed', { timeout: 450_000 }, async () => {
  const t = spoken('zh');
  const page = await at(PLAN, 'zh');
  const { proposals } = await plan;
  /** Whether none of it and not its room is taken by another proposal so much later. */
  const clear = ({ case: id, proposed: meeting }, by) => {
    const later = { ...meeting, start: new Date(Date.parse(meeting.start) + by).toISOString() };
    return proposals.every((other) => other.case === id || !other.proposed || !(Date.parse(later.start) < end(other.proposed) && Date.parse(other.proposed.start) < end(later)
      && ((later.room && later.room === other.proposed.room) || later.experts.some((x) => other.proposed.experts.some((y) => x.role === y.role)))));
  };
  const movable = proposals.filter((proposal) => proposal.becomes === 'new' && proposal.urgency === 'routine' && proposal.proposed
    && clear(proposal, 300_000) && [1, 2, 3, 4].some((hours) => clear(proposal, hours * 3_600_000)));
  const one = movable.find((proposal) => proposal.proposed.experts.some((expert) => expert.person.id === 'yu-hong')) ?? movable[0];
  assert.ok(one, 'a proposal that can be moved');
  const { proposed } = one;
  const [{ role }] = proposed.experts;
  const lane = page.locator(`[data-row="expert ${role}"]`);
  const block = lane.locator('.block.proposed', { hasText: one.number.slice(-4) }).first();
  await block.scrollIntoViewIfNeeded();
  const hour = await page.locator('.canvas').evaluate((canvas) => parseFloat(getComputedStyle(canvas).getPropertyValue('--hour')));
  const drag = async (across, down, drop = () => page.mouse.up()) => {
    const box = await block.boundingBox();
    const [x, y] = [box.x + Math.min(8, box.width / 2), box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + across / 2, y + down / 2, { steps: 4 });
    await page.mouse.move(x + across, y + down, { steps: 4 });
    await drop();
  };
  const mine = row(page, one.case);
  // Whoever has not the specialty is not given it, and the hand is told why.
  const { experts } = await people.dispatcher.get('/api/rota');
  const without = experts.filter((expert) => !expert.specialties.includes(one.specialty)).map((expert) => `expert ${expert.role}`);
  const rows = await page.locator('.brow[data-row^="expert"]').evaluateAll((all) => all.map((each) => [each.dataset.row, each.getBoundingClientRect().top]));
  // The nearest: another may be out of the window.
  const { y } = await lane.boundingBox();
  const [[, top]] = rows.filter(([who]) => without.includes(who)).sort((a, b) => Math.abs(a[1] - y) - Math.abs(b[1] - y));
  const says = page.locator('.heldsays');
  // Into its first line, whichever line of its own row the block stands in.
  const from = await block.boundingBox();
  await drag(0, top + 10 - (from.y + from.height / 2), async () => {
    await page.locator('.block.held.not').first().waitFor();
    assert.equal(await says.innerText(), t('plan.against.specialty'));
    await shot(page, 'plan-drag-not-zh-1440');
    await page.mouse.up();
  });
  assert.equal(await mine.locator('.yours').count(), 0, await says.innerText());
  // Escape lets go.
  await drag(hour / 2, 0, async () => { await page.keyboard.press('Escape'); await page.mouse.up(); });
  assert.equal(await mine.locator('.yours').count(), 0);
  // By keys, five minutes at a time, as far as it is free; whichever way that is.
  await block.focus();
  const was = Date.parse(proposed.start);
  const shows = () => mine.locator('.yours').waitFor({ timeout: 1500 }).then(() => true, () => false);
  await page.keyboard.press('Shift+ArrowRight');
  if (!await shows()) await page.keyboard.press('Shift+ArrowLeft');
  await mine.locator('.yours').waitFor();
  assert.match(await says.innerText(), new RegExp(one.number));
  assert.ok(await mine.locator('input').isChecked(), 'what is put elsewhere is chosen');
  const clock = (time) => new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Shanghai' });
  const shown = await mine.locator('.meets b').innerText();
  assert.ok([clock(was + 300_000), clock(was - 300_000)].some((time) => shown.startsWith(time)), shown);
  await mine.getByRole('button', { name: t('plan.as_proposed') }).click();
  await mine.locator('.yours').waitFor({ state: 'detached' });
  assert.ok((await mine.locator('.meets b').innerText()).startsWith(clock(was)));
  // By the mouse, to the first hour that is free for it; the server is asked for just that.
  for (const hours of [1, 2, 3, 4, -1, -2, 5, 6]) {
    await drag(hours * hour, 0);
    if (await shows()) break;
  }
  await mine.locator('.yours').waitFor();
  await look(page, 'plan-dragged-zh-1440');
  const moved = await mine.locator('.meets b').innerText();
  const sent = page.waitForRequest((request) => request.url().endsWith('/api/schedule/accept'));
  await page.getByRole('button', { name: t('plan.accept', { n: 1 }) }).click();
  const [asked] = (await sent).postDataJSON().proposals;
  assert.ok(moved.startsWith(clock(Date.parse(asked.start))), `${moved} ${asked.start}`);
  assert.equal((Date.parse(asked.start) - was) % 3_600_000, 0);
  assert.deepEqual(asked.experts, proposed.experts.map((expert) => expert.role));
  await page.getByRole('status', { name: t('plan.results') }).waitFor();
  await settled(page);
});

test('a day that cannot be planned says so, and the way back is there', { timeout: 300_000 }, async () => {
  const t = spoken('zh');
  const page = await at(PLAN, 'zh');
  await page.goto(`${server.url}/plan?day=2020-01-01`);
  await page.getByText(t('problem.schedule_not_a_day')).waitFor();
  await page.getByRole('button', { name: t('plan.today'), exact: true }).click();
  await page.locator('.proposal').first().waitFor();
});

test('who does not dispatch does not find it', { timeout: 300_000 }, async () => {
  const answer = await people.specialist.send('POST', '/api/schedule/proposals', { more_rooms: 0 });
  assert.equal(answer.status, 404);
});

test('the rota is kept on its page: a duty across midnight, where nobody is, out again and back', { timeout: 600_000 }, async () => {
  const t = spoken('zh');
  const { page } = browser;
  await page.setViewportSize(SIZES['1440']);
  await page.goto(`${server.url}/login`);
  await page.evaluate(() => localStorage.setItem('lang', 'zh-CN'));
  // The week after next: nothing is there, whatever day it is.
  const monday = new Date(Date.parse(DAY) + 14 * 86_400_000);
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
  const day = (n) => new Date(monday.getTime() + n * 86_400_000).toISOString().slice(0, 10);
  await page.goto(`${server.url}/plan/rota?week=${day(0)}`);
  await page.getByText(t('rota.none')).waitFor();
  await page.getByRole('button', { name: t('rota.add_duty') }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(t('rota.expert')).click();
  await page.keyboard.type('于红');
  await page.keyboard.press('Enter');
  await dialog.getByLabel(t('rota.specialty')).click();
  await page.keyboard.press('Enter');
  for (const [label, value] of [['from', `${day(1)} 20:00`], ['to', `${day(2)} 08:00`]]) {
    await dialog.getByLabel(t(`rota.${label}`), { exact: true }).fill(value);
    await page.keyboard.press('Enter');
  }
  // Enter in the last field sends the form, where the picker does not keep the key for itself.
  await dialog.getByRole('button', { name: t('ui.save') }).click({ timeout: 3_000 }).catch(() => undefined);
  await dialog.waitFor({ state: 'detached' });
  const duties = page.locator('button.rotaduty', { hasText: '于红' });
  await duties.nth(1).waitFor();
  assert.deepEqual(await duties.locator('span').allInnerTexts(), ['20:00–…', '…–08:00'], 'on both of its days');
  const kept = async () => {
    const { experts } = await people.dispatcher.get(`/api/rota?from=${day(0)}T00:00:00Z&to=${day(6)}T00:00:00Z`);
    return experts.find((one) => one.id === 'yu-hong').duties.map(({ from, to, rank }) => [from, to, rank]);
  };
  const expected = [[`${day(1)}T12:00:00Z`, `${day(2)}T00:00:00Z`, 1]];
  assert.deepEqual(await kept(), expected);
  // Whoever is first called there is alone, and everywhere else nobody is.
  await page.getByRole('alert').getByText(t('rota.holes')).waitFor();
  assert.match(await page.locator('.holes').innerText(), /08:00/);
  await look(page, 'rota-zh-1440');
  await duties.first().click();
  await page.getByRole('tooltip').getByRole('button', { name: t('rota.remove') }).click();
  await page.getByText(t('rota.none')).waitFor();
  assert.deepEqual(await kept(), []);
  await page.getByText(t('rota.removed.duties')).waitFor();
  await page.locator('.ant-notification-notice', { hasText: t('rota.removed.duties') }).getByRole('button', { name: t('ui.undo') }).click();
  await duties.nth(1).waitFor();
  assert.deepEqual(await kept(), expected);
  // Weekly hours and a limit of the day, and back.
  const hours = async () => {
    const { experts } = await people.dispatcher.get('/api/rota');
    const { hours: shifts, limit } = experts.find((one) => one.id === 'yu-hong');
    return { shifts: shifts?.map(({ days, from, to }) => [days.length, from, to]), limit };
  };
  const before = await hours();
  await page.getByRole('button', { name: `${t('rota.change')} 于红` }).click();
  await dialog.getByRole('button', { name: t('rota.add_shift') }).click();
  await dialog.getByLabel(t('rota.limit')).fill('6');
  await look(page, 'rota-hours-zh-1440');
  await dialog.getByRole('button', { name: t('ui.save') }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(t('rota.limit_is', { n: 6 })).first().waitFor();
  const now = await hours();
  assert.deepEqual([now.limit, now.shifts.at(-1)], [6, [5, '08:00:00', '17:30:00']]);
  await page.locator('.ant-notification-notice', { hasText: t('rota.hours_kept', { name: '于红' }) }).getByRole('button', { name: t('ui.undo') }).click();
  await page.getByText(t('rota.limit_is', { n: 6 })).waitFor({ state: 'detached' });
  assert.deepEqual(await hours(), before);
  await page.setViewportSize(SIZES['390']);
  await look(page, 'rota-zh-390');
});

test('who is away is assigned with a reason, which stands in the timeline', { timeout: 450_000 }, async () => {
  const t = spoken('zh');
  const { page } = browser;
  const { experts } = await people.dispatcher.get('/api/rota');
  const away = experts.find((one) => one.id === 'peng-bo');
  const id = await ask(away.specialties[0], 'routine');
  await page.setViewportSize(SIZES['1440']);
  await page.goto(`${server.url}/login`);
  await page.evaluate(() => localStorage.setItem('lang', 'zh-CN'));
  await page.goto(`${server.url}/cases/${id}`);
  await takeStep(page, 'assign', t);
  const dialog = page.getByRole('dialog');
  await atTen(page, dialog, t);
  const lane = dialog.locator('.assignrow', { hasText: away.name });
  await lane.getByText(t('assign.away'), { exact: true }).waitFor();
  await lane.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: t('assign.send'), exact: true }).click();
  const reason = dialog.getByRole('alert').getByRole('textbox', { name: t('assign.despite') });
  await reason.fill('患者指定该专家');
  await look(page, 'assign-despite-zh-1440');
  await page.setViewportSize(SIZES['390']);
  await look(page, 'assign-despite-zh-390');
  await page.setViewportSize(SIZES['1440']);
  await dialog.getByRole('button', { name: t('assign.send'), exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  const { scheduled, state } = await people.dispatcher.get(`/api/consults/${id}`);
  assert.equal(state, 'scheduled');
  assert.equal(Date.parse(scheduled.start), Date.parse(`${DAY}T10:00:00+08:00`));
  await page.getByText('患者指定该专家').first().waitFor();
  // By which terminal the county joins stands beside the room.
  await page.getByText(scheduled.terminal).first().waitFor();
});

test('an expert who lives by another clock is shown with it; a reader elsewhere is told whose times these are', { timeout: 600_000 }, async () => {
  const t = spoken('zh');
  const { page } = browser;
  // The administrator says where they work, by name or by what its clocks show.
  const admin = await Caller.signIn(server.url, 'admin');
  const desk = await open(folder, 'administrator', 5);
  const seat = async (seated, caller) => {
    const [cookie, value] = caller.cookie.split('=');
    await seated.context.addCookies([{ name: cookie, value, url: server.url, httpOnly: true }]);
  };
  try {
    await seat(desk, admin);
    await desk.page.goto(`${server.url}/admin/people?person=feng-yan`);
    await desk.page.getByRole('button', { name: t('admin.edit'), exact: true }).click();
    const form = desk.page.getByRole('dialog', { name: t('admin.edit_person') });
    await form.getByRole('combobox', { name: t('admin.field.time_zone') }).fill('Lusaka');
    await desk.page.getByTitle('Africa/Lusaka UTC+2').click();
    await look(desk.page, 'zone-person-zh-1440');
    await form.getByRole('button', { name: t('ui.save'), exact: true }).click();
    await form.waitFor({ state: 'detached' });
    await desk.page.getByText('Africa/Lusaka UTC+2').first().waitFor();
    // And which days nobody keeps hours.
    await desk.page.goto(`${server.url}/admin/settings?hospital=province`);
    await desk.page.getByRole('button', { name: `${t('admin.change')} ${t('admin.setting.schedule_holidays')}` }).click();
    const setting = desk.page.getByRole('dialog', { name: t('admin.setting.schedule_holidays') });
    await setting.getByRole('combobox').or(setting.locator('.ant-picker')).first().click();
    await desk.page.locator(`.ant-picker-dropdown td[title="${DAY}"]`).click();
    await setting.getByLabel(t('ui.reason')).fill('国务院办公厅放假通知');
    await look(desk.page, 'holidays-zh-1440');
    await setting.getByRole('button', { name: t('ui.save'), exact: true }).click();
    await setting.waitFor({ state: 'detached' });
    await desk.page.setViewportSize(SIZES['390']);
    await look(desk.page, 'holidays-set-zh-390');
  } finally {
    await desk.close();
  }
  const row = async () => (await people.dispatcher.get(`/api/rota?from=${DAY}T00:00:00%2B08:00&to=${DAY}T23:59:00%2B08:00`)).experts.find((one) => one.id === 'feng-yan');
  assert.deepEqual((await row()).there, [], 'a public holiday');
  await page.goto(`${server.url}/plan/rota?week=${DAY}`);
  await page.locator('.rotaweek .specialday').getByText(t('rota.holiday'), { exact: true }).waitFor();
  await look(page, 'rota-holiday-zh-1440');
  await page.setViewportSize(SIZES['390']);
  await look(page, 'rota-holiday-zh-390');
  const { settings } = await admin.get('/api/admin/settings?hospital=province');
  const { number } = settings.find((one) => one.key === 'schedule.holidays');
  const undone = await admin.send('PUT', '/api/admin/settings/schedule.holidays?hospital=province', { value: null, why: '更正', number });
  assert.ok(undone.status < 300, JSON.stringify(undone.body));
  // Eight to five there is two to eleven at night here.
  const { there, zone, specialties } = await row();
  assert.deepEqual([zone, Date.parse(there[0].from)], ['Africa/Lusaka', Date.parse(`${DAY}T14:00:00+08:00`)]);

  const id = await ask(specialties[0], 'routine');
  await page.setViewportSize(SIZES['1440']);
  await page.goto(`${server.url}/cases/${id}`);
  await takeStep(page, 'assign', t);
  const dialog = page.getByRole('dialog');
  await atTen(page, dialog, t);
  const lane = dialog.locator('.assignrow', { hasText: t('ui.there', { time: '04:00' }) });
  await lane.waitFor();
  await look(page, 'zone-assign-zh-1440');
  await dialog.getByRole('button', { name: t('ui.cancel'), exact: true }).click();
  assert.equal(await page.locator('.otherzone').count(), 0);

  // The dispatcher travels.
  const away = await open(folder, 'traveller', 6, { zone: 'Africa/Lusaka' });
  try {
    await seat(away, people.dispatcher);
    for (const [path, name] of [[PLAN, 'zone-plan-zh'], ['/plan/rota', 'zone-rota-zh']]) {
      await away.page.setViewportSize(SIZES['1440']);
      await away.page.goto(`${server.url}${path}`);
      await away.page.locator('.otherzone').getByText('UTC+8').waitFor();
      await look(away.page, `${name}-1440`);
      await away.page.setViewportSize(SIZES['390']);
      await look(away.page, `${name}-390`);
    }
    assert.deepEqual(away.faults, []);
  } finally {
    await away.close();
  }
});
