// What a reload of the page must not forget. sessionStorage for what is known about files: their names may name patients,
// and must not outlive the tab. Handles lie in IndexedDB, which alone can keep them, for a day at most.
import type { Id } from '../../api/types';
import type { Handle } from './pick';

/** A file that was on its way in pieces: where it goes on. */
export interface Part { key: string; id: Id; name: string; size: number; sent: number; url: string }
export interface Remembered {
  /** Short hashes of the files that have arrived. */
  done: string[];
  /** Of those that had not, and the names of some. */
  left: string[];
  names: string[];
  parts: Part[];
}

/** Names shown of what had not arrived. */
export const NAMES = 20;
const DAY_MS = 24 * 3_600_000;
const slot = (caseId: Id) => `attach/${caseId}`;

/** A short name for a key: tens of thousands fit into what a tab may keep. */
export function short(key: string): string {
  let a = 0xdeadbeef, b = 0x41c6ce57;
  for (let i = 0; i < key.length; i += 1) {
    const c = key.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

export function remember(caseId: Id, what: Remembered): void {
  try {
    if (what.done.length || what.left.length) sessionStorage.setItem(slot(caseId), JSON.stringify(what));
    else sessionStorage.removeItem(slot(caseId));
  } catch { /* then a reload forgets */ }
}

export function recall(caseId: Id): Remembered {
  const none: Remembered = { done: [], left: [], names: [], parts: [] };
  try {
    const kept = JSON.parse(sessionStorage.getItem(slot(caseId)) ?? '{}') as Partial<Remembered>;
    return { ...none, ...kept };
  } catch { return none; }
}

function store<T>(mode: IDBTransactionMode, work: (handles: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const none = () => resolve(undefined);
    if (!('indexedDB' in globalThis)) return none();
    const opening = indexedDB.open('consilium-attach', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('handles');
    opening.onerror = none;
    opening.onsuccess = () => {
      try {
        const request = work(opening.result.transaction('handles', mode).objectStore('handles'));
        request.onsuccess = () => resolve(request.result);
        request.onerror = none;
      } catch { none(); }
    };
  });
}

interface Kept { handles: Handle[]; at: number }

export async function keepHandles(caseId: Id, handles: Handle[]): Promise<void> {
  if (!handles.length) return;
  const before = await heldHandles(caseId);
  await store('readwrite', (all) => all.put({ handles: [...before, ...handles].slice(-20), at: Date.now() } satisfies Kept, caseId));
}

export async function heldHandles(caseId: Id): Promise<Handle[]> {
  const kept = (await store('readonly', (all) => all.get(caseId) as IDBRequest<Kept | undefined>)) ?? { handles: [], at: 0 };
  return Date.now() - kept.at < DAY_MS ? kept.handles : [];
}

export async function forgetHandles(caseId?: Id): Promise<void> {
  if (caseId) await store('readwrite', (all) => all.delete(caseId));
  // Others' handles that are over go on any occasion.
  const keys = (await store('readonly', (all) => all.getAllKeys())) ?? [];
  for (const key of keys) if (!(await heldHandles(String(key))).length) await store('readwrite', (all) => all.delete(key));
}
