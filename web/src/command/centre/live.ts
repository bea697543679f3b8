// The overview, kept true: read anew when the ledger says that figures may have changed, when a clock runs out by itself, and
// when the line is lost or comes back: it may be the session that ended. Never by the clock alone.
import { useCallback, useEffect, useRef, useState } from 'react';
import { Problem } from '../../api/problem';
import { learnServerTime, serverNow } from '../../api/clock';
import { currentLine, subscribeActs, subscribeFigures, subscribeLine, subscribeResync } from '../../api/events';
import type { Overview } from './shape';

/** At most one reading so often, however many acts arrive. */
const PACE_MS = 1000;
/** After a refusal or a broken line, the next try. */
const RETRY_MS = 15_000;
/** A timer longer than this overflows in browsers. */
const TIMER_MAX_MS = 2_000_000_000;

export interface Live { data: Overview | null; error: Problem | null; ended: boolean; again: () => void }

/** The wall asks the server itself: a session that ended must stop nothing, and leave nothing waiting. */
async function read(signal: AbortSignal): Promise<Overview> {
  const sent = Date.now();
  const response = await fetch('/api/network/overview', { signal, credentials: 'same-origin', headers: { accept: 'application/json' } }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw Problem.offline();
  });
  if (!response.ok) throw await Problem.from(response);
  const overview = (await response.json()) as Overview;
  learnServerTime(overview.at, sent);
  return overview;
}

export function useOverview(): Live {
  const [data, setData] = useState<Overview | null>(null);
  const [error, setError] = useState<Problem | null>(null);
  const wanted = useRef<() => void>(() => undefined);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let change: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    let reading = false;
    let more = false;
    const later = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => void now(), Math.max(0, ms));
    };
    const now = async () => {
      if (reading) { more = true; return; }
      reading = true;
      more = false;
      last = Date.now();
      clearTimeout(change);
      try {
        const overview = await read(stop.signal);
        setData(overview);
        setError(null);
        if (overview.next_change) change = setTimeout(() => void now(), Math.min(TIMER_MAX_MS, Math.max(PACE_MS, Date.parse(overview.next_change) - serverNow() + 200)));
      } catch (problem) {
        if (stop.signal.aborted) return;
        setError(problem instanceof Problem ? problem : Problem.offline());
        later(RETRY_MS);
      } finally {
        reading = false;
        if (more && !stop.signal.aborted) later(PACE_MS);
      }
    };
    const ask = () => later(last + PACE_MS - Date.now());
    wanted.current = ask;
    void now();
    const off = [subscribeActs((act) => { if (act.case) ask(); }), subscribeFigures(ask), subscribeResync(ask), subscribeLine(() => { if (currentLine() === 'lost') ask(); })];
    return () => {
      stop.abort();
      clearTimeout(timer);
      clearTimeout(change);
      off.forEach((end) => end());
    };
  }, []);
  const again = useCallback(() => wanted.current(), []);
  return { data, error, ended: error?.status === 401, again };
}

/** Loads the page anew when the server serves another build than the one that runs here: asked when the line comes back. */
export function useFreshBuild(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const mine = document.querySelector<HTMLScriptElement>('script[type=module][src]')?.getAttribute('src');
    return subscribeResync(() => {
      void fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' }).then(async (response) => {
        const page = response.ok ? await response.text() : '';
        if (mine && page.includes('type="module"') && !page.includes(mine)) window.location.reload();
      }).catch(() => undefined);
    });
  }, [on]);
}
