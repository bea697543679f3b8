// The whole network from two tables: `cargo xtask bench import-network [PEOPLE]`. Makes up (by a seed) a province of 1,300 hospitals and
// 60,000 people, looks at the files, applies them, looks again; prints how long that takes, whether the server says how far it is, and
// what it holds. Fails when what is measured did not happen; judges no time.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load, machine, note, pause, resident, status } from './lib/measure.mjs';
import { Caller, Server } from './lib/server.mjs';

const PEOPLE = Number(process.env.BENCH_PEOPLE ?? 60_000);
const HOSPITALS = 1_300;
/** Where a file is larger than the server takes, it is cut into files of so many lines. */
const CUT = 5_000;

/** Numbers that are the same each time (Mulberry32). */
function seeded(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const any = seeded(20_261_122);
const of = (list) => list[any(list.length)];
const FAMILY = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤'];
const GIVEN = [...'伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红梅建国华志新海燕春雪飞鹏宇浩凯倩婷雯'];
const SPECIALTIES = ['呼吸内科', '重症医学科', '感染科', '心血管内科', '神经内科', '普通外科', '骨科', '儿科'];
const ROLES = [['申请医生', '主治医师'], ['申请医生', '住院医师'], ['会诊专家', '主任医师'], ['会诊专家', '副主任医师'], ['病区护士', '护师'], ['病区医生', '主治医师'], ['阅片医生', '主治医师'], ['随访护士', '主管护师']];

/** 18 cities, 158 counties, townships and villages below the province: everything below comes later in the file. */
function hospitals() {
  const lines = [];
  const add = (id, name, english, level, parent) => { lines.push([id, name, english, level, parent]); return id; };
  const top = add('np', '新省医院', 'New Province Hospital', '省级', '');
  const cities = Array.from({ length: 18 }, (_, n) => add(`np-c${n}`, `新市${n}医院`, `New City ${n} Hospital`, '市级', top));
  const counties = Array.from({ length: 158 }, (_, n) => add(`np-k${n}`, `新县${n}人民医院`, `New County ${n} Hospital`, '县级', cities[n % 18]));
  const towns = Array.from({ length: 723 }, (_, n) => add(`np-t${n}`, `新乡${n}卫生院`, `Township ${n} Health Centre`, '乡镇级', counties[n % 158]));
  for (let n = 0; lines.length < HOSPITALS; n += 1) add(`np-v${n}`, `新村${n}卫生室`, `Village ${n} Clinic`, '村级', towns[n]);
  return lines;
}

function people(sites) {
  return Array.from({ length: PEOPLE }, (_, n) => {
    const [role, title] = of(ROLES);
    const site = sites[n < sites.length ? n : any(sites.length)];
    return [`np.${n}`, of(FAMILY) + of(GIVEN) + of(GIVEN), site[1], role, role === '病区护士' ? '' : of(SPECIALTIES), title, `4110${String(n).padStart(11, '0')}`, '汉语', `0371-${60_000_000 + n}`];
  });
}

const csv = (heads, lines) => new TextEncoder().encode(`${[heads, ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`);
const SITE_HEADS = ['编号', '名称', '英文名称', '级别', '上级编号'];
const PEOPLE_HEADS = ['用户名', '姓名', '医院', '身份', '专科', '职称', '执业证号', '语言', '电话'];

const folder = fs.mkdtempSync(path.join(process.env.BENCH_FOLDER ?? os.tmpdir(), 'consilium-bench-'));
console.log(machine());
const server = await Server.start(folder);
const admin = await Caller.signIn(server.url, 'admin');

/** Sends a table; where it is too large for the server, in parts. Answers the counts of all parts. */
async function send(what, heads, lines, apply, seen) {
  const query = new URLSearchParams({ what, ...(apply && { apply: 'all', seen }) });
  const answer = await admin.send('POST', `/api/admin/import?${query}`, csv(heads, lines));
  const { status: code, body } = answer;
  if (code === 413 || body.params?.what === 'too-many') return null;
  if (code !== 200) throw new Error(`${what}: ${code} ${JSON.stringify(body).slice(0, 400)}`);
  if (body.bad) throw new Error(`${what}: ${body.bad} lines cannot be used, the first ${JSON.stringify(body.lines.find((l) => l.outcome === 'bad'))}`);
  return body;
}

async function imported(what, heads, lines) {
  const took = { look: 0, apply: 0 };
  let parts = [lines];
  for (let at = 0; at < parts.length; at += 1) {
    let begun = performance.now();
    const seen = await send(what, heads, parts[at]);
    if (!seen) {
      if (parts.length > 1) throw new Error(`${what}: ${CUT} lines are too many`);
      parts = [];
      for (let from = 0; from < lines.length; from += CUT) parts.push(lines.slice(from, from + CUT));
      at = -1;
      continue;
    }
    took.look += performance.now() - begun;
    begun = performance.now();
    const done = await send(what, heads, parts[at], true, seen.digest);
    took.apply += performance.now() - begun;
    if (!done.applied || done.new !== parts[at].length) throw new Error(`${what}: ${done.new} of ${parts[at].length} are new`);
  }
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
  note(`${lines.length} ${what}, looked at (${parts.length} file${parts.length > 1 ? 's' : ''})`, seconds(took.look));
  note(`${lines.length} ${what}, applied`, seconds(took.apply));
  return took.look + took.apply;
}

/** Hears how far it is, and how long others wait meanwhile. */
const heard = { steps: new Set(), told: 0, slowest: 0, most: 0 };
let over = false;
const listening = (async () => {
  const doctor = await Caller.signIn(server.url, 'zhou.ming');
  while (!over) {
    const { status: code, body } = await admin.send('GET', '/api/admin/import');
    if (code === 200 && body.step) { heard.steps.add(body.step); heard.told += 1; }
    const begun = performance.now();
    await doctor.get('/api/session');
    heard.slowest = Math.max(heard.slowest, performance.now() - begun);
    heard.most = Math.max(heard.most, resident(server));
    await pause(250);
  }
})();

const sites = hospitals();
const before = resident(server);
const all = await imported('hospitals', SITE_HEADS, sites) + await imported('people', PEOPLE_HEADS, people(sites));
over = true;
await listening;
note('both, looked at and applied', `${(all / 1000).toFixed(1)} s`, PEOPLE === 60_000 ? '30 s' : '-');
note('the server said how far it was', heard.told ? `${heard.told} times (${[...heard.steps].join(', ')})` : 'never');
note('the longest wait of somebody else (GET /api/session)', `${heard.slowest.toFixed(0)} ms`);
note('memory before, at most', `${before.toFixed(0)}, ${status(server, 'VmHWM') / 1024 | 0} MB`);
const found = await admin.get('/api/admin/people?q=np.1&count=1');
if (found.total < 1) throw new Error('the people are not found');
const begun = performance.now();
await admin.get('/api/admin/people?count=50');
note('a page of 50 people then', `${(performance.now() - begun).toFixed(0)} ms`);
console.log(`load ${load()}`);
await server.stop();
fs.rmSync(folder, { recursive: true, force: true });
