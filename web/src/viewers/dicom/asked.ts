// Something elsewhere on the page asks the viewer of a case to show an image: a key image in the opinion, pressed.
import { useSyncExternalStore } from 'react';
import type { Id } from '../../api/types';
import type { Mark, PaneView } from './share';

/** How a key image is shown; its own in a draft and in a signed opinion. */
export interface Presentation { voi: PaneView['voi']; zoom: number; pan: [number, number]; invert: boolean; marks: Mark[] }
export interface Asked { study: string; series: string; instance: string; frame: number; view: Presentation; /** Each asking is a new one. */ turn: number }

let asked: { caseId: Id; what: Asked } | null = null;
let turns = 0;
const listeners = new Set<() => void>();

export function askToShow(caseId: Id, what: Omit<Asked, 'turn'>): void {
  turns += 1;
  asked = { caseId, what: { ...what, turn: turns } };
  listeners.forEach((tell) => tell());
}

/** It is shown: whoever opens the viewer later is not taken there again. */
export function answered(turn: number): void {
  if (asked?.what.turn === turn) asked = null;
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
};

/** What was last asked for in this case. */
export function useAsked(caseId: Id): Asked | null {
  return useSyncExternalStore(subscribe, () => (asked?.caseId === caseId ? asked.what : null));
}
