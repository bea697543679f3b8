import { beforeEach, expect, test, vi } from 'vitest';
import { keepPlace, lockedBy, lockMinutes, setLockMinutes, takePlace } from './lock';

class Shelf {
  private readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

beforeEach(() => {
  vi.stubGlobal('localStorage', new Shelf());
  vi.stubGlobal('sessionStorage', new Shelf());
});

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
