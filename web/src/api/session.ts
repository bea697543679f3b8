// Who is signed in. One query for the whole app; signing in, choosing a role and signing out write into it.
import { useState, useSyncExternalStore } from 'react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from './client';
import { learnServerTime } from './clock';
import { startAfter } from './events';
import { armGate, gateArmed, waitAtGate } from './gate';
import { isProblem } from './problem';
import type { Me } from './types';

/** Somebody left here, and the server has not ended their session yet. Nobody comes in here by it. */
const LEFT = 'session.left';
let refusal: unknown = null;
const watchers = new Set<() => void>();
function refused(why: unknown): void {
  refusal = why;
  watchers.forEach((tell) => tell());
}
/** Where the browser keeps nothing: known until the page is loaded anew. */
let leftHere = false;
function hasLeft(): boolean {
  try { return leftHere || localStorage.getItem(LEFT) !== null; } catch { return leftHere; }
}
function noteLeft(left: boolean): void {
  leftHere = false;
  try { if (left) localStorage.setItem(LEFT, '1'); else localStorage.removeItem(LEFT); } catch { leftHere = left; }
}

/** Ends the session. Where the server cannot (its disk takes nothing, the line is down) it is left all the same, and ended when it can be. */
export async function endSession(): Promise<boolean> {
  armGate(false);
  noteLeft(true);
  try {
    await api.delete('/api/session');
  } catch (error) {
    if (!isProblem(error) || error.status !== 401) {
      // Not where somebody signed in meanwhile: what goes on at the server then is theirs.
      refused(hasLeft() ? error : null);
      return false;
    }
  }
  noteLeft(false);
  refused(null);
  return true;
}

const AGAIN_MS = 15_000;

/**
 * Goes on trying to end what was left here, until told to stop. The cookie is the browser's, not the page's: once somebody has
 * signed in on another page, what would be ended is theirs, and nothing of ours is left to end.
 */
export function keepEnding(): () => void {
  const look = () => {
    const left = hasLeft();
    if (!left) refused(null);
    return left;
  };
  look();
  const timer = setInterval(() => { if (look()) void endSession(); }, AGAIN_MS);
  window.addEventListener('storage', look);
  return () => {
    clearInterval(timer);
    window.removeEventListener('storage', look);
  };
}

/** Why the session that was left here goes on at the server; null when none does. */
export const unended = (): unknown => refusal;
export function useUnended(): unknown {
  return useSyncExternalStore((tell) => {
    watchers.add(tell);
    return () => { watchers.delete(tell); };
  }, unended);
}

export async function askMe(): Promise<Me | null> {
  if (hasLeft()) {
    await endSession();
    return null;
  }
  const sent = Date.now();
  try {
    return arrived(await api.get<Me>('/api/session'), sent);
  } catch (error) {
    if (!isProblem(error) || error.status !== 401) throw error;
    if (gateArmed()) {
      // Somebody works here: they sign in again in place, and nothing of what they see or type goes meanwhile.
      await waitAtGate();
      return askMe();
    }
    return null;
  }
}

export function arrived(me: Me, sent_ms: number): Me {
  learnServerTime(me.server_time, sent_ms);
  startAfter(me.ledger_number);
  armGate(me.role !== null);
  noteLeft(false);
  refused(null);
  return me;
}

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: askMe, staleTime: 5 * 60_000, retry: (count, error) => isProblem(error) && error.status === 0 && count < 3 });

/** The person signed in; for pages behind the sign-in. While a page goes, it is still that of whoever was there. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  const [last, keep] = useState(data);
  if (data && data !== last) keep(data);
  const me = data ?? last;
  if (!me) throw new Error('useMe outside the signed-in pages');
  return me;
}
