// Work that is asked for more often than it can be done: at once the first time, then once more for all that was asked meanwhile.

/** What acts within this time ask for is asked once. */
export const BUNDLE_MS = 150;
/** An answer that takes longer is asked for anew. */
export const PATIENCE_MS = 5000;

export interface Paced { ask: () => void; stop: () => void }

/**
 * Never twice at a time and never left out: what is asked for while the work goes on, or within `rest_ms` of its beginning, is
 * done together afterwards. Work that does not end within `patience_ms` is not waited for: others must not starve behind it.
 */
export function paced(work: () => Promise<unknown>, rest_ms: number, patience_ms: number): Paced {
  let timers: ReturnType<typeof setTimeout>[] = [];
  let state: 'idle' | 'busy' | 'asked' | 'stopped' = 'idle';
  const after = (ms: number) => new Promise<void>((done) => { timers.push(setTimeout(done, ms)); });
  const run = () => {
    state = 'busy';
    const ended = work().catch(() => undefined);
    void Promise.all([after(rest_ms), Promise.race([ended, after(patience_ms)])]).then(() => {
      timers.forEach(clearTimeout);
      timers = [];
      if (state === 'asked') run();
      else if (state === 'busy') state = 'idle';
    });
  };
  return {
    ask: () => {
      if (state === 'idle') run();
      else if (state === 'busy') state = 'asked';
    },
    stop: () => {
      state = 'stopped';
      timers.forEach(clearTimeout);
    },
  };
}
