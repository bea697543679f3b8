// The steps of a case over the API, for tests that need a case in some state and are about something else.
import fs from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { Caller } from './server.mjs';

/** Signs in everybody a story needs; 王兰 is free in the demonstration while 李伟 sits in a case of it. */
export async function cast(url) {
  const [asking, dispatcher, specialist] = await Promise.all(
    ['zhou.ming', 'chen.tao', 'wang.lan'].map((name) => Caller.signIn(url, name)),
  );
  return { asking, dispatcher, specialist };
}

/** Creates a patient of the caller's hospital. */
export async function newPatient(caller, name, birth = '1968-04-05', sex = 'male') {
  const value = `E${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
  const answer = await caller.send('POST', '/api/patients', { name, sex, birth_date: birth, identifier: { kind: 'passport', value } });
  if (answer.status !== 201) throw new Error(`create patient: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { ...answer.body, passport: value };
}

async function drafted(caller, body) {
  const draft = await caller.send('POST', '/api/drafts/consult', { body });
  if (draft.status >= 300) throw new Error(`draft: ${draft.status} ${JSON.stringify(draft.body)}`);
  return draft.body;
}

async function handedIn(caller, draft, revision) {
  const asked = await caller.send('POST', '/api/consults', { draft, revision });
  if (asked.status !== 201) throw new Error(`submit: ${asked.status} ${JSON.stringify(asked.body)}`);
  return asked.body.id;
}

/** Drafts and submits an emergency, with more of its form where a test wants it and whatever puts files into its draft; gives the case's id. */
export async function emergency(caller, patient, purpose, more = {}, files = []) {
  const body = {
    form: 'emergency', patient: patient.id, urgency: 'emergency', kind: 'live', purpose, specialty: 'respiratory',
    callback_phone: '0376-8888888', vitals: [], labs: [], consent: { emergency_reason: '病情危急，家属在赶来途中' }, ...more,
  };
  const draft = await drafted(caller, body);
  for (const file of files) await file(draft.id);
  return handedIn(caller, draft.id, draft.revision);
}

const CONSENT = new TextEncoder().encode('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** Drafts and submits a full form, whose consent is a paper among the case's files. */
export async function planned(caller, patient, form) {
  const body = { form: 'full', patient: patient.id, kind: 'live', vitals: [], labs: [], ...form, consent: {} };
  const draft = await drafted(caller, body);
  const sent = await caller.send('PUT', `/api/consults/${draft.id}/files/${randomUUID()}?name=consent.pdf&patient=${patient.id}`, CONSENT);
  const document = sent.body.files?.[0]?.document;
  if (!document) throw new Error(`consent: ${sent.status} ${JSON.stringify(sent.body)}`);
  const kept = await caller.send('PUT', `/api/drafts/consult/${draft.id}`, { revision: draft.revision, body: { ...body, consent: { document } } });
  if (kept.status !== 200) throw new Error(`draft: ${kept.status} ${JSON.stringify(kept.body)}`);
  return handedIn(caller, draft.id, kept.body.revision);
}

/** Takes a step with the case's present version. */
export async function step(caller, id, name, more = {}) {
  const { version } = await caller.get(`/api/consults/${id}`);
  const answer = await caller.send('POST', `/api/consults/${id}/${name}`, { version, ...more });
  if (answer.status >= 300) throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** From submitted to waiting: first look, assignment, acceptance. */
export async function toWaiting({ dispatcher, specialist }, id) {
  await step(dispatcher, id, 'first-look');
  await step(dispatcher, id, 'assign', { experts: [specialist.me.role.id], room: null });
  return step(specialist, id, 'accept');
}

/** Uploads every file of a folder to a case, one request each. */
export async function attach(caller, id, folder) {
  const results = [];
  for (const name of fs.readdirSync(folder).sort()) {
    const bytes = fs.readFileSync(path.join(folder, name));
    results.push(await caller.send('PUT', `/api/consults/${id}/files/${randomUUID()}?name=${encodeURIComponent(name)}`, new Uint8Array(bytes)));
  }
  return results;
}

/** A token for the room, for a standard client that has no cookie. */
export async function enter(caller, id) {
  const answer = await caller.send('POST', `/api/consults/${id}/room`, { device: true });
  if (answer.status >= 300) throw new Error(`room: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
