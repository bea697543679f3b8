// Ten thousand open cases: `cargo xtask bench inbox [CASES]`. Fills a store through the API, then prints beside their goals what a
// dispatcher asks and waits for, and how long an act takes to those who listen. Judges nothing: absolute times on a shared machine are
// a note, not a verdict. Fails when what is measured did not happen.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPath } from './lib/browser.mjs';
import { load, machine, many, median, note, pause, resident, spread } from './lib/measure.mjs';
import { zh } from './lib/pages.mjs';
import { Caller, Server } from './lib/server.mjs';
import { emergency, newPatient, planned, step } from './lib/story.mjs';
import { Stream } from './lib/streams.mjs';

const CASES = Number(process.env.BENCH_CASES ?? 10_000);
const STREAMS = 500;
const STREAMS_OF_ONE = 32;
const ACTS = 30;
const RUNS = 400;
const FIRST_PAINTS = 5;
const TOGETHER = 8;
// One in twenty is an emergency, one in four urgent; of ten, one has been looked at and one waits for its expert's yes.
const urgencyOf = (n) => (n % 20 === 7 ? 'emergency' : n % 4 === 0 ? 'urgent' : 'routine');
const SPECIALTIES = ['respiratory', 'critical-care', 'infectious', 'cardiology', 'neurosurgery', 'neurology', 'general-surgery', 'orthopaedics', 'obstetrics', 'paediatrics', 'nephrology', 'oncology'];
const ASKING = ['zhou.ming', 'zhao.min', 'tao.yuan', 'lu.bin', 'jin.fu', 'dai.rong', 'xia.qin', 'zhong.da'];
// Who listens: both dispatchers of the centre, who asks, three experts; then people of other houses, who hear nothing of it.
const ENTITLED = ['chen.tao', 'sun.li', 'zhou.ming', 'li.wei', 'zhang.jun', 'wang.lan'];
const OTHERS = ['zhao.min', 'liu.fang', 'wu.ying', 'he.jing', 'gao.yuan', 'liang.chao', 'tang.kai', 'feng.yan', 'xu.jing', 'peng.bo'];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-bench-inbox-'));
console.log(machine());
const server = await Server.start(folder);

/** Hands all of them in, and says every few seconds how far it is. */
async function fill() {
  const askers = await Promise.all(ASKING.map((name) => Caller.signIn(server.url, name)));
  const patients = await Promise.all(askers.map((asker) => Promise.all([...'甲乙丙丁戊己庚辛'].map((name) => newPatient(asker, `病例${name}`)))));
  const chen = await Caller.signIn(server.url, 'chen.tao');
  const experts = await Promise.all(['xu.jing', 'feng.yan', 'cao.lei'].map((name) => Caller.signIn(server.url, name)));
  const begun = performance.now();
  let [done, told, before] = [0, begun, 0];
  await many(CASES, TOGETHER, async (n) => {
    const at = n % askers.length;
    const [asker, patient] = [askers[at], patients[at][(n >> 3) % 8]];
    const urgency = urgencyOf(n);
    const specialty = SPECIALTIES[n % SPECIALTIES.length];
    const purpose = `第${n + 1}例：病情变化，请指导下一步检查与治疗方案`;
    const id = urgency === 'emergency'
      ? await emergency(asker, patient, purpose, { specialty })
      : await planned(asker, patient, { kind: n % 3 ? 'record' : 'live', urgency, purpose, specialty, complaint: '发热、气促3天', history: '3天前受凉后起病，当地治疗效果不佳。', diagnosis: '待查' });
    if (n % 10 < 2) await step(chen, id, 'first-look');
    // Nobody's time is taken by a case on the record, so that one expert has as many as they like.
    if (n % 10 === 1 && urgency !== 'emergency' && n % 3) await step(chen, id, 'assign', { experts: [experts[n % experts.length].me.role.id], room: null });
    done += 1;
    if (performance.now() - told > 5000) {
      console.log(`  ${done} of ${CASES} cases, ${(((done - before) * 1000) / (performance.now() - told)).toFixed(0)} a second, load ${load()}`);
      [told, before] = [performance.now(), done];
    }
  });
  note(`${CASES} cases handed in, ${TOGETHER} at a time`, `${((CASES * 1000) / (performance.now() - begun)).toFixed(0)} a second`);
}

/** Everything the page asks for the list: every chip, a search, the next page; by what the browser really sends. */
async function questions(page) {
  const asked = new Set();
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname === '/api/consults' && request.method() === 'GET') asked.add(pathname + search);
  });
  const quiet = () => page.waitForLoadState('networkidle').then(() => pause(100));
  await page.goto(`${server.url}/inbox`);
  await page.locator('tr.row').first().waitFor();
  const chips = page.getByRole('group', { name: zh('inbox.filters') }).getByRole('button');
  for (let at = (await chips.count()) - 1; at >= 0; at -= 1) {
    await chips.nth(at).click();
    await pause(400);
  }
  for (let more = 0; more < 3; more += 1) {
    const answered = page.waitForResponse((answer) => answer.url().includes('after='));
    await page.getByRole('button', { name: zh('inbox.more') }).click();
    await answered;
  }
  for (const words of ['光山', '0042']) {
    await page.locator('#inbox-search').fill(words);
    await pause(1000);
  }
  await page.goto(`${server.url}/figures`);
  await quiet().catch(() => undefined);
  return [...asked];
}

const browser = await chromium.launch({ executablePath: chromiumPath, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
/** A computer that has never seen the page, signed in. */
async function fresh(caller) {
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1440, height: 900 } });
  const [name, value] = caller.cookie.split('=');
  await context.addCookies([{ name, value, url: server.url, httpOnly: true }]);
  await context.addInitScript(() => {
    const look = () => document.querySelector('tr.row') && (globalThis.firstRow = performance.now());
    new MutationObserver((_, watch) => look() && requestAnimationFrame(() => { globalThis.rowPainted = performance.now(); }) && watch.disconnect()).observe(document, { childList: true, subtree: true });
  });
  return context;
}

async function firstPaints(caller) {
  const [paints, rows] = [[], []];
  for (let n = 0; n < FIRST_PAINTS; n += 1) {
    const context = await fresh(caller);
    const page = await context.newPage();
    await page.goto(`${server.url}/inbox`);
    await page.waitForFunction(() => globalThis.rowPainted, undefined, { timeout: 60_000 });
    // The browser says it a moment after it has painted.
    const paint = await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime, undefined, { timeout: 60_000 });
    paints.push(await paint.jsonValue());
    rows.push(await page.evaluate(() => globalThis.rowPainted));
    await context.close();
  }
  note(`inbox in Chromium, empty cache: first paint (median of ${FIRST_PAINTS})`, `${median(paints).toFixed(0)} ms`);
  note(`inbox in Chromium, empty cache: first row (median of ${FIRST_PAINTS})`, `${median(rows).toFixed(0)} ms`, '<= 1000 ms');
}

async function asks(caller, list) {
  const took = new Map(list.map((where) => [where, []]));
  let longest = 0;
  for (let n = 0; n < Math.max(RUNS, list.length); n += 1) {
    const where = list[n % list.length];
    const begun = performance.now();
    const answer = await caller.get(where);
    took.get(where).push(performance.now() - begun);
    longest = Math.max(longest, answer.rows.length);
    if (!/state=draft/.test(where) && answer.counts.all < CASES * 0.99) throw new Error(`${where}: ${answer.counts.all} cases where there are ${CASES}`);
  }
  const all = [...took.values()].flat();
  note(`the inbox's question, ${list.length} kinds, ${all.length} runs (p50 / p99)`, spread(all), 'p99 <= 50 ms');
  for (const [where, times] of took) note(`  ${decodeURIComponent(where.replace('/api/consults', '')).replace(/after=(.{4}).*/, 'after=$1…') || '(all)'}`, spread(times));
  note('rows of the longest answer', longest);
}

/** 500 streams; acts by one who asks and one who talks, and when they arrive with those who may hear them. */
async function listening(chen) {
  const callers = [];
  for (const name of [...ENTITLED, ...OTHERS]) callers.push(await Caller.signIn(server.url, name));
  const zhou = callers[ENTITLED.indexOf('zhou.ming')];
  const streams = [];
  for (let n = 0; n < STREAMS; n += 1) streams.push(await Stream.open(callers[Math.floor(n / STREAMS_OF_ONE)]));
  note('event streams open, of people', `${streams.length}, ${new Set(streams.map((one) => one.caller)).size}`, STREAMS);
  const of = (names) => streams.filter((one) => names.some((name) => one.caller === callers[ENTITLED.indexOf(name)]));
  const patient = await newPatient(zhou, '听见');
  const shared = await planned(zhou, patient, { kind: 'record', urgency: 'urgent', purpose: '多学科书面会诊，请各位专家发表意见', specialty: 'respiratory', complaint: '气促', history: '3天前起病', diagnosis: '待查' });
  await step(chen, shared, 'first-look');
  await step(chen, shared, 'assign', { experts: ['li.wei', 'zhang.jun', 'wang.lan'].map((name) => callers[ENTITLED.indexOf(name)].me.role.id), room: null });
  await pause(1000);
  const acts = [
    { what: 'consult.request', hears: of(['chen.tao', 'sun.li', 'zhou.ming']), act: (n, begin) => emergency(zhou, patient, `第${n}次：血氧下降`, {}, [begin]) },
    { what: 'message.send', hears: of(ENTITLED), act: async (n) => { const said = await zhou.send('POST', `/api/consults/${shared}/messages`, { text: `第${n}条` }); if (said.status >= 300) throw new Error(`message: ${said.status}`); return shared; } },
  ];
  for (const { what, hears, act } of acts) {
    const [sent, acknowledged] = [[], []];
    for (let n = 0; n < ACTS; n += 1) {
      const from = streams.map((one) => one.acts.length);
      let begun = performance.now();
      const id = await act(n, () => { begun = performance.now(); });
      const answered = performance.now();
      const arrived = (one) => one.heard(what, id, from[streams.indexOf(one)]);
      const until = performance.now() + 20_000;
      while (hears.some((one) => !arrived(one)) && performance.now() < until) await pause(20);
      const deaf = hears.filter((one) => !arrived(one));
      if (deaf.length) throw new Error(`${what}: ${deaf.length} of ${hears.length} did not hear it; ${deaf.filter((one) => one.ended).length} of their streams have ended`);
      for (const one of streams) {
        const at = arrived(one);
        if (at && !hears.includes(one)) throw new Error(`${what}: ${one.caller.me.person.name} heard what is not theirs`);
        if (at) { sent.push(at - begun); acknowledged.push(Math.max(0, at - answered)); }
      }
      await pause(100);
    }
    note(`${what}: ${ACTS} acts, heard each by`, `${sent.length / ACTS} of ${hears.length}`);
    note(`  to a stream, from the answer to who acted (p50 / p99)`, spread(acknowledged), 'p99 <= 300 ms');
    note(`  to a stream, from sending (p50 / p99)`, spread(sent));
  }
  note('server memory with the streams open (resident)', `${resident(server).toFixed(0)} MB`);
  for (const one of streams) one.close();
}

try {
  note('server memory, demonstration alone (resident)', `${resident(server).toFixed(0)} MB`);
  await fill();
  note('server memory when filled (resident)', `${resident(server).toFixed(0)} MB`);
  await server.stop();
  await server.run();
  note(`start to serving with ${CASES} cases`, `${server.started_ms.toFixed(0)} ms`, '<= 1000 ms');
  const chen = await Caller.signIn(server.url, 'chen.tao');
  const begun = performance.now();
  const { counts } = await chen.get('/api/consults');
  note('the first inbox after the start', `${(performance.now() - begun).toFixed(0)} ms`);
  note('open cases on the board, mine to act on, emergencies', `${counts.all}, ${counts.waiting}, ${counts.emergency}`);
  if (counts.all < CASES) throw new Error(`${counts.all} open cases, ${CASES} handed in`);
  const looking = await fresh(chen);
  const list = await questions(await looking.newPage());
  await looking.close();
  if (list.length < 8) throw new Error(`the page asked only ${list.join(' ')}`);
  await asks(chen, list);
  await firstPaints(chen);
  note('server memory (resident)', `${resident(server).toFixed(0)} MB`);
  await listening(chen);
  console.log(`load after: ${load()}`);
} finally {
  await browser.close();
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
