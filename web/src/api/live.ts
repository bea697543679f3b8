// Keeps what is on the screen true: each act in the ledger refreshes the queries of its case. The first at once, those that
// follow within 150 ms or before the answer is there together: somebody may be waiting for the first, nobody for each of a
// hundred, and a question that is asked anew with every act would on a slow line never be answered.
import { useEffect, useSyncExternalStore } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { closeEvents, currentDisk, currentLine, openEvents, subscribeActs, subscribeDisk, subscribeLine, subscribeResync, type Disk, type LedgerAct, type Line } from './events';
import { BUNDLE_MS, paced, PATIENCE_MS } from './paced';


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
    const refresh = paced(() => {
      const told = [...cases].map((id) => ['case', id]);
      cases.clear();
      return Promise.all([...told, ['inbox'], ['schedule']].map((queryKey) => client.invalidateQueries({ queryKey })));
    }, BUNDLE_MS, PATIENCE_MS);
    const offActs = subscribeActs((act) => {
      if (act.case) cases.add(act.case);
      refresh.ask();
    });
    const offResync = subscribeResync(() => void client.invalidateQueries());
    openEvents();
    return () => {
      offActs();
      offResync();
      refresh.stop();
      closeEvents();
    };
  }, [client, on]);
}
