import { beforeEach, expect, test, vi } from 'vitest';

class Shelf {
  private readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

const me = { person: { id: 'zhou' }, role: { id: 'r' }, server_time: '2026-11-21T00:00:00Z' };
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
  vi.stubGlobal('fetch', async (path: string, { method }: RequestInit) => {
    asked.push(`${method} ${path}`);
    if (!open) return new Response('{}', { status: 401 });
    if (method !== 'DELETE') return Response.json(me);
    if (full) return Response.json({ code: 'store.full' }, { status: 507 });
    open = false;
    return new Response(null, { status: 204 });
  });
});

test('leaving ends the session', async () => {
  const session = await load();
  expect((await session.askMe())?.person.id).toBe('zhou');
  expect(session.wasHere()).toBe(true);
  expect(await session.endSession()).toBe(true);
  expect(open).toBe(false);
  expect(session.wasHere()).toBe(false);
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
