import { expect, it } from 'vitest';
import type { TFunction } from 'i18next';
import { figureWords } from './figures';

const t = ((key: string) => key.split('.').at(-1)) as unknown as TFunction;
const read = (name: string, value: number, unit: string) => figureWords({ name, value, unit }, t, 'en');

it('reads figures in units that people use', () => {
  expect(read('rate', 9_600_000, 'bit/s')).toBe('9.6 Mbit/s');
  expect(read('bytes', 4_194_304, 'By')).toBe('4.0 MiB');
  expect(read('bytes', 262_144, 'By')).toBe('256.0 KiB');
  expect(read('median', 31.46, 'ms')).toBe('median 31.5 ms');
  expect(read('first', 411.7, 'ms')).toBe('first 412 ms');
  expect(read('level', 31.4, 'dB')).toBe('31 dB');
  expect(read('relay', 0, '1')).toBe('relay_0');
  expect(read('loss', 0, '%')).toBe('loss 0.0 %');
});

it('says nothing twice and hides nothing unknown', () => {
  expect(read('udp', 1, '1')).toBe('UDP');
  expect([read('udp', 0, '1'), read('picture', 1, '1'), read('spread', 40, '1')]).toEqual([null, null, null]);
  expect(read('jitter', 3, 'ms')).toBe('jitter 3 ms');
});
