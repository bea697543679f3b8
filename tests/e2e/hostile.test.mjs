// Strangers' programs: schemathesis, which was not written here, makes up requests from the program's own description, as people
// of every role, as a client and as nobody. No answer may be of the kind 5xx or unlike what the description says; afterwards the
// program lives, its log holds no panic and nobody's name, and the ledger verifies.
// HOSTILE_EXAMPLES (per operation) and HOSTILE_SEED make the long form.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Caller, Server, binary } from './lib/server.mjs';

const python = process.env.E2E_PYTHON ?? path.resolve('../../target/venv/bin/python');
const examples = process.env.HOSTILE_EXAMPLES ?? '12';
const seed = process.env.HOSTILE_SEED ?? '20261122';
/** Who asks: one of each role that the demonstration has, and nobody. */
const PEOPLE = ['zhou.ming', 'li.wei', 'chen.tao', 'liu.fang', 'wu.ying', 'he.jing', 'gao.yuan', 'admin'];
/** Each of them shows the description something that the others do not see. */
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance,unsupported_method,allow_header_conformance';
const QUERIES = [
  { _count: '3' }, { _sort: '-_lastUpdated,_id' }, { name: '王' }, { 'name:contains': 'a' }, { birthdate: 'ge1950' }, { 'subject:Patient.name': '李' },
  { _has: 'x' }, { '_has:Observation:patient:code': '8310-5' }, { _include: 'Observation:subject' }, { '_include:iterate': 'Patient:link' },
  { code: 'http://loinc.org|8310-5' }, { 'value-quantity': 'gt37' }, { _summary: 'count' }, { _elements: 'id,name' }, { _total: 'accurate' },
  { _content: '发热' }, { near: '34.7|113.6|50|km' }, { _page: 'tampered' }, { date: 'ap2026-02-30' }, { 'code:missing': 'false' },
];

/** How often each status was answered, by operation: `POST /api/consults` -> { 201: 1 }. Read while the server runs. */
async function answers(server) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const all = {};
  for (const [, labels, count] of text.matchAll(/^consilium_requests_total\{(.*)\} (\d+)$/gm)) {
    const { method, route, status } = Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    ((all[`${method} ${route}`] ??= {})[status] ??= 0);
    all[`${method} ${route}`][status] += Number(count);
  }
  return all;
}

/** The program, and what there is in it to ask for. */
async function begun(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-hostile-'));
  const server = await Server.start(folder, undefined, { settings: { CONSILIUM_LOG_FILTER: 'info,platform=info' } });
  t.after(() => server.kill());
  await server.stop();
  const added = spawnSync(binary, ['client', 'add', '--data', server.data, '--name', 'his', '--hospital', 'guangshan'], { encoding: 'utf8' });
  assert.equal(added.status, 0, added.stderr);
  await server.run();
  return { folder, server, token: added.stdout.trim() };
}

async function world(server, token) {
  const people = [];
  const callers = {};
  for (const name of PEOPLE) {
    callers[name] = await Caller.signIn(server.url, name);
    people.push({ name, cookie: callers[name].cookie });
  }
  people.push({ name: 'nobody' });
  const doctor = callers['zhou.ming'];
  const draft = await doctor.send('POST', '/api/drafts/consult', { body: { complaint: '发热' } });
  const rows = [...(await doctor.get('/api/consults')).rows, ...(await callers['li.wei'].get('/api/consults')).rows];
  const cases = [...new Set(rows.map((row) => row.id))];
  const patients = [...new Set(rows.map((row) => row.patient?.id).filter(Boolean))];
  const { admin } = callers;
  const resources = [];
  const fhir = async (query) => {
    const answer = await fetch(`${server.url}/fhir/${query}`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200, query);
    return ((await answer.json()).entry ?? []).map((e) => e.resource);
  };
  for (const type of ['Patient', 'Observation', 'ServiceRequest', 'Encounter', 'Task', 'Composition', 'DocumentReference', 'Consent', 'ImagingStudy']) {
    resources.push(...(await fhir(`${type}?_count=5`)));
  }
  const names = resources.filter((r) => r.resourceType === 'Patient').flatMap((r) => (r.name ?? []).map((n) => n.text)).filter(Boolean);
  assert.ok(names.length > 0, 'patients have names');
  const dicom = [];
  for (const id of cases.slice(0, 40)) {
    const studies = await doctor.send('GET', `/dicom-web/studies?case=${id}`);
    const uid = studies.status === 200 && studies.body[0]?.['0020000D']?.Value?.[0];
    if (!uid) continue;
    const series = (await doctor.get(`/dicom-web/studies/${uid}/series?case=${id}`))[0]?.['0020000E'].Value[0];
    const instance = (await doctor.get(`/dicom-web/studies/${uid}/series/${series}/instances?case=${id}`))[0]?.['00080018'].Value[0];
    dicom.push({ study: uid, series, instance, frames: '1' });
    if (dicom.length === 3) break;
  }
  assert.ok(cases.length > 3 && patients.length > 3 && resources.length > 10 && dicom.length > 0, 'the demonstration has something to ask for');
  const ids = {
    case: cases, patient: patients, other: patients, draft: [draft.body.id], kind: ['consult'],
    // Whom the story needs is not changed by it.
    person: ['wang-lan', 'sun-li', 'zhang-jun'], hospital: ['lushi', 'xinyang'], client: ['his'],
    type: [...new Set(resources.map((r) => r.resourceType))], resource: resources.map((r) => `${r.resourceType}/${r.id}`),
    inner: ['Observation', 'Encounter'], version: ['1', '2'], image: ['0', '1'], place: ['x'],
  };
  const settings = (await admin.get('/api/admin/settings')).settings ?? [];
  ids.key = settings.map((s) => s.key).filter((key) => !key.startsWith('session'));
  return { url: server.url, token, people, ids, dicom, resources, queries: QUERIES, names };
}

test('requests made up from the description are answered as it says', { timeout: 4_500_000 }, async (t) => {
  const { folder, server, token } = await begun(t);
  const file = path.join(folder, 'world.json');
  fs.writeFileSync(file, JSON.stringify(await world(server, token)));
  const args = ['-m', 'schemathesis.cli', 'run', `${server.url}/api/openapi.json`, '--url', server.url, '--workers', '2', '--phases', 'coverage,fuzzing', '--checks', CHECKS,
    '--max-examples', examples, '--seed', seed, '--generation-database', 'none', '--no-shrink', '--continue-on-failure',
    '--exclude-operation-id', 'events.listen', '--suppress-health-check', 'all', '--request-timeout', '40', '--warnings', 'off', '--no-color'];
  const run = spawn(python, args, { cwd: folder, env: { ...process.env, HOSTILE_WORLD: file, SCHEMATHESIS_HOOKS: path.resolve('hostile/hooks.py'), PYTHONPATH: path.resolve('hostile') }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  run.stdout.on('data', (piece) => { said += piece; });
  run.stderr.on('data', (piece) => { said += piece; });
  const status = await new Promise((done) => run.once('close', done));
  const out = process.env.E2E_OUT ?? folder;
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(path.join(out, 'hostile.txt'), said);
  console.log(said.slice(said.indexOf('= SUMMARY')));
  const answered = await answers(server);
  fs.writeFileSync(path.join(out, 'hostile.json'), JSON.stringify(answered, null, 1));
  told(answered);
  assert.equal(status, 0, said.slice(-6000));
  await lives(server, JSON.parse(fs.readFileSync(file, 'utf8')));
});

/** What was answered, in a few lines; no kind of refusal alone. */
function told(answered) {
  const statuses = {};
  for (const by of Object.values(answered)) for (const [status, n] of Object.entries(by)) statuses[status] = (statuses[status] ?? 0) + n;
  console.log(`answers: ${Object.entries(statuses).map(([status, n]) => `${n} x ${status}`).join(', ')}`);
  const done = Object.entries(answered).filter(([, by]) => Object.keys(by).some((status) => status.startsWith('2'))).map(([route]) => route);
  console.log(`${done.length} operations were done at least once`);
  assert.deepEqual(Object.keys(statuses).filter((status) => status.startsWith('5')), [], 'an answer of the kind 5xx');
  assert.ok(done.length >= 50, `only ${done.length} operations were done, the others only refused: the ids are of nothing`);
}

async function lives(server, { names }) {
  const doctor = await Caller.signIn(server.url, 'zhou.ming');
  assert.ok((await doctor.get('/api/consults')).rows.length > 0);
  await server.stop();
  // What it printed at its start names the people who can sign in; from then on it logs.
  const log = server.log().split('\n').filter((line) => /\b(TRACE|DEBUG|INFO|WARN|ERROR)\b/.test(line) || /panicked/.test(line)).join('\n');
  assert.doesNotMatch(log, /panicked at/);
  assert.match(log, /\/api\/patients\/\{id\}/, 'requests are logged');
  for (const name of names) assert.ok(!log.includes(name), `the log holds the name of a patient`);
  const verified = spawnSync(binary, ['audit', 'verify', '--data', server.data], { encoding: 'utf8' });
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  console.log(verified.stdout.trim());
}
