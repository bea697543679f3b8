// A form of which a person has one by a name: what was begun of it, or an empty one.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { Draft, Id } from '../../api/types';

export const begunQuery = <Body>(kind: string, id: Id) => queryOptions({
  queryKey: ['begun', kind, id],
  // Asked for among all of them: that there is none is no fault.
  queryFn: () => api.get<{ drafts: Draft<Body>[] }>(`/api/drafts/${kind}`).then(({ drafts }) => drafts.find((one) => one.id === id) ?? null),
  // Opened once: what comes from elsewhere meanwhile is a conflict that a person decides, never a form that changes under the hand.
  staleTime: 0, gcTime: 0, refetchOnMount: 'always', refetchOnWindowFocus: false, refetchOnReconnect: false, structuralSharing: false,
});

/** `empty` is the form as it begins where nothing was written yet; its revision is 0 then. */
export function useBegun<Body>(kind: string, id: Id, empty: Body) {
  const found = useQuery(begunQuery<Body>(kind, id));
  // With a cached copy from before, the page waits for the server's.
  const opened: Draft<Body> | undefined = found.data === undefined || found.isFetching ? undefined : found.data ?? { id, revision: 0, saved_at: '', body: empty };
  return { opened, error: found.isError && found.data === undefined ? found.error : null, again: () => void found.refetch() };
}
