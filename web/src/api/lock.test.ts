import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { currentDisk, type Disk } from './events';
import { keepPlace, byHand, lockedBy, lockMinutes, onIdle, setLockMinutes, takePlace } from './lock';

vi.mock('./events', () => ({ currentDisk: vi.fn() }));
const disk = (now: Disk) => vi.mocked(currentDisk).mockReturnValue(now);

class Shelf {
  private readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

beforeEach(() => {
  vi.stubGlobal('localStorage', new Shelf());
  vi.stubGlobal('sessionStorage', new Shelf());
  vi.stubGlobal('window', new EventTarget());
  vi.useFakeTimers();
  disk('takes');
});
afterEach(() => { vi.useRealTimers(); });

test('each person finds their own place, once, on the same day', () => {
  keepPlace({ id: 'zhou', name: 'Zhou' }, '/cases/1/room', 1000);
  keepPlace({ id: 'zhao', name: 'Zhao' }, '/cases/new?draft=2', 2000);
  expect(lockedBy()?.id).toBe('zhao');
  expect(takePlace('li', 3000)).toBeUndefined();
  expect(takePlace('zhou', 3000)).toBe('/cases/1/room');
  expect(takePlace('zhou', 3000)).toBeUndefined();
  expect(lockedBy()).toBeNull();
  expect(takePlace('zhao', 2000 + 13 * 3600_000)).toBeUndefined();
});

test('a place elsewhere is no place, and the list does not grow', () => {
  keepPlace({ id: 'zhou', name: 'Zhou' }, '//evil.example', 1000);
  expect(takePlace('zhou', 1001)).toBeUndefined();
  for (let n = 0; n < 50; n += 1) keepPlace({ id: `p${n}`, name: '' }, '/inbox', 1000 + n);
  expect(Object.keys(JSON.parse(localStorage.getItem('lock.places') ?? '{}') as object)).toHaveLength(20);
});

test('minutes are one of the choices', () => {
  expect(lockMinutes()).toBe(10);
  setLockMinutes(30);
  expect(lockMinutes()).toBe(30);
  setLockMinutes(7);
  expect(lockMinutes()).toBe(10);
});

const MINUTE = 60_000;

test('a computer that nobody touches is locked, unless the disk takes no writes at all and nobody could sign in again', () => {
  const tell = vi.fn();
  const off = onIdle(10, tell);
  vi.advanceTimersByTime(9 * MINUTE);
  window.dispatchEvent(new Event('keydown'));
  vi.advanceTimersByTime(9 * MINUTE);
  expect(tell).not.toHaveBeenCalled();
  disk('read-only');
  vi.advanceTimersByTime(120 * MINUTE);
  expect(tell).not.toHaveBeenCalled();
  // The line came back, and the disk still takes nothing.
  disk('takes');
  vi.advanceTimersByTime(5000);
  disk('read-only');
  vi.advanceTimersByTime(10 * MINUTE);
  expect(tell).not.toHaveBeenCalled();
  disk('takes');
  vi.advanceTimersByTime(MINUTE);
  expect(tell).toHaveBeenCalled();
  off();
  // A full disk keeps room for people to come and go.
  disk('full');
  const at_once = vi.fn();
  const stop = onIdle(10, at_once);
  vi.advanceTimersByTime(10 * MINUTE);
  expect(at_once).toHaveBeenCalledTimes(1);
  stop();
});

test('by hand it locks at once, and after a warning while nobody could sign in again', async () => {
  const lock = vi.fn();
  const sure = vi.fn(() => Promise.resolve(false));
  await byHand(lock, sure);
  expect(lock).toHaveBeenCalledTimes(1);
  expect(sure).not.toHaveBeenCalled();
  disk('full');
  await byHand(lock, sure);
  expect(sure).not.toHaveBeenCalled();
  expect(lock).toHaveBeenCalledTimes(2);
  disk('read-only');
  await Promise.all([byHand(lock, sure), byHand(lock, sure)]);
  expect(sure).toHaveBeenCalledTimes(1);
  expect(lock).toHaveBeenCalledTimes(2);
  await expect(byHand(lock, () => Promise.reject(new Error('the question went away')))).rejects.toThrow();
  await byHand(lock, () => Promise.resolve(true));
  expect(lock).toHaveBeenCalledTimes(3);
});
