// The searches of the acceptance, asked one after another; and fifty whose counts must be the same at both.
import { load, part } from '../lib/measure.mjs';

const RUNS = 300;
/** Name and address; `{patient}` and its like are values of resources that are there. */
const ASKED = [
  ['token', '/Observation?code=http://loinc.org|8302-2&_count=50'],
  ['name prefix', '/Patient?family=S&_count=50'],
  ['date range', '/Observation?date=ge2015-01-01&date=lt2016-01-01&_count=50'],
  ['reference', '/Observation?subject=Patient/{patient}&_count=50'],
  ['two-step chain', '/Observation?encounter.patient.family={family}&_count=50'],
  ['_has', '/Patient?_has:Observation:patient:code=8302-2&_count=50'],
  ['_include', '/Observation?code=8302-2&_include=Observation:patient&_count=50'],
  ['token + date', '/Observation?code=8302-2&date=ge2018-01-01&_count=50'],
  ['composite value-quantity', '/Observation?code-value-quantity=8302-2$gt150&_count=50'],
  ['sorted, page 1', '/Observation?code=8302-2&_sort=-date&_count=20'],
];
/** Their counts are compared: where one counts otherwise, one of both is wrong. */
const COUNTED = [
  'Patient?gender=male', 'Patient?birthdate=ge1960-01-01', 'Patient?birthdate=lt1960', 'Observation?code=http://loinc.org|8302-2', 'Observation?code=8302-2',
  'Observation?category=vital-signs', 'Observation?date=ge2015-01-01&date=lt2016-01-01', 'Observation?date=2012', 'Observation?value-quantity=gt150',
  'Observation?value-quantity=gt150&code=8302-2', 'Observation?code=8302-2,29463-7', 'Observation?code-value-quantity=8302-2$gt150', 'Encounter?date=ge2010',
  'Encounter?class=AMB', 'Condition?onset-date=ge2000', 'Condition?clinical-status=active', 'Condition?clinical-status:not=active', 'Procedure?date=lt2005',
  'Claim?status=active', 'Patient?name=a', 'Patient?family=B', 'Patient?given=J', 'Patient?address-city=Boston', 'Patient?address-state=MA',
  'Immunization?vaccine-code=140', 'MedicationRequest?intent=order', 'Patient?_has:Condition:patient:clinical-status=active',
  'Patient?_has:Observation:patient:code=8302-2', 'Observation?patient.gender=female', 'Observation?subject:Patient.birthdate=lt1950',
  'Observation?encounter.class=AMB', 'Observation?encounter.patient.gender=male', 'CarePlan?date=ge2010', 'Goal?lifecycle-status=accepted',
  'DiagnosticReport?code=51990-0', 'Observation?combo-code=8480-6', 'Observation?combo-code-value-quantity=8480-6$gt120', 'Observation?component-code=8462-4',
  'Patient?deceased=true', 'Patient?deceased=false', 'Patient?telecom=555', 'Patient?language=en', 'AllergyIntolerance?criticality=low',
  'ImagingStudy?modality=DX', 'ExplanationOfBenefit?created=ge2015', 'Observation?value-concept:missing=false', 'Encounter?type=162673000',
  'Procedure?status=completed', 'MedicationRequest?status=active', 'Condition?code=44054006',
];

const filled = (where, of) => where.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(of[name]));
const spread = (took) => `${part(took, 0.5).toFixed(1)} / ${part(took, 0.99).toFixed(1)}`;

async function asked(peer, where) {
  const took = [];
  let rows = 0;
  for (let n = 0; n < RUNS; n += 1) {
    const begun = performance.now();
    const page = await peer.get(where);
    took.push(performance.now() - begun);
    rows = page.entry?.length ?? 0;
  }
  return { took, rows };
}

/** The five hundredth page, by following what each page names as next. */
async function farPage(peer) {
  let where = '/Observation?_sort=-date&_count=20';
  const took = [];
  for (let n = 1; n <= 500; n += 1) {
    const begun = performance.now();
    const page = await peer.get(where);
    took.push(performance.now() - begun);
    const next = page.link?.find((link) => link.relation === 'next');
    if (!next) throw new Error(`${peer.name}: no page after the ${n}th`);
    where = next.url;
  }
  return took;
}

/** p50 and p99 of each search at ours and, if there, at the other; then the counts, where it is known what they were `before` the same was stored at both. */
export async function searches(ours, other, before) {
  const both = [ours, other].filter(Boolean);
  const values = new Map();
  for (const peer of both) {
    const found = (await peer.get('/Patient?gender=male&address-country=US&_count=50')).entry.map((entry) => entry.resource).find((one) => one.identifier?.length > 2);
    values.set(peer, { patient: found.id, family: found.name[0].family });
  }
  console.log(`${RUNS} runs each, p50 / p99 in ms (entries of the page); load ${load()}`);
  for (const [name, where] of ASKED) {
    const line = [];
    for (const peer of both) {
      const { took, rows } = await asked(peer, filled(where, values.get(peer)));
      line.push(`${peer.name} ${spread(took)} (${rows})`.padEnd(36));
    }
    console.log(`${name.padEnd(28)} ${line.join('')}`);
  }
  const far = await farPage(ours);
  console.log(`${'sorted, pages 401 to 500'.padEnd(28)} ${ours.name} ${spread(far.slice(400))}   pages 1 to 100 ${spread(far.slice(0, 100))}   load ${load()}`);
  if (other && before) await compare(ours, other, before);
}

/** How many there are of each of the fifty, by query; a refusal in its words. */
export async function counts(peer) {
  const totals = new Map();
  for (const query of COUNTED) {
    const page = await peer.get(`/${query}&_total=accurate&_count=1`).catch((e) => ({ total: e.message.slice(0, 120) }));
    totals.set(query, page.total);
  }
  return totals;
}

/** What was counted before is not compared: each has resources of its own. */
async function compare(ours, other, before) {
  const after = new Map();
  for (const peer of [ours, other]) after.set(peer, await counts(peer));
  const grown = (peer, query) => {
    const [was, is] = [before.get(peer.name).get(query), after.get(peer).get(query)];
    return typeof was === 'number' && typeof is === 'number' ? is - was : is;
  };
  const differ = COUNTED.filter((query) => grown(ours, query) !== grown(other, query));
  const told = differ.map((query) => `\n  ${query}: ${grown(ours, query)} here, ${grown(other, query)} there`);
  console.log(`${COUNTED.length} counts, ${differ.length} differ${told.join('')}`);
}
