import { expect, test } from 'vitest';
import { readSummary } from './ips';

const bundle = {
  resourceType: 'Bundle', type: 'document',
  entry: [
    { fullUrl: 'urn:uuid:c', resource: { resourceType: 'Composition', date: '2026-11-21T02:00:00Z', section: [
      { code: { coding: [{ system: 'http://loinc.org', code: '11450-4' }] }, entry: [{ reference: 'urn:uuid:1' }, { reference: 'urn:uuid:gone' }] },
      { code: { coding: [{ system: 'http://loinc.org', code: '48765-2' }] }, entry: [{ reference: 'urn:uuid:2' }] },
      { code: { coding: [{ system: 'http://loinc.org', code: '10160-0' }] }, entry: [{ reference: 'urn:uuid:3' }, { reference: 'urn:uuid:4' }] },
    ] } },
    { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Condition', code: { coding: [{ code: 'J18.9', display: '肺炎' }] }, onsetDateTime: '2026-11-18T08:00:00Z' } },
    { fullUrl: 'urn:uuid:2', resource: { resourceType: 'AllergyIntolerance', code: { coding: [{ system: 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips', code: 'no-allergy-info', display: 'No information about allergies' }] } } },
    { fullUrl: 'urn:uuid:3', resource: { resourceType: 'MedicationStatement', medicationCodeableConcept: { text: '莫西沙星' }, dosage: [{ text: '0.4 g 每日一次' }] } },
    { fullUrl: 'urn:uuid:4', resource: { resourceType: 'MedicationRequest', medicationCodeableConcept: { coding: [{ code: 'B01AA03' }] } } },
    { fullUrl: 'urn:uuid:o', resource: { resourceType: 'Organization', name: '光山县人民医院' } },
  ],
};

test('each section line by line; what nobody knows is not shown as none', () => {
  expect(readSummary(bundle)).toEqual({
    at: '2026-11-21T02:00:00Z', from: '光山县人民医院',
    sections: [
      { code: 'problems', lines: [{ text: '肺炎', note: '2026-11-18', absent: undefined }] },
      { code: 'allergies', lines: [{ text: 'No information about allergies', note: undefined, absent: true }] },
      { code: 'drugs', lines: [{ text: '莫西沙星', note: '0.4 g 每日一次', absent: undefined }, { text: 'B01AA03', note: undefined, absent: undefined }] },
    ],
  });
});

test('what is no summary says nothing', () => expect([null, {}, { entry: 3 }, { entry: [{ resource: null }] }].map((one) => readSummary(one).sections)).toEqual([[], [], [], []]));
