// What a hospital's places are, for its page.
import type { Id } from '../../api/types';
import type { Place } from '../api';

/** The sections of the page, each with the kinds of place in it; beds stand under their ward. */
export const SORTS = { department: ['department'], room: ['room', 'virtual'], ward: ['ward', 'icu'] } as const;
export type PlaceSort = keyof typeof SORTS;

/** The section in which a kind of place stands; none for a bed. */
export function sortOf(kind: string): PlaceSort | undefined {
  return (Object.keys(SORTS) as PlaceSort[]).find((sort) => (SORTS[sort] as readonly string[]).includes(kind));
}

const byNumber = new Intl.Collator('zh', { numeric: true });

/** The beds of a ward, bed 2 before bed 10. */
export function bedsOf(places: Place[], ward: Id): Place[] {
  return places.filter((place) => place.ward === ward).sort((a, b) => byNumber.compare(a.name, b.name));
}

/** Where a device may stand, those in the same ward together. */
export function standsIn(places: Place[], name: (place: Place) => string): { value: Id; label: string }[] {
  const open = places.filter((place) => place.active);
  const within = (place: Place) => open.find((ward) => ward.id === place.ward);
  const label = (place: Place) => {
    const ward = within(place);
    return ward ? `${name(ward)} · ${name(place)}` : name(place);
  };
  const fit = open.filter((place) => ['room', 'ward', 'icu'].includes(place.kind) || (place.kind === 'bed' && within(place)));
  return fit.map((place) => ({ value: place.id, label: label(place) })).sort((a, b) => byNumber.compare(a.label, b.label));
}
