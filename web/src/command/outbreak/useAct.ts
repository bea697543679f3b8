// A step on a case in the version that is on the screen; the answer is the case as it is now.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { Case, Typed } from './api';

export function useAct(of: Case, step: 'confirm' | 'exclude' | 'facts' | 'contacts' | 'type', done: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Record<string, unknown>) => api.post<Case | Typed>(`/api/outbreak/cases/${of.id}/${step}`, { version: of.version, ...body }),
    onSuccess: (answer) => {
      client.setQueryData(['outbreak', 'case', of.id], 'case' in answer ? answer.case : answer);
      void client.invalidateQueries({ queryKey: ['outbreak', 'list'] });
      done();
    },
    // Somebody else was first: what stands on the screen is old.
    onError: () => void client.invalidateQueries({ queryKey: ['outbreak', 'case', of.id] }),
  });
}
