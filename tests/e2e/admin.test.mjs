// The administration in the browser: the first administrator by the printed link; people imported with three bad lines; a
// person who comes by a link; the second factor set up and asked for; sessions ended; a setting changed and taken back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './lib/browser.mjs';
import * as looking from './lib/look.mjs';
import { signIn, spoken, zh } from './lib/pages.mjs';
import { binary, Caller, freePort, Server } from './lib/server.mjs';
import { code, nextCode } from './lib/totp.mjs';

const PASSWORD = 'consilium-demo';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-admin-'));
const browsers = [];
let server;

async function person(name, more = {}) {
  const browser = await open(folder, name, browsers.length + 1, more);
  browsers.push(browser);
  return browser;
}

/** Signs in and stands before the first page of an administrator. */
async function enter(page, name, password = PASSWORD) {
  await page.goto(`${server.url}/login`);
  await page.getByLabel(zh('login.name'), { exact: true }).fill(name);
  await page.getByLabel(zh('login.password'), { exact: true }).fill(password);
  await page.getByRole('button', { name: zh('login.sign_in'), exact: true }).click();
}

before(async () => { server = await Server.start(folder); });
after(async () => {
  for (const browser of browsers) await browser.close();
  await server?.kill();
});

test('the first administrator comes by the link that the first start prints, once', { timeout: 450_000 }, async () => {
  const port = await freePort();
  const data = path.join(folder, 'empty');
  const child = spawn(binary, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (piece) => { said += piece; });
  child.stderr.on('data', (piece) => { said += piece; });
  try {
    for (let wait = 0; wait < 300 && !/\/setup\?token=/.test(said); wait += 1) await new Promise((done) => setTimeout(done, 100));
    const link = said.match(/http:\S+\/setup\?token=\S+/)?.[0];
    assert.ok(link, said);
    const { page } = await person('first');
    await page.goto(link);
    await page.getByLabel(zh('login.centre'), { exact: true }).fill('省远程医学中心');
    await page.getByLabel(zh('login.name'), { exact: true }).fill('root');
    await page.getByLabel(zh('login.password'), { exact: true }).fill('first-password');
    await page.getByLabel(zh('login.password_again'), { exact: true }).fill('first-password');
    await page.getByRole('button', { name: zh('login.setup_make') }).click();
    await page.getByRole('heading', { name: zh('login.setup_done') }).waitFor();
    await page.getByRole('button', { name: zh('login.to_sign_in') }).click();
    await page.getByLabel(zh('login.name'), { exact: true }).fill('root');
    await page.getByLabel(zh('login.password'), { exact: true }).fill('first-password');
    await page.getByRole('button', { name: zh('login.sign_in'), exact: true }).click();
    await page.waitForURL('**/admin');
    await page.getByRole('heading', { level: 2, name: '省远程医学中心' }).waitFor();
    const again = await fetch(`http://127.0.0.1:${port}/api/setup`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: new URL(link).searchParams.get('token'), name: 'other', password: 'second-password' }),
    });
    assert.equal(again.status, 404, 'the link works once');
  } finally {
    child.kill('SIGTERM');
    await new Promise((done) => child.once('exit', done));
  }
});

test('people are imported with three bad lines', { timeout: 600_000 }, async () => {
  const { page } = await person('he');
  await enter(page, 'he.jing');
  await page.waitForURL('**/admin');
  await page.getByRole('link', { name: zh('admin.page.import') }).click();
  const text = [
    '用户名,姓名,拼音,医院,身份,职称,专科',
    'qian.jin,钱进,Qian Jin,光山县人民医院,申请医生,主治医师,',
    'feng.yun,冯云,Feng Yun,光山县人民医院,病区护士,护师,',
    'zhou.ming,周明,Zhou Ming,光山县人民医院,申请医生,副主任医师,',
    'kong.ming,,Kong Ming,光山县人民医院,申请医生,,',
    'wu.fan,吴凡,Wu Fan,光山县人民医院,魔法师,,',
    'li.si,李四,Li Si,不存在的医院,申请医生,,',
  ].join('\r\n');
  const file = path.join(folder, '人员.csv');
  fs.writeFileSync(file, gb18030(text));
  await page.locator('input[type=file]').setInputFiles(file);
  const lines = page.getByRole('region', { name: zh('admin.lines') });
  await lines.waitFor();
  await page.getByText(zh('admin.encoding.gb18030')).waitFor();
  for (const [outcome, n] of [['bad', 3], ['new', 2], ['changed', 1], ['same', 0]]) {
    const counted = page.getByRole('button', { name: new RegExp(`^${n}\\s*${zh(`admin.outcome.${outcome}`)}$`) });
    await counted.waitFor();
  }
  const words = await lines.innerText();
  for (const said of ['魔法师', '不存在的医院', zh('admin.fault.missing'), '副主任医师']) assert.ok(words.includes(said), `${said}: ${words}`);
  await look(page, 'admin-import');
  assert.equal(await page.getByRole('button', { name: zh('admin.apply_all') }).isDisabled(), true);
  await page.getByRole('button', { name: zh('admin.apply_good', { n: 3 }) }).click();
  await page.getByText(zh('admin.links_once')).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: zh('admin.result') }).click();
  const result = fs.readFileSync(await (await download).path(), 'utf8');
  const link = result.match(/http:\S+\/welcome\?token=[\w.%-]+/)?.[0];
  assert.ok(link, result);
  await page.getByRole('link', { name: zh('admin.page.people') }).click();
  await page.getByText('qian.jin').waitFor();
  await look(page, 'admin-people');

  const qian = await person('qian');
  await qian.page.goto(link);
  await qian.page.getByLabel(zh('account.password_next'), { exact: true }).fill('my own password');
  await qian.page.getByLabel(zh('login.password_again'), { exact: true }).fill('my own password');
  await qian.page.getByRole('button', { name: zh('account.welcome_set') }).click();
  await qian.page.getByRole('heading', { name: zh('account.welcome_done') }).waitFor();
  await enter(qian.page, 'qian.jin', 'my own password');
  await qian.page.waitForURL('**/inbox**');

  // It was the wrong file: it is undone, but for who has come meanwhile.
  await page.getByRole('link', { name: zh('admin.page.import') }).click();
  const imports = page.getByRole('region', { name: zh('admin.undoable') });
  await imports.getByRole('button', { name: new RegExp(zh('admin.undo')) }).first().click();
  const dialog = page.getByRole('dialog');
  const says = (name, fate) => dialog.getByRole('row', { name: new RegExp(`${name}.*${zh(`admin.fate_short.${fate}`)}`) });
  for (const [name, fate] of [['钱进', 'used'], ['冯云', 'removed'], ['周明', 'restored']]) await says(name, fate).first().waitFor();
  await look(page, 'admin-import-undo');
  await dialog.getByRole('button', { name: zh('admin.undo_do', { n: 3 }) }).click();
  await page.getByText(zh('admin.undone', { n: 3 })).waitFor();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await imports.count(), 0, 'it is undone once');
  await page.getByRole('link', { name: zh('admin.page.people') }).click();
  await page.getByText('qian.jin').waitFor();
  await page.getByText('feng.yun').waitFor({ state: 'detached' });
});

/** The text in GB18030: the two-byte letters of what the decoder gives. */
function gb18030(text) {
  const bytes = [];
  const decoder = new TextDecoder('gb18030');
  const table = new Map();
  for (let high = 0x81; high <= 0xfe; high += 1) {
    for (let low = 0x40; low <= 0xfe; low += 1) {
      if (low === 0x7f) continue;
      const letter = decoder.decode(Uint8Array.of(high, low));
      if (letter.length === 1 && letter !== '\ufffd' && !table.has(letter)) table.set(letter, [high, low]);
    }
  }
  for (const letter of text) bytes.push(...(letter.charCodeAt(0) < 128 ? [letter.charCodeAt(0)] : table.get(letter)));
  return Uint8Array.from(bytes);
}

test('wards, beds and terminals are kept on the page of their hospital', { timeout: 600_000 }, async () => {
  const { page } = await person('keeper');
  await enter(page, 'he.jing');
  await page.waitForURL('**/admin');
  const section = (of) => page.getByRole('region', { name: zh(`admin.${of}`), exact: true });
  const dialog = page.getByRole('dialog');
  const keep = async (fields) => {
    for (const [field, value] of Object.entries(fields)) await dialog.getByLabel(zh(`admin.field.${field}`), { exact: true }).fill(value);
    await dialog.getByRole('button', { name: zh('ui.save') }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  await section('wards').getByRole('button', { name: zh('admin.new_ward') }).click();
  await keep({ name: '外科病区', name_en_hospital: 'Surgical ward' });
  const ward = section('wards').locator('li.line', { hasText: '外科病区' });
  await ward.locator('summary').click();
  await ward.getByRole('button', { name: zh('admin.new_bed_in', { ward: '外科病区' }) }).click();
  await keep({ name: '1床', name_en_hospital: 'Bed 1' });
  await ward.getByText(zh('admin.beds_count', { n: 1 })).waitFor();
  await ward.getByText('1床', { exact: true }).waitFor();

  await section('devices').getByRole('button', { name: zh('admin.new_device') }).click();
  await dialog.getByLabel(zh('admin.field.place'), { exact: true }).click();
  await page.keyboard.type('外科');
  await page.locator('.ant-select-item-option', { hasText: '外科病区 · 1床' }).click();
  await look(page, 'admin-device-new');
  await keep({ name: '外科移动推车', manufacturer: '小鱼易连', serial: 'AE-7' });
  const device = section('devices').locator('li.line', { hasText: '外科移动推车' });
  await device.getByText('外科病区 · 1床 · 小鱼易连 · AE-7').waitFor();
  // A second one of this name is refused at its field, and what was typed stays.
  await section('devices').getByRole('button', { name: zh('admin.new_device') }).click();
  await dialog.getByLabel(zh('admin.field.name'), { exact: true }).fill('外科移动推车');
  await dialog.getByRole('button', { name: zh('ui.save') }).click();
  await dialog.getByRole('alert').getByText(zh('admin.fault.taken')).waitFor();
  await dialog.getByRole('button', { name: zh('ui.cancel') }).click();
  await dialog.waitFor({ state: 'detached' });
  await device.getByRole('button', { name: `${zh('admin.put_out')} 外科移动推车` }).click();
  await device.getByText(zh('admin.out_of_use'), { exact: true }).first().waitFor();
  await device.getByRole('button', { name: `${zh('admin.put_back')} 外科移动推车` }).click();
  await device.getByRole('button', { name: `${zh('admin.put_out')} 外科移动推车` }).waitFor();
  await look(page, 'admin-hospital');
  await page.evaluate(() => localStorage.setItem('lang', 'en'));
  await page.reload();
  await page.getByRole('region', { name: 'Terminals and devices' }).waitFor();
  await look(page, 'admin-hospital-en');
});

test('a second factor is set up, asked for, and a code counts once', { timeout: 600_000 }, async () => {
  const { page } = await person('zhao');
  await signIn(page, server.url, 'zhao.min');
  await page.goto(`${server.url}/account`);
  await page.getByRole('button', { name: zh('account.factor_set_up') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(zh('account.password_again')).fill(PASSWORD);
  await dialog.getByRole('button', { name: zh('account.factor_begin') }).click();
  const secret = (await dialog.locator('code.secret').innerText()).replaceAll(' ', '');
  await dialog.getByRole('img', { name: zh('account.factor_qr') }).waitFor();
  await look(page, 'account-enrol');
  await dialog.getByLabel(zh('account.code')).fill(code(secret));
  await dialog.getByRole('button', { name: zh('account.factor_confirm') }).click();
  await dialog.locator('.codelist code').first().waitFor();
  const codes = await dialog.locator('.codelist code').allInnerTexts();
  assert.equal(codes.length, 10);
  await dialog.getByRole('button', { name: zh('account.codes_kept') }).click();
  await page.getByText(zh('account.codes_left', { n: 10 })).waitFor();
  await look(page, 'account');

  const other = await person('zhao-2');
  await enter(other.page, 'zhao.min');
  await other.page.getByRole('heading', { name: zh('account.step') }).waitFor();
  await look(other.page, 'login-step');
  const box = other.page.getByLabel(zh('account.code_or_recovery'));
  await box.fill('000000');
  await other.page.getByRole('button', { name: zh('login.sign_in'), exact: true }).click();
  await other.page.getByText(zh('problem.session_factor-wrong')).waitFor();
  const used = nextCode(secret);
  await box.fill(used);
  await other.page.getByRole('button', { name: zh('login.sign_in'), exact: true }).click();
  await other.page.waitForURL('**/inbox**');

  const thief = await person('zhao-3');
  await enter(thief.page, 'zhao.min');
  await thief.page.getByLabel(zh('account.code_or_recovery')).fill(used);
  await thief.page.getByRole('button', { name: zh('login.sign_in'), exact: true }).click();
  await thief.page.getByText(zh('problem.session_factor-used')).waitFor();
  await thief.page.getByLabel(zh('account.code_or_recovery')).fill(codes[0].toLowerCase());
  await thief.page.getByRole('button', { name: zh('login.sign_in'), exact: true }).click();
  await thief.page.waitForURL('**/inbox**');

  await page.reload();
  await page.getByRole('button', { name: zh('account.end_others') }).click();
  await page.getByRole('dialog').getByRole('button', { name: zh('account.end_others') }).click();
  await page.getByText(zh('account.ended')).waitFor();
  await other.page.goto(`${server.url}/inbox`);
  await other.page.waitForURL('**/login**');
});

test('an administrator ends the sessions of a person, disables them and takes it back', { timeout: 450_000 }, async () => {
  const zhou = await Caller.signIn(server.url, 'zhou.ming');
  const { page } = browsers.find((browser) => browser.name === 'he');
  await page.goto(`${server.url}/admin/people?q=zhou.ming&person=zhou-ming`);
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('button', { name: zh('admin.end_sessions') }).click();
  await page.getByRole('dialog').last().getByRole('button', { name: zh('admin.end_sessions') }).click();
  await page.getByText(zh('account.ended')).waitFor();
  assert.equal((await zhou.send('GET', '/api/session')).status, 401);
  await look(page, 'admin-person');
  await drawer.getByRole('button', { name: zh('admin.disable'), exact: true }).click();
  await page.getByRole('button', { name: zh('ui.undo') }).click();
  await drawer.getByRole('button', { name: zh('admin.disable'), exact: true }).waitFor();
  await Caller.signIn(server.url, 'zhou.ming');
});

test('a setting is changed with a reason and taken back from its history', { timeout: 450_000 }, async () => {
  const { page } = await person('admin');
  await enter(page, 'admin');
  await page.waitForURL('**/admin');
  await page.goto(`${server.url}/admin/settings`);
  const what = zh('admin.setting.timers_urgent_first_look');
  await page.getByRole('button', { name: `${zh('admin.change')} ${what}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(zh('admin.value')).fill('20');
  await dialog.getByRole('button', { name: zh('ui.save') }).click();
  await dialog.getByText(zh('problem.settings_no-reason')).waitFor();
  await dialog.getByLabel(zh('ui.reason')).fill('夜班人手少');
  await dialog.getByRole('button', { name: zh('ui.save') }).click();
  await page.getByText('夜班人手少').waitFor();
  await look(page, 'admin-settings');
  await page.getByRole('button', { name: `${zh('admin.history')} ${what}` }).click();
  await page.getByRole('button', { name: zh('admin.back_default') }).click();
  const back = page.getByRole('dialog').last();
  await back.getByLabel(zh('ui.reason')).fill('恢复');
  await back.getByRole('button', { name: zh('admin.back') }).click();
  await page.getByText('恢复', { exact: false }).first().waitFor();
  const root = await Caller.signIn(server.url, 'admin');
  const { settings } = await root.get('/api/admin/settings');
  const kept = settings.find((one) => one.key === 'timers.urgent.first_look');
  assert.deepEqual([kept.value, kept.number, kept.set_here], [15, 2, false]);
});

test('a program is added, reads the record with the token that is shown once, and is ended', { timeout: 450_000 }, async () => {
  const { page } = browsers.find((browser) => browser.name === 'admin');
  await page.goto(`${server.url}/admin/programs`);
  await page.getByText(zh('admin.program.none')).waitFor();
  await page.getByRole('button', { name: zh('admin.program.add') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(zh('admin.program.name'), { exact: true }).fill('光山县医院 HIS');
  await dialog.getByLabel(zh('admin.program.hospital'), { exact: true }).click();
  await page.keyboard.type('光山');
  await page.keyboard.press('Enter');
  await look(page, 'admin-program-add');
  await dialog.getByRole('button', { name: zh('admin.program.add') }).click();
  const token = await page.getByLabel(zh('admin.program.token'), { exact: true }).inputValue();
  const address = await page.getByLabel(zh('admin.program.address'), { exact: true }).inputValue();
  await look(page, 'admin-program-token');
  const asked = () => fetch(`${address}/Patient?_count=1`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await asked()).status, 200);
  await page.getByRole('button', { name: zh('admin.program.token_kept') }).click();
  await page.locator('.programs').getByText('光山县医院 HIS').waitFor();
  await look(page, 'admin-programs-one');
  await page.getByRole('button', { name: `${zh('admin.program.end')} 光山县医院 HIS` }).click();
  await page.getByRole('dialog').getByRole('button', { name: zh('admin.program.end'), exact: true }).click();
  await page.getByText(zh('admin.program.none')).waitFor();
  assert.equal((await asked()).status, 401);
});

const PAGES = [['admin', '/admin?at=guangshan'], ['admin-people', '/admin/people'], ['admin-import', '/admin/import'], ['admin-settings', '/admin/settings'], ['admin-programs', '/admin/programs'], ['account', '/account']];
for (const lang of ['zh', 'en']) {
  for (const [size, viewport] of Object.entries(looking.SIZES)) {
    test(`the pages in ${lang} at ${size}`, { timeout: 450_000 }, async () => {
      const { page } = browsers.find((browser) => browser.name === 'admin');
      await page.setViewportSize(viewport);
      await page.evaluate((to) => localStorage.setItem('lang', to), lang === 'en' ? 'en' : 'zh-CN');
      for (const [name, at] of PAGES) {
        await page.goto(server.url + at);
        await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
        await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => {});
        await look(page, `${name}-${lang}-${size}`);
      }
      assert.ok(await page.getByText(spoken(lang)('account.title')).first().isVisible());
    });
  }
}

/** A picture, axe, no sideways scrolling. */
async function look(page, name) {
  await page.waitForTimeout(300);
  await looking.shot(page, name);
  assert.deepEqual(await looking.axeFaults(page), [], `${name}: axe`);
  assert.ok((await looking.overflow(page)) <= 0, `${name}: runs off its side`);
}
