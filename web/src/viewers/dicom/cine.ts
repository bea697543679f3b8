// Frames that are a film: at which rate the file wants them, and a clock that turns them.
import { useEffect } from 'react';
import { first, numbers, type Metadata, type Stack } from './stack';

/** Where the file says nothing. */
export const DEFAULT_RATE = 15;
const RATE_MAX = 60;

/** Frames a second, and whether the file says so (PS3.3, C.7.6.5). */
export function rateOf(metadata: Metadata): { rate: number; told: boolean } {
  const time = first(metadata, '00181063');
  const steps = numbers(metadata, '00181065').slice(1);
  const vector = steps.length ? steps.reduce((sum, step) => sum + step, 0) / steps.length : 0;
  const told = [time ? 1000 / time : null, vector ? 1000 / vector : null, first(metadata, '00082144'), first(metadata, '00180040')].find((rate) => rate !== null && rate > 0 && Number.isFinite(rate));
  return { rate: Math.min(RATE_MAX, Math.max(1, told ?? DEFAULT_RATE)), told: told !== undefined };
}

/** The stretch of a stack that belongs to one film: the frames of the instance, or all slices. */
export function loopOf(stack: Stack, index: number): [number, number] {
  const instance = stack.slices[index]?.instance;
  const own = stack.slices.flatMap((slice, at) => (slice.instance === instance ? [at] : []));
  return own.length > 1 ? [own[0], own[own.length - 1]] : [0, stack.slices.length - 1];
}

/** Turns the film while it plays; late frames are left out, so that its speed stays true. */
export function useCine(playing: boolean, rate: number, stack: Stack | undefined, index: number, go: (index: number) => void): void {
  const begin = index;
  useEffect(() => {
    if (!playing || !stack) return undefined;
    const [from, till] = loopOf(stack, begin);
    const many = till - from + 1;
    if (many < 2) return undefined;
    const started = performance.now();
    let last = begin;
    let handle = 0;
    const turn = (now: number) => {
      const at = from + ((begin - from + Math.floor(((now - started) * rate) / 1000)) % many);
      if (at !== last) {
        last = at;
        go(at);
      }
      handle = requestAnimationFrame(turn);
    };
    handle = requestAnimationFrame(turn);
    return () => cancelAnimationFrame(handle);
    // It runs by itself from where it stood when it was started.
    // eslint-disable-next-line hooks/exhaustive-deps
  }, [playing, rate, stack, go]);
}
