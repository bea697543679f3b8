// Mail through a real SMTP server: it arrives, it is tried again after a refusal for now, and no byte of it says who is ill.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { Server } from './lib/server.mjs';
import { cast, emergency, newPatient } from './lib/story.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-mail-'));
const PATIENT = '秦不言';
const QUESTION = '昏迷待查，是否需要手术';
const arrived = [];
let refused = 0;
let smtp;
let server;

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
  Object.assign(process.env, {
    CONSILIUM_MAIL_SERVER: '127.0.0.1', CONSILIUM_MAIL_PORT: String(smtp.server.address().port), CONSILIUM_MAIL_TLS: 'none',
    CONSILIUM_MAIL_FROM: 'Consilium <consilium@centre.example>', CONSILIUM_MAIL_AFTER_MINUTES: '0',
  });
  server = await Server.start(folder);
});

after(async () => {
  await server?.kill();
  await new Promise((done) => smtp.close(done));
});

test('a dispatcher who has not read it gets one mail, after a refusal for now, with nothing of the patient in it', { timeout: 60_000 }, async () => {
  const people = await cast(server.url);
  const set = await people.dispatcher.send('PUT', '/api/notices/address', { mail: 'chen.tao@centre.example' });
  assert.equal(set.status, 204);
  const patient = await newPatient(people.asking, PATIENT);
  const id = await emergency(people.asking, patient, QUESTION);
  const { number } = await people.asking.get(`/api/consults/${id}`);
  for (let waited = 0; arrived.length === 0 && waited < 30_000; waited += 100) await new Promise((done) => setTimeout(done, 100));
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
