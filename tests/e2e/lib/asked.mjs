// From a value in a resource to the values in a query that must find it, by the kind of the parameter: R4, search.html#ptypes.

/** Commas, bars and the like inside a value are not the query's own. */
const escaped = (text) => String(text).replace(/[\\,$|]/g, '\\$&');
const plain = (...values) => values.filter((value) => value !== undefined && value !== '').map((value) => ({ value }));

const KINDS = { string, token, reference, date, number, quantity, uri, special };

/** The questions, `{modifier, value}` each. */
export function asked(kind, typed) {
  return KINDS[kind](typed.value, typed.type);
}

/** Any text of a name or an address; the whole is its own beginning. `:exact` of what stands there, `:contains` of what is inside. */
function string(value) {
  const texts = typeof value === 'object' ? Object.entries(value).filter(([name]) => TEXTS.includes(name)).flatMap(([, text]) => text) : [value];
  return texts.filter((text) => typeof text === 'string' && text.trim() !== '').flatMap((text) => {
    const characters = [...text];
    const inner = characters.slice(1, INDEXED).join('').trim();
    return [
      { value: escaped(characters.slice(0, LONG).join('')) },
      // An address of a request has an end.
      ...(characters.length > LONG ? [] : [{ modifier: ':exact', value: escaped(text) }]),
      { modifier: ':contains', value: escaped(inner || text) },
    ];
  });
}

/** `:contains` is asked of so many characters: a server need not index a book. */
const INDEXED = 60;
/** Longest text asked for whole, in characters. */
const LONG = 1000;
const TEXTS = ['text', 'family', 'given', 'prefix', 'suffix', 'line', 'city', 'district', 'state', 'postalCode', 'country'];

function token(value, type) {
  if (typeof value !== 'object') return plain(escaped(value));
  if (type === 'CodeableConcept' || value.coding) return (value.coding ?? []).flatMap(coded);
  if (type === 'ContactPoint') return plain(value.value && escaped(value.value));
  return coded(value);
}

/** A Coding or an Identifier: with its system, and by itself. */
function coded(value) {
  const code = value.code ?? value.value;
  if (code === undefined) return value.system ? plain(`${escaped(value.system)}|`) : [];
  return plain(`${value.system === undefined ? '' : escaped(value.system)}|${escaped(code)}`, escaped(code));
}

/** `Type/id`, or an address as it stands; a canonical with and without its version. What is contained is not searched for. */
function reference(value, type) {
  if (typeof value === 'string') {
    if (value.startsWith('#')) return [];
    // A bar is the canonical's own, and a fragment names a part of what is pointed at.
    const [whole] = value.split('#');
    return plain(whole, whole.split('|')[0]).filter((question, n, all) => n === 0 || question.value !== all[0].value);
  }
  const all = value.identifier?.value === undefined ? [] : coded(value.identifier).map((question) => ({ modifier: ':identifier', ...question }));
  const to = value.reference;
  if (to === undefined || to.startsWith('#')) return all;
  const [current] = to.split('/_history/');
  const local = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(current);
  return [...plain(escaped(current)), ...(local ? [{ value: local[2] }, { modifier: `:${local[1]}`, value: local[2] }] : []), ...all];
}

/** A moment or a day equals itself; a span lies within its ends. */
function date(value) {
  if (typeof value === 'string') return plain(value, `ge${value}`, `le${value}`);
  const events = (value.event ?? []).toSorted();
  const period = value.repeat?.boundsPeriod ?? (value.event ? { start: events[0], end: events.at(-1) } : value);
  return plain(period.start && `ge${period.start}`, period.end && `le${period.end}`);
}

function number(value) {
  return plain(`${value}`, `ge${value}`, `le${value}`);
}

/** By the unit's code with and without its system, by the unit as shown, and by the number alone. */
function quantity(value, type) {
  if (typeof value === 'number') return number(value);
  if (type === 'Money') {
    return plain(value.value === undefined ? undefined : `${value.value}|urn:iso:std:iso:4217|${escaped(value.currency)}`, value.value);
  }
  // A range is searched by its ends, and a series of samples by its origin.
  const [low, high] = [value.low, value.high].map((end) => end && amounts(end));
  if (low || high) return plain(...(low ?? []).map((one) => `ge${one}`), ...(high ?? []).map((one) => `le${one}`));
  return plain(...amounts(value.origin ?? value).map((one) => `${{ '<': 'le', '<=': 'le', '>': 'ge', '>=': 'ge' }[value.comparator] ?? ''}${one}`));
}

function amounts(value) {
  if (value.value === undefined) return [];
  const { value: amount, system, code, unit } = value;
  const coded = code === undefined ? [] : [...(system ? [`${amount}|${escaped(system)}|${escaped(code)}`] : []), `${amount}||${escaped(code)}`];
  return [...coded, ...(unit === undefined ? [] : [`${amount}||${escaped(unit)}`]), `${amount}`];
}

function uri(value) {
  return plain(escaped(value));
}

/** `near`, the only one that has a path. */
function special(value) {
  return plain(`${value.latitude}|${value.longitude}|1|km`);
}
