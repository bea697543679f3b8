// A copy of what is being typed on this computer, until the server has it: a killed browser or a dead line loses nothing.

export interface LocalCopy<Body> { revision: number; at: string; person: string; body: Body }

const key = (kind: string, id: string) => `draft:${kind}:${id}`;

export function keepLocal<Body>(kind: string, id: string, copy: LocalCopy<Body>): void {
  try {
    localStorage.setItem(key(kind, id), JSON.stringify(copy));
  } catch { /* full or forbidden: the server's copy remains */ }
}

export function readLocal<Body>(kind: string, id: string, person: string): LocalCopy<Body> | null {
  try {
    const text = localStorage.getItem(key(kind, id));
    const copy = text ? (JSON.parse(text) as LocalCopy<Body>) : null;
    // A ward PC has many users: one never sees what another typed.
    return copy && copy.person === person ? copy : null;
  } catch {
    return null;
  }
}

export function forgetLocal(kind: string, id: string): void {
  try {
    localStorage.removeItem(key(kind, id));
  } catch { /* nothing was kept then */ }
}
