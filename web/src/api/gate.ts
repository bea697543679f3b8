// Where requests wait while a session that ended is opened again in place. The client knocks, the dialog opens.
type Listener = (waiting: boolean) => void;

let waiters: { go: () => void; stop: (why: Error) => void }[] = [];
let armed = false;
const listeners = new Set<Listener>();
const tell = () => listeners.forEach((listener) => listener(waiters.length > 0));

/** Armed while somebody is signed in: before that a 401 is an answer, not an interruption. */
export const armGate = (on: boolean): void => { armed = on; };
export const gateArmed = (): boolean => armed;

export function waitAtGate(): Promise<void> {
  return new Promise((go, stop) => {
    waiters.push({ go, stop });
    tell();
  });
}

/** Signed in again: everybody may go on. */
export function openGate(): void {
  const all = waiters;
  waiters = [];
  all.forEach((waiter) => waiter.go());
  tell();
}

export function leaveGate(why: Error): void {
  const all = waiters;
  waiters = [];
  all.forEach((waiter) => waiter.stop(why));
  tell();
}

export function onGate(listener: Listener): () => void {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}
