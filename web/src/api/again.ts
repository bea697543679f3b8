// Asks again what may have been overtaken: the answers that are here, and those under way to a question sent before now.
import type { InvalidateQueryFilters, Query, QueryClient } from '@tanstack/react-query';

/** Questions under way whose answer, once it is here, is asked for again. */
const doubted = new WeakSet<Query>();

/**
 * Makes stale what these filters name. A first question that is under way would not be cancelled by that, and its answer, which may
 * be from before, would pass for fresh; so would that of one which no page waits for yet. Those are asked again when they are answered.
 * Ends when all that pages wait for is answered.
 */
export function askAgain(client: QueryClient, filters: InvalidateQueryFilters = {}): Promise<unknown> {
  const late = client.getQueryCache().findAll(filters).filter((query) => query.state.fetchStatus !== 'idle' && (query.state.data === undefined || !query.isActive()));
  const asked: Promise<unknown>[] = [client.invalidateQueries(filters)];
  for (const query of late) {
    if (doubted.has(query)) continue;
    doubted.add(query);
    const answered = () => {
      doubted.delete(query);
      return client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    };
    // Joins the one under way; it settles when its answer stands in the cache.
    asked.push(query.fetch().then(answered, answered));
  }
  return Promise.all(asked);
}
