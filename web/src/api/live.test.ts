import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** A stream as the browser gives it; `stands` and `tell` are the server's side. */
class Stream extends EventTarget {
  static last: Stream;
  static readonly CLOSED = 2;
  readyState = 0;
  onopen?: () => void;
  onerror?: () => void;
  constructor(readonly address: string) {
    super();
    Stream.last = this;
  }
  stands() { this.onopen?.(); }
  tell(id: string, number = 1) { this.dispatchEvent(new MessageEvent('act', { data: JSON.stringify({ case: id, about: [], number }) })); }
  close() { this.readyState = 2; }
}

/** The pages of one browser: what one posts, the others hear. */
class Channel {
  static all = new Set<Channel>();
  onmessage?: (event: { data: unknown }) => void;
  constructor() { Channel.all.add(this); }
  postMessage(data: unknown) { for (const other of Channel.all) if (other !== this) other.onmessage?.({ data }); }
  close() { Channel.all.delete(this); }
}

/** A lock that the first to ask holds until it lets go. */
function oneLock() {
  let turn: Promise<unknown> = Promise.resolve();
  return { locks: { request: (_: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>) => {
    turn = turn.then(() => (signal.aborted ? undefined : hold()));
    return turn;
  } } };
}

/** What the server holds, and the questions it has not answered yet. */
function ask(client: QueryClient, queryKey: string[]) {
  const sent: { seen: number; answer: () => void }[] = [];
  const server = { now: 1 };
  const queryFn = () => new Promise<number>((answer) => {
    const seen = server.now;
    sent.push({ seen, answer: () => answer(seen) });
  });
  const watch = () => new QueryObserver(client, { queryKey, queryFn, staleTime: 10_000, retry: false, networkMode: 'always' }).subscribe(() => undefined);
  return { sent, server, queryFn, watch };
}

const settled = () => new Promise((done) => setTimeout(done, 5));
let pages: { close: () => void }[] = [];

/** A page: its own modules, as in a tab of its own. */
async function page() {
  vi.resetModules();
  const events = await import('./events');
  const { keepLive } = await import('./live');
  const client = new QueryClient();
  const off = keepLive(client);
  const close = () => { events.closeEvents(); off(); client.clear(); };
  pages.push({ close });
  return { client, close, open: events.openEvents, startAfter: events.startAfter };
}

beforeEach(() => {
  pages = [];
  Channel.all.clear();
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('BroadcastChannel', Channel);
  vi.stubGlobal('navigator', oneLock());
});
afterEach(() => pages.forEach(({ close }) => close()));

test('what was asked after the stream stood is asked once', async () => {
  const { client, open } = await page();
  open();
  await settled();
  Stream.last.stands();
  const inbox = ask(client, ['inbox']);
  inbox.watch();
  inbox.sent[0].answer();
  await settled();
  expect(inbox.sent).toHaveLength(1);
});

test('what was answered before the stream stood is asked again', async () => {
  const { client, open } = await page();
  open();
  await settled();
  const inbox = ask(client, ['inbox']);
  inbox.watch();
  inbox.sent[0].answer();
  await settled();
  inbox.server.now = 2;
  Stream.last.stands();
  await settled();
  inbox.sent[1].answer();
  await settled();
  expect(client.getQueryData(['inbox'])).toBe(2);
});

test('an answer under way when the stream stands does not pass for fresh', async () => {
  const { client, open } = await page();
  open();
  await settled();
  const inbox = ask(client, ['inbox']);
  inbox.watch();
  // Seen by the server before, sent on its way; then the act, then the stream.
  inbox.server.now = 2;
  Stream.last.stands();
  inbox.sent[0].answer();
  await settled();
  expect(inbox.sent).toHaveLength(2);
  inbox.sent[1].answer();
  await settled();
  expect(client.getQueryData(['inbox'])).toBe(2);
  expect(inbox.sent).toHaveLength(2);
});

test('nor does that of a question which no page waits for yet', async () => {
  const { client, open } = await page();
  open();
  await settled();
  const inbox = ask(client, ['inbox']);
  const early = client.fetchQuery({ queryKey: ['inbox'], queryFn: inbox.queryFn, staleTime: 10_000 });
  Stream.last.stands();
  inbox.sent[0].answer();
  await early;
  await settled();
  expect(inbox.sent).toHaveLength(1);
  inbox.watch();
  expect(inbox.sent).toHaveLength(2);
});

test('an act while the first answer is under way is not lost, nor asked for once for each act', async () => {
  const { client, open } = await page();
  open();
  await settled();
  Stream.last.stands();
  const one = ask(client, ['case', 'c1', 'detail']);
  one.watch();
  one.server.now = 2;
  Stream.last.tell('c1');
  Stream.last.tell('c1');
  one.sent[0].answer();
  await settled();
  one.sent[1].answer();
  await settled();
  expect(client.getQueryData(['case', 'c1', 'detail'])).toBe(2);
});

test('a second page hears from its first question on what the first is told', async () => {
  const first = await page();
  first.open();
  await settled();
  Stream.last.stands();
  const second = await page();
  second.open();
  const one = ask(second.client, ['case', 'c1', 'detail']);
  one.watch();
  one.sent[0].answer();
  await settled();
  expect(one.sent).toHaveLength(1);
  one.server.now = 2;
  Stream.last.tell('c1');
  await settled();
  one.sent[1].answer();
  await settled();
  expect(second.client.getQueryData(['case', 'c1', 'detail'])).toBe(2);
});

test('a second page that came before the stream stood asks again, and again when it takes over', async () => {
  const first = await page();
  first.open();
  await settled();
  const second = await page();
  second.open();
  const inbox = ask(second.client, ['inbox']);
  inbox.watch();
  inbox.sent[0].answer();
  await settled();
  Stream.last.stands();
  await settled();
  expect(inbox.sent).toHaveLength(2);
  inbox.sent[1].answer();
  await settled();
  const before = Stream.last;
  first.close();
  await settled();
  expect(Stream.last).not.toBe(before);
  Stream.last.stands();
  await settled();
  expect(inbox.sent).toHaveLength(3);
});

test('a stream that goes on after a number asks nothing twice, and goes on after what was heard when it comes back', async () => {
  const { client, open, startAfter } = await page();
  startAfter(7);
  // Who asks again later has not heard what happened in between.
  startAfter(12);
  open();
  await settled();
  expect(Stream.last.address).toBe('/events?after=7');
  const inbox = ask(client, ['inbox']);
  inbox.watch();
  inbox.sent[0].answer();
  await settled();
  Stream.last.stands();
  await settled();
  expect(inbox.sent).toHaveLength(1);
  Stream.last.tell('c1', 9);
  await settled();
  expect(inbox.sent).toHaveLength(2);
  inbox.sent[1].answer();
  const cut = Stream.last;
  vi.useFakeTimers();
  cut.readyState = Stream.CLOSED;
  cut.onerror?.();
  await vi.advanceTimersByTimeAsync(2000);
  vi.useRealTimers();
  expect(Stream.last).not.toBe(cut);
  expect(Stream.last.address).toBe('/events?after=9');
});

test('a page that takes over goes on after the last act that it heard of the one before', async () => {
  const first = await page();
  first.startAfter(7);
  first.open();
  await settled();
  Stream.last.stands();
  const second = await page();
  second.startAfter(7);
  second.open();
  Stream.last.tell('c1', 11);
  await settled();
  first.close();
  await settled();
  expect(Stream.last.address).toBe('/events?after=11');
  const inbox = ask(second.client, ['inbox']);
  inbox.watch();
  inbox.sent[0].answer();
  await settled();
  Stream.last.stands();
  await settled();
  expect(inbox.sent).toHaveLength(1);
});
