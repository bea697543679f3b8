// Tones sent and recognised, and how much louder a voice is than the room. Pure over samples and spectra.

/** One of these is sent, by chance: each well inside what a voice codec carries. Hertz. */
export const TONES = [500, 700, 900, 1100, 1300] as const;
/** A tone stands out of its spectrum by so much, decibels; quieter than this it is none. */
const OUT_OF = 20;
const AUDIBLE = -75;

/** The tone of a spectrum (decibels by bin), in hertz; null when none stands out. */
export function toneOf(spectrum: Float32Array, sampleRate: number): number | null {
  const hertz = sampleRate / 2 / spectrum.length;
  const from = Math.ceil(200 / hertz);
  const to = Math.min(spectrum.length, Math.ceil(4000 / hertz));
  const part = spectrum.subarray(from, to);
  if (!part.length) return null;
  let best = 0;
  part.forEach((value, at) => { if (value > (part[best] ?? -Infinity)) best = at; });
  const middle = [...part].sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0;
  const peak = part[best] ?? -Infinity;
  return peak >= AUDIBLE && peak - middle >= OUT_OF ? (best + from) * hertz : null;
}

/** Whether a tone heard is the one sent: two bins apart is the same. */
export const isTone = (heard: number | null, sent: number, hertz: number) => heard !== null && Math.abs(heard - sent) <= 2 * hertz;

/** The power of samples, decibels under full scale. */
export function decibels(samples: Float32Array): number {
  const power = samples.reduce((sum, one) => sum + one * one, 0) / Math.max(1, samples.length);
  return 10 * Math.log10(power || 1e-10);
}

/** How much louder the loudest was than the room: its quiet is the fifth of all moments that is the quietest. Decibels. */
export function aboveQuiet(levels: readonly number[]): number {
  if (!levels.length) return 0;
  const sorted = [...levels].sort((a, b) => a - b);
  const quiet = sorted[Math.floor(sorted.length / 5)] ?? 0;
  return (sorted.at(-1) ?? quiet) - quiet;
}
