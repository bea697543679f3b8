// A notifiable case from a doctor's phone to the figure: reported under the law's clock, graded, confirmed, found in the line list
// and behind its day; alerts taken note of, two reports joined and parted again; the wall;
// what the public is told.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import { look, SIZES, WALL } from './lib/look.mjs';
import { spoken } from './lib/pages.mjs';
import { Caller, Server } from './lib/server.mjs';
import { newPatient } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-outbreak-'));
const t = spoken('zh');
let server;
let web;
let doctor;
let officer;
let staff;
let browser;

async function as(name, role) {
  const caller = await Caller.signIn(server.url, name);
  const chosen = caller.me.roles.find((one) => one.role === role);
  caller.me = (await caller.send('PUT', '/api/session/role', { role: chosen.id })).body;
  return caller;
}

before(async () => {
  server = await Server.start(folder, Number(process.env.E2E_PORT) || undefined);
  web = process.env.E2E_WEB ?? server.url;
  doctor = await as('zhou.ming', 'asking-doctor');
  officer = await as('cen.yi', 'outbreak-officer');
  staff = await as('gao.yuan', 'command-staff');
  browser = await open(folder, 'everybody', 1);
});

after(async () => {
  await browser?.close();
  await server?.kill();
});

/** Somebody's page, at an address. */
async function at(who, where, lang = 'zh', viewport = SIZES['1440']) {
  const { page, context } = browser;
  await page.goto('about:blank');
  await context.clearCookies();
  const [cookie, value] = who.cookie.split('=');
  await context.addCookies([{ name: cookie, value, url: web, httpOnly: true }]);
  await page.setViewportSize(viewport);
  await page.goto(`${web}/login`);
  await page.evaluate((l) => localStorage.setItem('lang', l), lang === 'en' ? 'en' : 'zh-CN');
  await page.goto(web + where);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  return page;
}

const listed = (caller) => caller.get('/api/outbreak/cases').then(({ cases }) => cases);

for (const lang of ['zh', 'en']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`every page of it ${lang} ${size}`, { timeout: 600_000 }, async () => {
      const words = spoken(lang);
      const cases = await listed(officer);
      const child = cases.find((one) => one.grade === 'severe' && one.patient.birth_date > '2020');
      const open_one = cases.find((one) => one.class === 'suspected' && one.hospital.id === 'guangshan');
      const { series } = await officer.get('/api/figures/daily');
      const day = series.find((one) => one.code === 'confirmed').days.find((one) => one.added > 0).date;
      const pages = [
        ['list', officer, '/outbreak', (page) => page.getByText(words('outbreak.count', { n: cases.length })).first()],
        ['none', doctor, '/outbreak?disease=plague', (page) => page.getByText(words('outbreak.none_fits'))],
        ['case', doctor, `/outbreak/${child.id}`, (page) => page.getByText(words('outbreak.verdict.not-known')).first()],
        ['type', doctor, `/outbreak/${open_one.id}?do=type`, (page) => page.getByText(words('outbreak.as_adult'))],
        ['new', doctor, '/outbreak/new', (page) => page.getByRole('button', { name: words('outbreak.send') })],
        ['command', officer, `/command/outbreak?series=confirmed&day=${day}`, (page) => page.getByText(words('outbreak.came_after')).first()],
        ['staff', staff, '/command/outbreak', (page) => page.getByText(words('command.figures_only'))],
      ];
      for (const [name, who, where, ready] of pages) {
        const page = await at(who, where, lang, viewport);
        await ready(page).waitFor();
        await look(page, `outbreak-${name}-${lang}-${size}`);
      }
    });
  }
}

test('reported, graded and confirmed on a phone, found in the line list and behind its day', { timeout: 900_000 }, async () => {
  const patient = await newPatient(doctor, '石大海', '1961-03-04');
  let page = await at(doctor, '/outbreak/new', 'zh', SIZES['390']);
  // What is missing is said, and nothing is sent.
  await page.getByRole('button', { name: t('outbreak.send') }).click();
  await page.getByText(t('outbreak.missing', { what: `${t('outbreak.patient')}${t('ui.list_sep')}${t('outbreak.disease')}` })).waitFor();
  await page.getByRole('combobox', { name: t('outbreak.disease') }).click();
  await page.locator('.ant-select-item-option', { hasText: '新型冠状病毒感染' }).click();
  // The law's clock runs before anything is sent: 24 hours for class B, found just now.
  await page.getByRole('timer').getByText(/剩余 (1 天 0 时|23 时 \d+ 分)/).waitFor();
  await page.getByRole('combobox', { name: t('patient.find') }).fill('石大海');
  await page.getByRole('option').filter({ hasText: '石大海' }).first().click();
  await page.getByText(patient.passport).first().waitFor();
  // A call comes in between: the list leads back to what was begun, and begun anew it is empty.
  await page.locator('.savedmark', { hasText: t('draft.saved', { time: '' }).trim() }).waitFor();
  await page.getByRole('link', { name: t('outbreak.to_list') }).click();
  await page.getByRole('region', { name: t('inbox.drafts') }).getByRole('link', { name: '新型冠状病毒感染' }).click();
  await page.locator('.continued').waitFor();
  await page.getByText(patient.passport).first().waitFor();
  await look(page, 'outbreak-continued-zh-390');
  await page.getByRole('button', { name: t('outbreak.send') }).click();
  await page.waitForURL(/\/outbreak\/[^/]+\?new=1/);
  await page.getByText(/已在时限内报告/).waitFor();
  await page.getByText(t('outbreak.not_graded')).waitFor();
  const id = page.url().match(/outbreak\/([^?]+)/)[1];
  assert.deepEqual((await doctor.get('/api/drafts/report')).drafts, [], 'what is reported is no draft any more');

  // Confirmed is not offered before there is a positive result.
  await page.getByRole('button', { name: t('outbreak.class_head') }).click();
  assert.equal(await page.getByRole('menuitem', { name: new RegExp(`^${t('outbreak.say.confirmed')}`) }).getAttribute('aria-disabled'), 'true');
  await page.keyboard.press('Escape');

  // Graded with little known: the guideline cannot say, and names what it lacks.
  await page.getByRole('button', { name: t('outbreak.say.type') }).click();
  await page.getByRole('radiogroup', { name: '具有发热、呼吸道症状等，影像学可见肺炎表现' }).getByText(t('outbreak.there'), { exact: true }).click();
  await page.getByRole('button', { name: t('outbreak.judge') }).click();
  await page.getByText(t('outbreak.undecided', { grade: t('outbreak.grade.ordinary') })).waitFor();
  await page.locator('.undecided li', { hasText: '出现休克' }).waitFor();
  // A rate of 32, and no critical sign: severe.
  await page.getByLabel(t('outbreak.fields.rate')).fill('32');
  for (const sign of ['出现呼吸衰竭，且需要机械通气', '出现休克', '合并其他器官功能衰竭需ICU监护治疗']) {
    await page.getByRole('radiogroup', { name: sign }).getByText(t('outbreak.not_there'), { exact: true }).click();
  }
  await page.getByRole('button', { name: t('outbreak.judge') }).click();
  const rate = page.getByRole('row').filter({ hasText: 'RR≥30次/分' });
  await rate.getByText(t('outbreak.verdict.met')).waitFor();
  assert.match(await rate.innerText(), /32 \/min/);
  await page.getByRole('row').filter({ hasText: '指氧饱和度≤93%' }).getByText(t('outbreak.verdict.not-known')).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'grading', 'who cannot see it is told');

  // The laboratory's word, then confirmed.
  await page.getByRole('button', { name: t('outbreak.add') }).click();
  await page.getByRole('menuitem', { name: t('outbreak.say.laboratory'), exact: true }).click();
  let dialog = page.getByRole('dialog');
  await dialog.getByLabel(t('outbreak.lab_name')).fill('新型冠状病毒核酸');
  await dialog.getByText(t('outbreak.positive'), { exact: true }).click();
  await dialog.getByLabel(t('outbreak.lab_value')).fill('阳性，Ct 25.2');
  await dialog.getByRole('button', { name: t('ui.save') }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: t('outbreak.class_head') }).click();
  await page.getByRole('menuitem', { name: t('outbreak.say.confirmed'), exact: true }).click();
  dialog = page.getByRole('dialog');
  await dialog.getByLabel(t('outbreak.rests_on')).fill('核酸阳性');
  await dialog.getByRole('button', { name: t('ui.save') }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.locator('.headmarks').getByText(t('outbreak.class.confirmed')).waitFor();

  // The officer finds it: by area and severity, in the address.
  const kept = await officer.get(`/api/outbreak/cases/${id}`);
  page = await at(officer, '/outbreak?hospital=xinyang&grade=severe&class=confirmed');
  await page.getByRole('link', { name: kept.number }).waitFor();
  assert.equal(await page.getByRole('row').filter({ hasText: t('outbreak.grade.mild') }).count(), 0);
  await page.getByRole('button', { name: t('outbreak.last_days', { n: 7 }) }).press('Enter');
  await page.waitForURL(/from=/);
  await page.getByRole('link', { name: kept.number }).waitFor();

  // And behind its day, by keyboard.
  const { series } = await officer.get('/api/figures/daily');
  const today = series.find((one) => one.code === 'confirmed').days.at(-1);
  page = await at(officer, '/command/outbreak');
  const cell = page.getByRole('table').getByRole('button', { name: new RegExp(`${t('outbreak.series.confirmed')}.*${today.value}$`) }).first();
  await cell.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: kept.number }).waitFor();
  assert.match(page.url(), new RegExp(`series=confirmed.*day=${today.date}|day=${today.date}.*series=confirmed`));
  await page.getByRole('link', { name: kept.number }).click();
  await page.getByRole('heading', { name: /石大海/ }).waitFor();
});

test('the same illness is not reported twice: the page leads to the report there is', { timeout: 300_000 }, async () => {
  const patient = await newPatient(doctor, '余晓光', '1975-05-06');
  const made = await doctor.send('POST', '/api/outbreak/cases', { patient: patient.id, disease: 'measles', class: 'suspected', found_at: new Date(Date.now() - 60_000).toISOString() });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const page = await at(doctor, `/outbreak/new?patient=${patient.id}`);
  await page.getByText(patient.passport).first().waitFor();
  await page.getByRole('combobox', { name: t('outbreak.disease') }).click();
  await page.locator('.ant-select-item-option', { hasText: '麻疹' }).click();
  await page.getByRole('button', { name: t('outbreak.send') }).click();
  await page.getByText(t('problem.outbreak_reported')).waitFor();
  await page.getByRole('link', { name: t('outbreak.open_it') }).click();
  await page.getByText(made.body.number).waitFor();
  await page.getByText(t('outbreak.no_guideline')).waitFor();
});

test('two reports are joined, and parted again', { timeout: 300_000 }, async () => {
  const page = await at(officer, '/outbreak');
  const pairs = page.getByRole('region', { name: t('outbreak.pairs') });
  await pairs.getByRole('button', { name: new RegExp(t('outbreak.pairs')) }).click();
  const judge = async (said) => {
    await pairs.locator('li', { hasText: '沈秀梅' }).getByRole('button', { name: t(`outbreak.pair_say.${said}`), exact: true }).click();
    const dialog = page.getByRole('dialog');
    assert.ok(await dialog.getByRole('button', { name: t(`outbreak.pair_say.${said}`) }).isDisabled(), 'not without a reason');
    await dialog.getByLabel(t('outbreak.why')).fill('电话核实');
    await dialog.getByRole('button', { name: t(`outbreak.pair_say.${said}`) }).click();
    await dialog.waitFor({ state: 'hidden' });
  };
  await judge('same');
  await pairs.getByText(t('outbreak.pairs_n', { proposed: 0, joined: 2 })).waitFor();
  await judge('undone');
  await pairs.getByText(t('outbreak.pairs_n', { proposed: 1, joined: 1 })).waitFor();
});

test('an alert is taken note of by name, once', { timeout: 300_000 }, async () => {
  const page = await at(officer, '/command/outbreak');
  const alerts = page.getByRole('region', { name: t('outbreak.alerts') });
  const first = alerts.locator('li.open').first();
  await first.waitFor();
  const before = await alerts.locator('h2 small').innerText();
  await first.getByRole('button', { name: t('outbreak.note') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(t('outbreak.note_said')).fill('流调组今晚到位');
  await dialog.getByRole('button', { name: t('outbreak.note') }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.waitForFunction((said) => document.querySelector('.alerts h2 small').innerText !== said, before);
  await alerts.getByRole('button', { name: /全部/ }).click();
  const noted = alerts.locator('li.noted', { hasText: '流调组今晚到位' });
  assert.match(await noted.innerText(), /岑毅/);
  // Command staff read it, without the cases and without the button.
  const other = await at(staff, '/command/outbreak');
  await other.getByText(t('outbreak.nobody_noted')).first().waitFor();
  assert.equal(await other.getByRole('button', { name: t('outbreak.note'), exact: true }).count(), 0);
  assert.equal(await other.locator('.alertcases').count(), 0);
});

for (const [name, size] of Object.entries({ 1920: WALL, 3840: { width: 3840, height: 2160 } })) {
  test(`the wall shows the outbreak beside the map, ${name}`, { timeout: 300_000 }, async () => {
    const page = await at(staff, '/wall', 'zh', size);
    await page.locator('.mapcanvas canvas').first().waitFor();
    await page.locator('.wallalerts li').first().waitFor();
    await page.locator('.wallseries canvas').waitFor();
    assert.equal(await page.locator('.command button').count(), 0, 'nothing to press');
    // All of it stands on the one screen.
    assert.ok(await page.locator('.walloutbreak').evaluate((box) => box.getBoundingClientRect().bottom <= window.innerHeight && box.scrollHeight <= box.clientHeight + 1));
    await look(page, `outbreak-wall-${name}`);
  });
}

test('the officer tells the public, who reads it without signing in', { timeout: 600_000 }, async () => {
  const page = await at(officer, '/command/outbreak');
  const notices = page.getByRole('region', { name: t('public.notices') });
  await notices.locator('li').first().waitFor();
  await notices.getByRole('button', { name: t('public.add') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(t('public.kinds.contact')).click();
  for (const [language, title, text] of [['zh', '发热门诊查询', '请拨打 0371-12345678\n8-20时'], ['en', 'Fever clinics', 'Call 0371-12345678\n8-20']]) {
    const words = dialog.locator(`fieldset[lang="${language}"]`);
    await words.getByLabel(t('public.title')).fill(title);
    await words.getByLabel(t('public.text')).fill(text);
  }
  await look(page, 'outbreak-public-write-1440');
  await dialog.getByRole('button', { name: t('public.publish') }).click();
  await dialog.waitFor({ state: 'hidden' });
  await notices.getByText('发热门诊查询').waitFor();

  await browser.context.clearCookies();
  for (const [lang, said, other] of [['zh', '咨询与求助', 'English'], ['en', 'Whom to call', '中文']]) {
    for (const name of ['1440', '390']) {
      await page.setViewportSize(SIZES[name]);
      await page.goto(`${web}/public?lang=${lang}`);
      await page.getByRole('heading', { name: said }).waitFor();
      assert.equal(await page.locator('a[href="tel:037112345678"]').count(), 1, 'a telephone calls with one touch');
      await page.locator('summary').first().click();
      await page.getByRole('cell', { name: '<5' }).first().waitFor();
      await look(page, `public-${lang}-${name}`);
      const { transferSize } = await page.evaluate(() => performance.getEntriesByType('navigation')[0].toJSON());
      assert.ok(transferSize < 20_000, `${transferSize} bytes over the line`);
      assert.equal((await page.evaluate(() => performance.getEntriesByType('resource').length)), 0, 'and nothing else');
    }
    await page.getByRole('link', { name: other }).click();
    await page.getByRole('heading', { name: lang === 'zh' ? 'Whom to call' : '咨询与求助' }).waitFor();
  }

  // What is withdrawn is gone at once, and comes back with one press.
  const again = await at(officer, '/command/outbreak');
  await again.getByRole('button', { name: t('public.withdraw_one', { title: '发热门诊查询' }) }).click();
  await again.locator('.ant-popconfirm').getByRole('button', { name: t('public.withdraw') }).click();
  await again.getByText(t('public.withdrawn', { title: '发热门诊查询' })).waitFor();
  const told = () => fetch(`${server.url}/public`).then((answer) => answer.text());
  assert.ok(!(await told()).includes('发热门诊查询'));
  await again.getByRole('button', { name: t('ui.undo') }).click();
  await notices.getByText('发热门诊查询').waitFor();
  assert.ok((await told()).includes('发热门诊查询'));
  const reader = await at(staff, '/command/outbreak');
  await reader.getByRole('region', { name: t('public.notices') }).locator('li').first().waitFor();
  assert.equal(await reader.getByRole('button', { name: t('public.add') }).count(), 0);
});

test('the files leave as they are named, and the MeasureReport is one', { timeout: 300_000 }, async () => {
  const page = await at(officer, '/outbreak?disease=covid-19');
  await page.getByRole('button', { name: t('outbreak.export') }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: t('outbreak.format.csv'), exact: true }).click()]);
  const lines = fs.readFileSync(await file.path(), 'utf8').trim().split('\n');
  const { count } = await officer.get('/api/outbreak/cases?disease=covid-19');

  // The worst first at one press, the mildest at the next; the file has the same order.
  const head = page.getByRole('columnheader', { name: t('outbreak.grade_head') });
  const grades = () => page.locator('.linelist tbody tr').evaluateAll((rows) => rows.map((row) => row.cells[4].textContent));
  const words = ['critical', 'severe', 'ordinary', 'mild'].map((grade) => t(`outbreak.grade.${grade}`));
  const known = (all) => all.map((one) => words.findIndex((word) => one.includes(word))).filter((one) => one >= 0);
  for (const [press, order] of [['descending', (a, b) => a - b], ['ascending', (a, b) => b - a]]) {
    await head.getByRole('button').click();
    await page.locator(`.linelist th[aria-sort=${press}]`).filter({ hasText: t('outbreak.grade_head') }).waitFor();
    await page.locator('[aria-busy=false] .linelist').waitFor();
    const shown = known(await grades());
    assert.ok(new Set(shown).size > 1, 'cases of several grades');
    assert.deepEqual(shown, [...shown].sort(order));
  }
  assert.equal(lines.length, count + 1, 'a line a case, and the heads');
  await at(staff, '/command/outbreak');
  const [report] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: new RegExp('MeasureReport') }).click()]);
  assert.equal(JSON.parse(fs.readFileSync(await report.path(), 'utf8')).resourceType, 'MeasureReport');
});

test('who has no part in it does not find it, and no page broke', { timeout: 300_000 }, async () => {
  const dispatcher = await Caller.signIn(server.url, 'chen.tao');
  assert.equal((await dispatcher.send('GET', '/api/outbreak/cases')).status, 404);
  const page = await at(dispatcher, '/command');
  await page.locator('.counters').waitFor();
  assert.equal(await page.getByRole('link', { name: t('ui.nav_outbreak'), exact: true }).count(), 0);
  assert.deepEqual(browser.faults.filter((fault) => !/40[149]|422/.test(fault)), []);
});
