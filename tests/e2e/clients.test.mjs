// Two FHIR clients that were not written here, fhirpy and @medplum/core, work with the record as a hospital's programs do.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { MedplumClient } from '@medplum/core';
import { Server, binary } from './lib/server.mjs';

const python = process.env.E2E_PYTHON ?? path.resolve('../../target/venv/bin/python');

/** A demonstration and the token of a client of one of its hospitals, added while the server does not run. */
async function begun(t) {
  const server = await Server.start(fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-clients-')));
  t.after(() => server.kill());
  await server.stop();
  const added = spawnSync(binary, ['client', 'add', '--data', server.data, '--name', 'his', '--hospital', 'guangshan'], { encoding: 'utf8' });
  assert.equal(added.status, 0, added.stderr);
  const listed = spawnSync(binary, ['client', 'list', '--data', server.data], { encoding: 'utf8' });
  assert.match(listed.stdout, /^his\tguangshan\tvalidation=reject\tadded=/);
  assert.ok(!listed.stdout.includes(added.stdout.trim()), 'the token is shown once');
  await server.run();
  return { server, token: added.stdout.trim() };
}

test('fhirpy creates, searches, pages and transacts', { timeout: 900_000 }, async (t) => {
  const { server, token } = await begun(t);
  const run = spawnSync(python, ['fhir_client.py', `${server.url}/fhir`, token], { encoding: 'utf8', timeout: 600_000 });
  assert.equal(run.status, 0, run.stderr);
  const told = JSON.parse(run.stdout);
  assert.deepEqual(told.paged, Array.from({ length: 23 }, (_, n) => `N${22 - n}`));
  assert.equal(told.counted, 23);
  assert.deepEqual(told.statuses, ['201', '201']);
  assert.deepEqual(told.conditions, ['Condition', 'Encounter']);
  assert.equal(told.refused, 'fhir.owned');
  assert.equal(told.included, 2);
  assert.equal(told.gone, true);
  assert.equal(told.made_at_once, 1);
});

test('@medplum/core creates, searches, pages and transacts', { timeout: 900_000 }, async (t) => {
  const { server, token } = await begun(t);
  const authorized = (url, options = {}) => {
    const headers = new Headers(options.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(url, { ...options, headers });
  };
  const client = new MedplumClient({ baseUrl: `${server.url}/`, fhirUrlPath: 'fhir', fetch: authorized, cacheTime: 0, autoBatchTime: 0 });
  const patient = await client.createResource({ resourceType: 'Patient', name: [{ family: '梅' }], identifier: [{ system: 'http://js', value: '1' }] });
  assert.equal(patient.meta.versionId, '1');
  const again = await client.createResourceIfNoneExist({ resourceType: 'Patient', name: [{ family: '梅' }] }, 'identifier=http://js|1');
  assert.equal(again.id, patient.id);
  const updated = await client.updateResource({ ...patient, gender: 'female' });
  assert.equal(updated.meta.versionId, '2');
  const patched = await client.patchResource('Patient', patient.id, [{ op: 'add', path: '/active', value: true }]);
  assert.equal(patched.active, true);
  assert.equal((await client.readHistory('Patient', patient.id)).entry.length, 3);

  const entry = Array.from({ length: 12 }, (_, n) => ({
    resource: { resourceType: 'Observation', status: 'final', code: { text: `N${n}` }, subject: { reference: `Patient/${patient.id}` } },
    request: { method: 'POST', url: 'Observation' },
  }));
  const done = await client.executeBatch({ resourceType: 'Bundle', type: 'transaction', entry });
  assert.deepEqual([...new Set(done.entry.map((e) => e.response.status))], ['201']);
  const pages = [];
  for await (const page of client.searchResourcePages('Observation', { subject: `Patient/${patient.id}`, _count: '5' })) pages.push(page.length);
  assert.deepEqual(pages, [5, 5, 2]);
  const everything = await client.readPatientEverything(patient.id);
  assert.equal(everything.entry.length, 13);
  await assert.rejects(client.createResource({ resourceType: 'Organization', name: 'x' }), /directory/);
  await client.deleteResource('Patient', (await client.createResource({ resourceType: 'Patient' })).id);
});
