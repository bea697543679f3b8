// Asks again what may have been overtaken: the answers that are here, and those under way to a question sent before now.
import type { InvalidateQueryFilters, Query, QueryClient } from '@tanstack/react-query';

/** Questions under way whose answer, once it is here, is asked for again, and since when. */
const doubted = new WeakMap<Query, number>();
/** A further page that is not here by then is given up for the pages that are. */
const HUNG_MS = 30_000;

const isUnderWay = (query: Query) => query.state.fetchStatus !== 'idle';
const isFurther = (query: Query) => query.state.fetchMeta?.fetchMore !== undefined;

/**
 * Makes stale what these filters name. A first question that is under way would not be cancelled by that, and its answer, which may
 * be from before, would pass for fresh; so would that of one which no page waits for yet. Those are asked again when they are answered.
 * So is a list of which a further page is under way: that was asked for by hand, and cancelling it would undo the click.
 * Ends when all that pages wait for is answered.
 */
export function askAgain(client: QueryClient, filters: InvalidateQueryFilters = {}): Promise<unknown> {
  const now = Date.now();
  const named = client.getQueryCache().findAll(filters);
  const further = new Set(named.filter((query) => isUnderWay(query) && isFurther(query) && now - (doubted.get(query) ?? now) < HUNG_MS));
  const late = new Set(named.filter((query) => isUnderWay(query) && (query.state.data === undefined || !query.isActive() || further.has(query))));
  const asked: Promise<unknown>[] = [client.invalidateQueries({ ...filters, predicate: (query) => !further.has(query) && (filters.predicate?.(query) ?? true) })];
  const again = (query: Query) => askAgain(client, { queryKey: query.queryKey, exact: true });
  for (const query of named.filter(isUnderWay)) {
    if (late.has(query)) {
      if (doubted.has(query)) continue;
      doubted.set(query, now);
      const answered = () => {
        doubted.delete(query);
        return again(query);
      };
      // Joins the one under way; it settles when its answer stands in the cache.
      asked.push(query.fetch().then(answered, answered));
    } else {
      // Asked anew just now. A click on a further page cancels that, and brings nothing new of the pages before.
      const overtaken = () => (isFurther(query) ? again(query) : undefined);
      asked.push(query.fetch().then(overtaken, overtaken));
    }
  }
  return Promise.all(asked);
}
