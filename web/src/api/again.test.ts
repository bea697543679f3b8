import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query';
import { afterEach, expect, test, vi } from 'vitest';
import { askAgain } from './again';

const settled = () => new Promise((done) => setTimeout(done, 5));
let end = () => undefined as void;
afterEach(() => {
  end();
  vi.useRealTimers();
});

/** A list in pages whose server answers when told to; what it answers is what it held when it was asked. */
async function list() {
  const client = new QueryClient();
  const server = { now: 1 };
  const sent: { page: number; answer: () => void; fail: () => void; signal: AbortSignal }[] = [];
  const observer = new InfiniteQueryObserver(client, {
    queryKey: ['inbox'], retry: false, staleTime: 10_000, networkMode: 'always', initialPageParam: 1,
    getNextPageParam: (_, all) => all.length + 1,
    queryFn: ({ pageParam, signal }) => new Promise<string>((done, refuse) => {
      const answer = `${pageParam} of ${server.now}`;
      sent.push({ page: pageParam, signal, answer: () => done(answer), fail: () => refuse(new Error('no line')) });
    }),
  });
  const off = observer.subscribe(() => undefined);
  end = () => { off(); client.clear(); };
  /** Answers what was sent last, and gives what is on the screen then. */
  const answer = async () => {
    sent.at(-1)?.answer();
    await settled();
    return observer.getCurrentResult().data?.pages;
  };
  await answer();
  return { client, server, sent, answer, more: () => observer.fetchNextPage(), act: () => { server.now += 1; return askAgain(client, { queryKey: ['inbox'] }); } };
}

test('acts do not undo the click on a further page, and the pages before are asked again after it', async () => {
  const { sent, answer, more, act } = await list();
  void more();
  const ended = [act(), act(), act()];
  await settled();
  expect(sent.map(({ page }) => page)).toEqual([1, 2]);
  expect(sent[1].signal.aborted).toBe(false);
  expect(await answer()).toEqual(['1 of 1', '2 of 1']);
  await answer();
  expect(await answer()).toEqual(['1 of 4', '2 of 4']);
  await Promise.all(ended);
  expect(sent.map(({ page }) => page)).toEqual([1, 2, 1, 2]);
});

test('a click that overtakes the pages being asked anew leaves none of them old', async () => {
  const { sent, answer, more, act } = await list();
  const ended = act();
  void more();
  await settled();
  expect(await answer()).toEqual(['1 of 1', '2 of 2']);
  await answer();
  expect(await answer()).toEqual(['1 of 2', '2 of 2']);
  await ended;
  expect(sent.map(({ page }) => page)).toEqual([1, 1, 2, 1, 2]);
});

test('with an act before every answer further pages are reached all the same', async () => {
  const { answer, more, act } = await list();
  void act();
  for (let page = 2; page <= 3; page += 1) {
    void more();
    void act();
    await settled();
    await answer();
  }
  void act();
  await settled();
  for (let page = 1; page <= 3; page += 1) await answer();
  expect(await answer()).toEqual(['1 of 5', '2 of 5', '3 of 5']);
});

test('a further page that is refused, or never comes, holds up nothing', async () => {
  const { sent, answer, more, act } = await list();
  void more().catch(() => undefined);
  void act();
  sent[1].fail();
  await settled();
  expect(await answer()).toEqual(['1 of 2']);
  vi.useFakeTimers({ toFake: ['Date'] });
  void more();
  void act();
  vi.advanceTimersByTime(29_000);
  void act();
  expect(sent.at(-1)?.page).toBe(2);
  vi.advanceTimersByTime(1000);
  void act();
  await settled();
  expect(sent.at(-1)?.page).toBe(1);
  expect(await answer()).toEqual(['1 of 5']);
});
