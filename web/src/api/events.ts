// One event stream per browser, however many pages are open: the page that holds the lock listens and tells the others.
// When it closes, the next one takes over. A stream goes on after the number of the last act heard, or after the number that the
// first answer named: whatever was asked, was asked later, so nothing needs to be asked twice when the stream opens.
import type { Act, Id } from './types';

export type LedgerAct = Act & { case?: Id; about: string[] };
export type Line = 'connecting' | 'up' | 'lost';
/** Whether the server's disk takes what is written; while it does not, everything can be read and nothing saved. */
export type Disk = 'takes' | 'full' | 'read-only' | 'damaged';
type Told = { kind: 'act'; act: LedgerAct } | { kind: 'disk'; disk: Disk } | { kind: 'figures' } | { kind: 'resync' } | { kind: 'line'; line: Line } | { kind: 'who' };

const RETRY_MS = 2000;
let line: Line = 'connecting';
let disk: Disk = 'takes';
let source: EventSource | null = null;
let channel: BroadcastChannel | null = null;
let stop: AbortController | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let leading = false;
/** All acts up to this number have been heard, or happened before anything was asked. */
let heard: number | null = null;

const listeners = <T>() => {
  const set = new Set<T>();
  return { set, subscribe: (listener: T) => { set.add(listener); return () => { set.delete(listener); }; } };
};
const acts = listeners<(act: LedgerAct) => void>();
const lines = listeners<() => void>();
const disks = listeners<() => void>();
const figures = listeners<() => void>();
const resyncs = listeners<() => void>();

function hear(told: Told): void {
  if (told.kind === 'act') {
    heard = Math.max(heard ?? 0, told.act.number);
    acts.set.forEach((tell) => tell(told.act));
  }
  if (told.kind === 'figures') figures.set.forEach((tell) => tell());
  if (told.kind === 'resync') resyncs.set.forEach((tell) => tell());
  if (told.kind === 'line' && line !== told.line) {
    line = told.line;
    lines.set.forEach((tell) => tell());
  }
  if (told.kind === 'disk' && disk !== told.disk) {
    disk = told.disk;
    disks.set.forEach((tell) => tell());
  }
}

function tellAll(told: Told): void {
  hear(told);
  channel?.postMessage(told);
}

function listen(): void {
  clearTimeout(retry);
  const after = heard;
  const stream = new EventSource(after === null ? '/events' : `/events?after=${after}`);
  source = stream;
  stream.onopen = () => {
    tellAll({ kind: 'line', line: 'up' });
    // Told at once again if it is otherwise.
    tellAll({ kind: 'disk', disk: 'takes' });
    // Without a number, what happened between a question sent before this moment and the stream's opening was told to nobody.
    if (after === null) tellAll({ kind: 'resync' });
  };
  stream.onerror = () => {
    tellAll({ kind: 'line', line: 'lost' });
    // A stream that the server ended with an error does not come back by itself.
    if (stream.readyState === EventSource.CLOSED && source === stream) {
      source = null;
      retry = setTimeout(() => leading && listen(), RETRY_MS);
    }
  };
  stream.addEventListener('act', (event) => {
    try {
      tellAll({ kind: 'act', act: JSON.parse((event as MessageEvent<string>).data) as LedgerAct });
    } catch { /* what we cannot read changes nothing on the screen; the next fetch will */ }
  });
  stream.addEventListener('disk', (event) => {
    try {
      tellAll({ kind: 'disk', disk: (JSON.parse((event as MessageEvent<string>).data) as { disk: Disk }).disk });
    } catch { /* as above */ }
  });
  stream.addEventListener('figures', () => tellAll({ kind: 'figures' }));
  stream.addEventListener('resync', () => tellAll({ kind: 'resync' }));
}

/** Whatever is asked from now on is asked after this entry of the ledger. */
export function startAfter(number: number): void {
  heard ??= number;
}

export function openEvents(): void {
  if (leading && !source) return listen();
  if (stop) return;
  stop = new AbortController();
  const { signal } = stop;
  const lead = () => new Promise<void>((resolve) => {
    leading = true;
    listen();
    signal.addEventListener('abort', () => resolve());
  });
  if (!('locks' in navigator) || !('BroadcastChannel' in window)) return void lead();
  channel = new BroadcastChannel('consilium-events');
  channel.onmessage = (event: MessageEvent<Told>) => {
    if (event.data.kind === 'who') {
      if (!leading) return;
      channel?.postMessage({ kind: 'line', line } satisfies Told);
      channel?.postMessage({ kind: 'disk', disk } satisfies Told);
    } else hear(event.data);
  };
  channel.postMessage({ kind: 'who' } satisfies Told);
  navigator.locks.request('consilium-events', { signal }, lead).catch(() => undefined);
}

export function closeEvents(): void {
  clearTimeout(retry);
  stop?.abort();
  stop = null;
  source?.close();
  source = null;
  channel?.close();
  channel = null;
  leading = false;
  line = 'connecting';
  disk = 'takes';
  heard = null;
}

export const subscribeActs = acts.subscribe;
/** Whoever sees the network's figures hears that they may have changed. */
export const subscribeFigures = figures.subscribe;
export const subscribeLine = lines.subscribe;
export const subscribeDisk = disks.subscribe;
export const subscribeResync = resyncs.subscribe;
/** Of several pages one listens, and one makes a sound. */
export const isLeading = (): boolean => leading;
export const currentLine = (): Line => line;
export const currentDisk = (): Disk => disk;
