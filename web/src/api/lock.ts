// Locking a computer that several people use: the session ends, the place and what was typed stay for whoever was there.
// What was typed is in the draft already, on this computer and on the server; here is only where to go on.

import { currentDisk } from './events';

const PLACES = 'lock.places';
const LOCKED = 'lock.by';
const MINUTES = 'lock.minutes';
export const CHOICES = [5, 10, 30, 0] as const;
const USUAL = 10;
/** A place is worth coming back to on the same day. */
const KEPT_MS = 12 * 3600_000;
const PLACES_MAX = 20;
/** So long the disk must have taken what is written: a line that comes back says for a moment that it does. */
const CALM_MS = 60_000;

interface Place { path: string; at: number }
export interface LockedBy { id: string; name: string }
type Places = Record<string, Place>;

function read<T>(key: string, store: Storage, otherwise: T): T {
  try {
    return (JSON.parse(store.getItem(key) ?? 'null') as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}
function write(key: string, store: Storage, value: unknown): void {
  try { store.setItem(key, JSON.stringify(value)); } catch { /* then the place is lost, nothing else */ }
}

/** Remembers where a person was, by whom the screen is locked. */
export function keepPlace(person: LockedBy, path: string, now = Date.now()): void {
  const all = Object.entries(read<Places>(PLACES, localStorage, {})).filter(([id, place]) => id !== person.id && now - place.at < KEPT_MS);
  const newest = all.sort((a, b) => b[1].at - a[1].at).slice(0, PLACES_MAX - 1);
  write(PLACES, localStorage, Object.fromEntries([[person.id, { path, at: now }], ...newest]));
  write(LOCKED, sessionStorage, person);
}

/** Where a person goes on after signing in; told once. Addresses of ours alone. */
export function takePlace(person: string, now = Date.now()): string | undefined {
  const all = read<Places>(PLACES, localStorage, {});
  const place = all[person];
  delete all[person];
  write(PLACES, localStorage, all);
  sessionStorage.removeItem(LOCKED);
  return place && now - place.at < KEPT_MS && /^\/(?!\/)/.test(place.path) ? place.path : undefined;
}

/** Who locked this screen, to be greeted there. */
export const lockedBy = (): LockedBy | null => read<LockedBy | null>(LOCKED, sessionStorage, null);

/** After so many idle minutes this computer is locked; 0: never. */
export const lockMinutes = (): number => {
  const kept = read<number>(MINUTES, localStorage, USUAL);
  return (CHOICES as readonly number[]).includes(kept) ? kept : USUAL;
};
export const setLockMinutes = (minutes: number): void => write(MINUTES, localStorage, minutes);

/** While the server's disk takes no writes at all nobody can sign in again. A full one has room kept for that. */
const opensAgain = (): boolean => currentDisk() !== 'read-only';

/** Calls when nobody has touched this computer for so long; not while nobody could sign in again. */
export function onIdle(minutes: number, tell: () => void): () => void {
  if (minutes <= 0) return () => undefined;
  let touched = Date.now();
  let shut = -Infinity;
  const touch = () => { touched = Date.now(); };
  const kinds = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'];
  kinds.forEach((kind) => window.addEventListener(kind, touch, { passive: true, capture: true }));
  // By the clock, not by a timer: a laptop that slept has been idle for as long as it slept.
  const timer = setInterval(() => {
    const now = Date.now();
    if (!opensAgain()) shut = now;
    if (now - touched >= minutes * 60_000 && now - shut >= CALM_MS) tell();
  }, 5000);
  return () => {
    clearInterval(timer);
    kinds.forEach((kind) => window.removeEventListener(kind, touch, { capture: true }));
  };
}

let asking = false;
/** Locks or leaves by hand; while nobody could sign in again, whoever does so must be `sure`. */
export async function byHand(go: () => void, sure: () => PromiseLike<boolean>): Promise<void> {
  if (opensAgain()) return go();
  if (asking) return;
  asking = true;
  try {
    if (await sure()) go();
  } finally {
    asking = false;
  }
}
