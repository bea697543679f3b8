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
export async function askPlainly<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, credentials: 'same-origin', headers: { accept: 'application/json' } }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw Problem.offline();
  });
  if (!response.ok) throw await Problem.from(response);
  return (await response.json()) as T;
}

async function read(signal: AbortSignal): Promise<Overview> {
  const sent = Date.now();
  const overview = await askPlainly<Overview>('/api/network/overview', signal);
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

/** The hour of the night, where the wall hangs, in which it begins anew. */
const NIGHT_HOUR = 3;
/** A page that is this young has begun anew already. */
const OLD_MS = 2 * 3_600_000;

/** Whether a wall may be loaded anew now: at night, not younger than some hours, and nobody meets or waits in an emergency. */
export function mayBeginAnew(hour: number, age_ms: number, overview: Overview | null): boolean {
  if (hour !== NIGHT_HOUR || age_ms < OLD_MS || !overview) return false;
  return overview.hospitals.every((one) => one.in_session === 0 && one.waiting.emergency === 0);
}

/** Loads a wall's page anew once a night, so that one left alone for a year never runs out of memory. */
export function useNightly(on: boolean, overview: Overview | null): void {
  const known = useRef(overview);
  useEffect(() => { known.current = overview; }, [overview]);
  useEffect(() => {
    if (!on) return;
    const begun = performance.now();
    const look = setInterval(() => {
      if (mayBeginAnew(new Date(serverNow()).getHours(), performance.now() - begun, known.current)) window.location.reload();
    }, 60_000);
    return () => clearInterval(look);
  }, [on]);
}
