import { describe, expect, it } from 'vitest';
import { drawCode, HEIGHT, readCode, spread, WIDTH } from './picture';
import { aboveQuiet, decibels, isTone, toneOf, TONES } from './sound';

/** A picture of `code`, its white so bright and its black so dark. */
function picture(code: number, white = 255, black = 0) {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  drawCode(code, (left, top, width, height, isWhite) => {
    for (let y = top; y < top + height; y += 1) for (let x = left; x < left + width; x += 1) data.fill(isWhite ? white : black, 4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 3);
  });
  return { data, width: WIDTH, height: HEIGHT };
}

describe('a picture that says a number', () => {
  it('is read back, each of them', () => {
    for (let code = 0; code < 256; code += 1) expect(readCode(picture(code))).toBe(code);
  });
  it('is read through what a line does to it, and grey is none', () => {
    expect(readCode(picture(0b1010_0110, 200, 60))).toBe(0b1010_0110);
    expect(readCode(picture(0b1010_0110, 140, 60))).toBeNull();
    const noisy = picture(77);
    for (let at = 0; at < noisy.data.length; at += 1) noisy.data[at] = (noisy.data[at] ?? 0) + (at % 7) * 12 - 36;
    expect(readCode(noisy)).toBe(77);
  });
  it('tells a covered lens from a room', () => {
    expect(spread(picture(0))).toBe(0);
    expect(spread(picture(0b1111_0000))).toBeCloseTo(127.5, 1);
  });
});

describe('a tone', () => {
  const hertz = 48_000 / 2 / 1024;
  const spectrum = (tone: number, peak: number) => new Float32Array(1024).fill(-100).map((floor, at) => (Math.abs(at - tone / hertz) < 1 ? peak : floor));
  it('is told from another, from noise and from silence', () => {
    for (const tone of TONES) {
      const heard = toneOf(spectrum(tone, -30), 48_000);
      expect(TONES.filter((one) => isTone(heard, one, hertz))).toEqual([tone]);
    }
    expect(toneOf(spectrum(900, -85), 48_000)).toBeNull();
    expect(toneOf(new Float32Array(1024).fill(-40), 48_000)).toBeNull();
    expect(toneOf(new Float32Array(1024).fill(-Infinity), 48_000)).toBeNull();
    expect(isTone(null, 900, hertz)).toBe(false);
  });
});

describe('a voice', () => {
  it('is so much louder than the quiet of its room', () => {
    expect(decibels(new Float32Array(480).fill(1))).toBeCloseTo(0, 6);
    expect(decibels(new Float32Array(480).fill(0.1))).toBeCloseTo(-20, 4);
    expect(decibels(new Float32Array(480))).toBe(-100);
    expect(aboveQuiet([-60, -61, -60, -59, -60, -30])).toBe(30);
    expect(aboveQuiet([-20, -20, -20])).toBe(0);
    expect(aboveQuiet([])).toBe(0);
  });
});
