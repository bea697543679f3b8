import { expect, it } from 'vitest';
import { deviceName } from './device';

it('names the browser and the system', () => {
  expect(deviceName('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0')).toBe('Edge · Windows');
  expect(deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Mobile Safari/604.1')).toBe('Safari · iPhone');
  expect(deviceName('Mozilla/5.0 (Linux; Android 14; HarmonyOS) Chrome/114 MicroMessenger/8')).toBe('WeChat · HarmonyOS');
  expect(deviceName('something else entirely')).toBe('something else entirely');
  expect(deviceName('')).toBe('—');
});
