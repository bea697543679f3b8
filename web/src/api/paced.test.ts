import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { paced } from './paced';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

/** Work that ends when told to, and how often it was begun. */
function slow() {
  const open: (() => void)[] = [];
  const work = vi.fn(() => new Promise<void>((done) => { open.push(done); }));
  return { work, end: async () => { open.shift()?.(); await vi.advanceTimersByTimeAsync(0); } };
}

test('the first at once, those that follow together', async () => {
  const { work, end } = slow();
  const { ask } = paced(work, 150, 5000);
  ask();
  expect(work).toHaveBeenCalledTimes(1);
  await end();
  ask();
  ask();
  await vi.advanceTimersByTimeAsync(149);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(work).toHaveBeenCalledTimes(2);
  await end();
  await vi.advanceTimersByTimeAsync(1000);
  expect(work).toHaveBeenCalledTimes(2);
  ask();
  expect(work).toHaveBeenCalledTimes(3);
});

test('on a slow line the work is ended before it begins anew, and what came meanwhile is not forgotten', async () => {
  const { work, end } = slow();
  const { ask } = paced(work, 150, 5000);
  for (let n = 0; n < 20; n += 1) {
    ask();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(work).toHaveBeenCalledTimes(1);
  await end();
  expect(work).toHaveBeenCalledTimes(2);
  await end();
  await vi.advanceTimersByTimeAsync(1000);
  expect(work).toHaveBeenCalledTimes(2);
});

test('work that never ends, or fails, holds nobody up; nothing is begun after the end', async () => {
  const never = vi.fn(() => new Promise<void>(() => undefined));
  const hung = paced(never, 150, 5000);
  hung.ask();
  hung.ask();
  await vi.advanceTimersByTimeAsync(5000);
  expect(never).toHaveBeenCalledTimes(2);
  hung.ask();
  hung.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  hung.ask();
  expect(never).toHaveBeenCalledTimes(2);
  const fails = vi.fn(() => Promise.reject(new Error('no line')));
  const failing = paced(fails, 150, 5000);
  failing.ask();
  failing.ask();
  await vi.advanceTimersByTimeAsync(150);
  expect(fails).toHaveBeenCalledTimes(2);
});
