// One event stream per browser tab: the ledger as this person may see it. Tells listeners which case changed.
import type { Act, Id } from './types';

export type LedgerAct = Act & { case?: Id; about: string[] };
type OnAct = (act: LedgerAct) => void;
export type Line = 'connecting' | 'up' | 'lost';

let source: EventSource | null = null;
let line: Line = 'connecting';
let retry: ReturnType<typeof setTimeout> | undefined;
const onActs = new Set<OnAct>();
const onLines = new Set<() => void>();
const onResync = new Set<() => void>();

function setLine(next: Line): void {
  if (line === next) return;
  line = next;
  onLines.forEach((tell) => tell());
}

export function openEvents(): void {
  if (source) return;
  clearTimeout(retry);
  source = new EventSource('/events', { withCredentials: true });
  const wasLost = line === 'lost';
  source.onopen = () => {
    const catchUp = wasLost || line === 'lost';
    setLine('up');
    if (catchUp) onResync.forEach((tell) => tell());
  };
  source.onerror = () => {
    setLine('lost');
    // A closed stream does not come back by itself (the server answered with an error): try again.
    if (source?.readyState === EventSource.CLOSED) {
      source = null;
      retry = setTimeout(openEvents, 2000);
    }
  };
  source.addEventListener('act', (event) => {
    try {
      const act = JSON.parse((event as MessageEvent<string>).data) as LedgerAct;
      onActs.forEach((tell) => tell(act));
    } catch { /* an event we cannot read changes nothing on the screen; the next fetch will */ }
  });
  source.addEventListener('resync', () => onResync.forEach((tell) => tell()));
}

export function closeEvents(): void {
  clearTimeout(retry);
  source?.close();
  source = null;
  line = 'connecting';
}

const subscribe = <T>(set: Set<T>) => (listener: T) => { set.add(listener); return () => { set.delete(listener); }; };
export const subscribeActs = subscribe(onActs);
export const subscribeLine = subscribe(onLines);
export const subscribeResync = subscribe(onResync);
export const currentLine = (): Line => line;
