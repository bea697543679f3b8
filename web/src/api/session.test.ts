import { afterEach, beforeEach, expect, test, vi } from 'vitest';

class Shelf {
  private readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

const me = { person: { id: 'zhou' }, role: { id: 'r' }, server_time: '2026-11-21T00:00:00Z', ledger_number: 7 };
let full = false;
let open = true;
const asked: string[] = [];

/** A page loaded anew: what it remembers is in the browser alone. */
async function load() {
  vi.resetModules();
  return import('./session');
}

beforeEach(() => {
  full = false;
  open = true;
  asked.length = 0;
  vi.stubGlobal('localStorage', new Shelf());
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('fetch', async (path: string, { method }: RequestInit) => {
    asked.push(`${method} ${path}`);
    if (!open) return new Response('{}', { status: 401 });
    if (method !== 'DELETE') return Response.json(me);
    if (full) return Response.json({ code: 'store.full' }, { status: 507 });
    open = false;
    return new Response(null, { status: 204 });
  });
});

afterEach(() => { vi.useRealTimers(); });

test('leaving ends the session', async () => {
  const session = await load();
  expect((await session.askMe())?.person.id).toBe('zhou');
  expect(await session.endSession()).toBe(true);
  expect(open).toBe(false);
});

test('a session that ends while somebody works is opened again in place', async () => {
  const session = await load();
  await session.askMe();
  open = false;
  const gate = await import('./gate');
  const at_gate = new Promise((come) => gate.onGate(come));
  const asked_again = session.askMe();
  expect(await at_gate).toBe(true);
  open = true;
  gate.openGate();
  expect((await asked_again)?.person.id).toBe('zhou');
});

test('a session that could not be ended lets nobody in, and is ended when it can be', async () => {
  full = true;
  expect(await (await load()).endSession()).toBe(false);
  const again = await load();
  expect(await again.askMe()).toBeNull();
  expect(asked).not.toContain('GET /api/session');
  full = false;
  expect(await (await load()).askMe()).toBeNull();
  expect(open).toBe(false);
});

test('who signs in anew is in, whatever became of the session before', async () => {
  full = true;
  const session = await load();
  await session.endSession();
  session.arrived(me as never, Date.now());
  expect((await session.askMe())?.person.id).toBe('zhou');
});

test('what was left is tried again until it is ended', async () => {
  vi.useFakeTimers();
  full = true;
  const a = await load();
  await a.endSession();
  const stop = a.keepEnding();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toHaveLength(3);
  full = false;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(open).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(4);
  stop();
});

test('a page that was left does not sign out who came in on another page', async () => {
  vi.useFakeTimers();
  full = true;
  const a = await load();
  await a.endSession();
  const stop = a.keepEnding();
  const c = await load();
  expect(await c.askMe()).toBeNull();
  c.arrived(me as never, Date.now());
  full = false;
  asked.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
  expect(open).toBe(true);
  expect((await c.askMe())?.person.id).toBe('zhou');
  expect(a.unended()).toBeNull();
  stop();
});

test('the note goes at once when somebody comes in on another page, also while the refusal is on its way', async () => {
  full = true;
  const a = await load();
  await a.endSession();
  const stop = a.keepEnding();
  const c = await load();
  c.arrived(me as never, Date.now());
  expect(a.unended()).not.toBeNull();
  window.dispatchEvent(new Event('storage'));
  expect(a.unended()).toBeNull();
  const leaving = a.endSession();
  c.arrived(me as never, Date.now());
  expect(await leaving).toBe(false);
  expect(a.unended()).toBeNull();
  stop();
});

test('where the browser keeps nothing the page itself remembers that it was left', async () => {
  vi.useFakeTimers();
  const shelf = new Shelf();
  shelf.setItem = () => { throw new Error('quota'); };
  vi.stubGlobal('localStorage', shelf);
  full = true;
  const a = await load();
  await a.endSession();
  const stop = a.keepEnding();
  expect(a.unended()).not.toBeNull();
  full = false;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(open).toBe(false);
  stop();
});
