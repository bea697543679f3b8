// Keeps what is on the screen true: each act in the ledger refreshes the queries of its case. The first at once, those that
// follow within 150 ms together: somebody may be waiting for the first, nobody for each of a hundred.
import { useEffect, useSyncExternalStore } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { closeEvents, currentDisk, currentLine, openEvents, subscribeActs, subscribeDisk, subscribeLine, subscribeResync, type Disk, type LedgerAct, type Line } from './events';

const BUNDLE_MS = 150;

export const useLine = (): Line => useSyncExternalStore(subscribeLine, currentLine);

export const useDisk = (): Disk => useSyncExternalStore(subscribeDisk, currentDisk);

/** Tells a component of each act as it arrives. The listener should be stable. */
export function useActs(listener: (act: LedgerAct) => void): void {
  useEffect(() => subscribeActs(listener), [listener]);
}

export function useLive(on: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!on) return;
    const cases = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let more = false;
    const flush = () => {
      more = false;
      timer = setTimeout(() => {
        timer = undefined;
        if (more) flush();
      }, BUNDLE_MS);
      for (const id of cases) void client.invalidateQueries({ queryKey: ['case', id] });
      cases.clear();
      void client.invalidateQueries({ queryKey: ['inbox'] });
      void client.invalidateQueries({ queryKey: ['schedule'] });
    };
    const offActs = subscribeActs((act) => {
      if (act.case) cases.add(act.case);
      more = true;
      if (!timer) flush();
    });
    const offResync = subscribeResync(() => void client.invalidateQueries());
    openEvents();
    return () => {
      offActs();
      offResync();
      clearTimeout(timer);
      closeEvents();
    };
  }, [client, on]);
}
