// What somebody else does to a case is seen without a reload. Looks are acts as well: they change nothing and ask nothing anew.
import { useCallback } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { LedgerAct } from '../../api/events';
import { useActs } from '../../api/live';
import { changesOutbreak } from './changes';

export function useOutbreakLive(): void {
  const client = useQueryClient();
  useActs(useCallback((act: LedgerAct) => {
    if (!changesOutbreak(act.what)) return;
    void client.invalidateQueries({ queryKey: ['outbreak'] });
    void client.invalidateQueries({ queryKey: ['figures', 'daily'] });
  }, [client]));
}
