// Mail through a real SMTP server and short messages through a gateway over HTTP: they arrive, they are tried again after a refusal for
// now, and no byte of them says who is ill.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { Caller, Server } from './lib/server.mjs';
import { cast, emergency, newPatient } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-mail-'));
const PATIENT = '秦不言';
const QUESTION = '昏迷待查，是否需要手术';
const arrived = [];
let refused = 0;
let smtp;
let server;
/** What came to the gateway of short messages, and with which answer it went. */
const messages = [];
let gateway;
let busy = true;
/** Nothing is taken; sent elsewhere. */
let down = false;
let elsewhere = false;

before(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(address, session, done) {
      if (refused === 0) {
        refused += 1;
        const busy = new Error('try again later');
        busy.responseCode = 451;
        return done(busy);
      }
      return done();
    },
    onData(stream, session, done) {
      const parts = [];
      stream.on('data', (part) => parts.push(part));
      stream.on('end', () => {
        arrived.push({ to: session.envelope.rcptTo.map((one) => one.address), raw: Buffer.concat(parts).toString('utf8') });
        done();
      });
    },
  });
  await new Promise((done) => smtp.listen(0, '127.0.0.1', done));
  gateway = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const status = busy || down ? 503 : elsewhere ? 302 : 202;
      busy = false;
      messages.push({ at: Date.now(), status, authorization: request.headers.authorization, raw: Buffer.concat(parts).toString('utf8') });
      response.writeHead(status, status === 302 ? { location: '/login' } : {}).end();
    });
  });
  await new Promise((done) => gateway.listen(0, '127.0.0.1', done));
  const secret = path.join(folder, 'sms-authorization');
  fs.writeFileSync(secret, 'Bearer of-the-test\n');
  Object.assign(process.env, {
    CONSILIUM_MAIL_SERVER: '127.0.0.1', CONSILIUM_MAIL_PORT: String(smtp.server.address().port), CONSILIUM_MAIL_TLS: 'none',
    CONSILIUM_MAIL_FROM: 'Consilium <consilium@centre.example>', CONSILIUM_MAIL_AFTER_MINUTES: '0',
    CONSILIUM_SMS_URL: `http://127.0.0.1:${gateway.address().port}/send`, CONSILIUM_SMS_AUTHORIZATION_FILE: secret, CONSILIUM_SMS_AFTER_MINUTES: '60',
  });
  server = await Server.start(folder);
});

after(async () => {
  await server?.kill();
  await new Promise((done) => smtp.close(done));
  gateway.close();
});

test('a dispatcher who has not read it gets one mail, after a refusal for now, with nothing of the patient in it', { timeout: 300_000 }, async () => {
  const people = await cast(server.url);
  const set = await people.dispatcher.send('PUT', '/api/notices/address', { mail: 'chen.tao@centre.example' });
  assert.equal(set.status, 204);
  const patient = await newPatient(people.asking, PATIENT);
  const id = await emergency(people.asking, patient, QUESTION);
  const { number } = await people.asking.get(`/api/consults/${id}`);
  for (let waited = 0; arrived.length === 0 && waited < 90_000; waited += 100) await new Promise((done) => setTimeout(done, 100));
  assert.equal(refused, 1, 'the first attempt was refused with 451');
  assert.ok(arrived.length > 0, 'it arrived at the second');
  const { to, raw } = arrived[0];
  assert.deepEqual(to, ['chen.tao@centre.example']);
  assert.match(raw, /Consilium/);
  const whole = arrived.map((mail) => mail.raw + Buffer.from(mail.raw.split('\r\n\r\n').slice(1).join(''), 'base64').toString('utf8')
    + mail.raw.replace(/=\r\n/g, '').replace(/(=[0-9A-F]{2})+/g, (coded) => Buffer.from(coded.replaceAll('=', ''), 'hex').toString('utf8'))).join('\n');
  assert.match(whole, /Something waits for you/);
  for (const planted of [PATIENT, '不言', QUESTION, '昏迷', patient.passport, patient.id, id, number, '光山']) {
    assert.ok(!whole.includes(planted), `the mail says ${planted}`);
    assert.ok(!whole.includes(Buffer.from(planted).toString('base64').replace(/=+$/, '').slice(0, -1)), `the mail says ${planted}, coded`);
  }
  assert.ok(!server.log().includes(PATIENT), 'nor does the log');
});

test('an emergency calls those on call by short message at once, and nobody else', { timeout: 300_000 }, async () => {
  const people = await cast(server.url);
  const { experts } = await people.dispatcher.get('/api/rota');
  const [from, to] = [-1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
  for (const [who, rank, account, sms] of [['li-wei', 1, 'li.wei', '138 0000-1111'], ['yu-hong', 2, 'yu.hong', '+852 6123 4567']]) {
    const { role, version } = experts.find((one) => one.id === who);
    const duty = await people.dispatcher.send('POST', `/api/rota/${role}/duties`, { version, from, to, specialty: 'respiratory', rank });
    assert.equal(duty.status, 201, JSON.stringify(duty.body));
    const own = await Caller.signIn(server.url, account);
    assert.equal((await own.send('PUT', '/api/notices/address', { mail: null, sms: '0376-8888888' })).body.code, 'notify.no_number');
    assert.equal((await own.send('PUT', '/api/notices/address', { mail: null, sms })).status, 204);
  }
  // Reachable by message too, and not called: that waits its hour.
  assert.equal((await people.dispatcher.send('PUT', '/api/notices/address', { mail: null, sms: '13900002222' })).status, 204);
  const patient = await newPatient(people.asking, PATIENT);
  const begun = Date.now();
  const id = await emergency(people.asking, patient, QUESTION);
  const { number } = await people.asking.get(`/api/consults/${id}`);
  const sent = () => messages.filter(({ status }) => status === 202);
  for (let waited = 0; sent().length < 2 && waited < 90_000; waited += 100) await new Promise((done) => setTimeout(done, 100));
  await new Promise((done) => setTimeout(done, 3_000));
  const bodies = messages.map(({ raw }) => JSON.parse(raw));
  assert.deepEqual(sent().map(({ raw }) => JSON.parse(raw).to).sort(), ['+85261234567', '+8613800001111'], 'each once');
  assert.equal(messages[0].status, 503);
  assert.equal(bodies.filter(({ id: same }) => same === bodies[0].id).length, 2, 'tried again under the same id');
  assert.equal(new Set(bodies.map((body) => body.id)).size, 2);
  assert.ok(messages[0].at - begun < 30_000, `the first went out ${messages[0].at - begun} ms after the submission`);
  for (const { authorization, raw } of messages) {
    assert.equal(authorization, 'Bearer of-the-test');
    assert.match(raw, /急会诊正在呼叫您.*An emergency consultation calls you/);
    for (const planted of [PATIENT, QUESTION, patient.id, id, number, '光山']) assert.ok(!raw.includes(planted), planted);
  }
  for (const secret of ['13800001111', 'of-the-test', PATIENT]) assert.ok(!server.log().includes(secret), `the log says ${secret}`);
});

test('whoever is not needed any more is not called, and a gateway that sends elsewhere has not sent', { timeout: 450_000 }, async () => {
  const asking = await Caller.signIn(server.url, 'zhou.ming');
  const li = await Caller.signIn(server.url, 'li.wei');
  const before = messages.length;
  down = true;
  const id = await emergency(asking, await newPatient(asking, PATIENT), QUESTION);
  for (let waited = 0; messages.length < before + 2 && waited < 90_000; waited += 100) await new Promise((done) => setTimeout(done, 100));
  const taken = await li.send('POST', `/api/consults/${id}/answer-ring`, {});
  assert.equal(taken.status, 200, JSON.stringify(taken.body));
  // What was on its way may come still.
  await new Promise((done) => setTimeout(done, 3_000));
  down = false;
  const from = messages.length;
  await new Promise((done) => setTimeout(done, 12_000));
  assert.deepEqual(messages.slice(from).filter(({ raw }) => raw.includes('急会诊')), [], 'somebody has come');

  elsewhere = true;
  const other = await emergency(asking, await newPatient(asking, '另一位'), QUESTION);
  const calls = () => messages.slice(from).filter(({ raw }) => raw.includes('急会诊'));
  for (let waited = 0; !calls().some(({ status }) => status === 302) && waited < 90_000; waited += 100) await new Promise((done) => setTimeout(done, 100));
  assert.ok(messages.every(({ raw }) => raw), 'nothing was asked of the other address');
  elsewhere = false;
  for (let waited = 0; !calls().some(({ status }) => status === 202) && waited < 90_000; waited += 100) await new Promise((done) => setTimeout(done, 100));
  assert.ok(calls().some(({ status }) => status === 202), 'it was tried again');
  assert.equal((await asking.get(`/api/consults/${other}`)).state, 'submitted');
});
