// What a patient summary (HL7 IPS, a Bundle of type document) says, section by section, as lines to read. Pure.
// Where the record says nothing the section holds the guide's code for that, and the screen says it in words: never as "none".
export interface Line { text: string; note?: string; absent?: boolean }
export interface Section { code: 'problems' | 'allergies' | 'drugs'; lines: Line[] }
export interface PatientSummary { at?: string; from?: string; sections: Section[] }

const SECTIONS: Record<string, Section['code']> = { '11450-4': 'problems', '48765-2': 'allergies', '10160-0': 'drugs' };
const ABSENT = 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips';

type Json = Record<string, unknown>;
const object = (value: unknown): Json => (value && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {});
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

/** A concept in words: as typed, as shown, else its code. */
function concept(value: unknown): string | undefined {
  const codings = list(object(value).coding);
  return text(object(value).text) ?? codings.map((one) => text(one.display)).find(Boolean) ?? codings.map((one) => text(one.code)).find(Boolean);
}

function line(resource: Json): Line {
  const code = resource.code ?? resource.medicationCodeableConcept;
  const absent = list(object(code).coding).some((one) => one.system === ABSENT);
  const said = [...list(resource.dosage), ...list(resource.dosageInstruction)].map((one) => text(one.text)).find(Boolean);
  const since = text(resource.onsetDateTime) ?? text(resource.onsetString) ?? text(resource.effectiveDateTime);
  const reaction = list(resource.reaction).flatMap((one) => list(one.manifestation)).map(concept).find(Boolean);
  return { text: concept(code) ?? '?', note: [said, reaction, since?.slice(0, 10)].filter(Boolean).join(' · ') || undefined, absent: absent || undefined };
}

export function readSummary(bundle: unknown): PatientSummary {
  const entries = list(object(bundle).entry);
  const at = new Map(entries.map((entry) => [text(entry.fullUrl), object(entry.resource)]));
  const composition = object(entries[0]?.resource);
  const sections = list(composition.section).flatMap((section): Section[] => {
    const code = list(object(section.code).coding).map((one) => SECTIONS[text(one.code) ?? '']).find(Boolean);
    const lines = list(section.entry).map((one) => at.get(text(one.reference))).filter((one): one is Json => one !== undefined).map(line);
    return code ? [{ code, lines }] : [];
  });
  const hospital = entries.map((entry) => object(entry.resource)).find((one) => one.resourceType === 'Organization');
  return { at: text(composition.date), from: text(hospital?.name), sections };
}
