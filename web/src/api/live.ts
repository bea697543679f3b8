// Keeps what is on the screen true: each act in the ledger refreshes the queries of its case. The first at once, those that
// follow within 150 ms together: somebody may be waiting for the first, nobody for each of a hundred.
import { useEffect, useSyncExternalStore } from 'react';
import type { QueryClient } from '@tanstack/react-query';
import { askAgain } from './again';
import { closeEvents, currentDisk, currentLine, openEvents, subscribeActs, subscribeDisk, subscribeLine, subscribeResync, type Disk, type LedgerAct, type Line } from './events';

const BUNDLE_MS = 150;

export const useLine = (): Line => useSyncExternalStore(subscribeLine, currentLine);

export const useDisk = (): Disk => useSyncExternalStore(subscribeDisk, currentDisk);

/** Tells a component of each act as it arrives. The listener should be stable. */
export function useActs(listener: (act: LedgerAct) => void): void {
  useEffect(() => subscribeActs(listener), [listener]);
}

/**
 * From the first question on, not from the first page: what the stream tells while a page is still being fetched concerns the
 * questions that were sent before it. Gives the end of it.
 */
export function keepLive(client: QueryClient): () => void {
  const cases = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let more = false;
  const flush = () => {
    more = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (more) flush();
    }, BUNDLE_MS);
    for (const id of cases) askAgain(client, { queryKey: ['case', id] });
    cases.clear();
    askAgain(client, { queryKey: ['inbox'] });
    askAgain(client, { queryKey: ['schedule'] });
  };
  const offActs = subscribeActs((act) => {
    if (act.case) cases.add(act.case);
    more = true;
    if (!timer) flush();
  });
  // The stream stands: what was asked before is asked again, and what is asked from now on need not be.
  const offResync = subscribeResync(() => askAgain(client));
  return () => {
    offActs();
    offResync();
    clearTimeout(timer);
  };
}

/** Listens while these pages are shown. */
export function useLive(): void {
  useEffect(() => {
    openEvents();
    return closeEvents;
  }, []);
}
