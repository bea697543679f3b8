// Files on their way to the server: a few at a time, with true progress, each to be paused, cancelled and tried again.
// Lives outside React, so that a change of page stops nothing. A line that is lost is waited for. After a reload the
// browser no longer has the files: what had not arrived is told, and once chosen again goes on where it was.
import { gateArmed, waitAtGate } from '../../api/gate';
import type { Problem } from '../../api/problem';
import type { FileResult, Id } from '../../api/types';
import type { Picked } from './pick';
import { Rate } from './rate';
import { NAMES, recall, remember, short, type Part } from './remember';
import { PIECES_FROM, sendParts, sendWhole, type Ended, type Mismatch, type Stop } from './send';

export type State = 'waiting' | 'sending' | 'paused' | 'reading' | 'done' | 'held' | 'failed' | 'cancelled';

export interface Item {
  id: Id; key: string; name: string; size: number; sent: number; state: State; file: File;
  /** Where it goes on, for a file in pieces. */
  url?: string;
  /** The line was lost: tried again by itself. */
  lost?: boolean;
  rate?: number;
  problem?: Problem; results?: FileResult[]; mismatch?: Mismatch;
}

export interface Snapshot {
  items: readonly Item[];
  /** What was chosen before a reload and has not arrived: how many, some names, and those that go on in the middle. */
  missing: { count: number; names: readonly string[]; parts: readonly Part[] };
  rate?: number;
  paused: boolean;
}

/** Sent at the same time. */
const AT_ONCE = 4;
const TELL_MS = 100;
/** So long the page may be kept from a key while files are looked at. */
const SLICE_MS = 12;
const REMEMBER_MS = 1000;
/** Pauses after a lost line; the last one again and again. */
const AGAIN_MS = [500, 1000, 2000, 4000, 8000, 15_000];
/** What discs and systems put beside images. */
const LITTER = /(^|\/)(DICOMDIR|Thumbs\.db|desktop\.ini|\.DS_Store|autorun\.inf|\._[^/]*)$/i;

const isOpen = (state: State) => state === 'waiting' || state === 'sending' || state === 'reading' || state === 'paused';
/** What will pass: a fault of the line, a server that is not there, a disk that takes nothing for now. */
const PASSING = ['uploads.offset', 'store.full', 'store.read-only', 'store.damaged'];
const passes = (problem: Problem) => [0, 423, 502, 503, 504].includes(problem.status) || PASSING.includes(problem.code);
/** The same file, wherever it was chosen from. */
const bare = (key: string) => key.slice(key.lastIndexOf('/', key.indexOf('|')) + 1);

export class Queue {
  private items: Item[] = [];
  private at = new Map<Id, number>();
  /** Nothing before this place waits. */
  private next = 0;
  private done: Set<string>;
  private left: Set<string>;
  private missing: Snapshot['missing'];
  private running = new Map<Id, Stop>();
  private rates = new Map<Id, Rate>();
  private listeners = new Set<() => void>();
  private shown: Snapshot;
  private telling: ReturnType<typeof setTimeout> | undefined;
  private remembering: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private losses = 0;
  private paused = false;
  private total = new Rate();
  private moved = 0;
  private patient: Id | null = null;
  /** Files are being looked at. */
  private adding: Promise<void> | undefined;
  /** How often everything was cancelled: what is still being looked at then is not taken. */
  private cancels = 0;

  constructor(private readonly caseId: Id, private readonly arrived: () => void) {
    const before = recall(caseId);
    this.done = new Set(before.done);
    this.left = new Set(before.left);
    this.missing = { count: this.left.size, names: before.names, parts: before.parts };
    this.shown = { items: [], missing: this.missing, paused: false };
    window.addEventListener('beforeunload', (event) => { if (this.isBusy()) event.preventDefault(); });
    window.addEventListener('pagehide', () => this.keep());
    window.addEventListener('online', () => this.resume());
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Snapshot => this.shown;

  isBusy(): boolean { return this.adding !== undefined || this.items.some((item) => isOpen(item.state)); }

  /** Takes files in, some at a time: what comes first is on its way while the rest is still being looked at. */
  add(files: Iterable<Picked>, patient: Id | null): Promise<void> {
    const mine = this.adding ? this.adding.then(() => this.take(files, patient)) : this.take(files, patient);
    this.adding = mine;
    void mine.then(() => { if (this.adding === mine) this.adding = undefined; });
    return mine;
  }

  private async take(files: Iterable<Picked>, patient: Id | null): Promise<void> {
    this.patient = patient;
    const { cancels } = this;
    const known = new Set(this.items.filter((item) => item.state !== 'cancelled' && item.state !== 'failed').map((item) => item.key));
    const parts = new Map(this.missing.parts.map((part) => [bare(part.key), part]));
    let until = performance.now() + SLICE_MS;
    for (const { file, path } of files) {
      // Chromium asks the disk for the size of each file of a folder and lets the page wait: a millisecond for each.
      if (performance.now() > until) {
        this.tell();
        this.pump();
        await new Promise((done) => { setTimeout(done); });
        if (this.cancels !== cancels) break;
        until = performance.now() + SLICE_MS;
      }
      const key = `${path}|${file.size}|${file.lastModified}`;
      if (LITTER.test(path) || file.size === 0 || known.has(key) || this.done.has(short(key))) continue;
      known.add(key);
      const part = parts.get(bare(key));
      if (part && parts.delete(bare(key))) this.left.delete(short(part.key));
      this.left.delete(short(key));
      this.push({ id: part?.id ?? crypto.randomUUID(), key, name: path, size: file.size, sent: part?.sent ?? 0, state: 'waiting', file, url: part?.url });
    }
    this.missing = { count: this.left.size, names: this.left.size ? this.missing.names : [], parts: [...parts.values()] };
    this.tell();
    this.pump();
  }

  private push(item: Item): void {
    this.at.set(item.id, this.items.length);
    this.items.push(item);
  }

  retry(id: Id): void { this.wait(id); this.pump(); }

  retryAll(): void {
    for (const item of this.items) if (item.state === 'failed' && item.problem?.status !== 422) this.wait(item.id);
    this.pump();
  }

  pause(id: Id): void { this.stop(id, 'paused'); this.pump(); }

  pauseAll(): void {
    this.paused = true;
    for (const id of [...this.running.keys()]) this.stop(id, 'waiting');
    this.tell();
  }

  /** Goes on: with all, or with what waits for the line. */
  resume(all = false): void {
    if (all) {
      this.paused = false;
      for (const item of this.items) if (item.state === 'paused') this.wait(item.id);
    }
    clearTimeout(this.again);
    this.again = undefined;
    this.tell();
    this.pump();
  }

  cancel(id: Id): void { this.stop(id, 'cancelled'); this.pump(); }

  cancelAll(): void {
    this.cancels += 1;
    for (const item of this.items) if (isOpen(item.state) && item.state !== 'reading') this.stop(item.id, 'cancelled');
    this.paused = false;
    this.tell();
  }

  /** A human has decided about these uploads. */
  decided(uploads: Set<Id>, kept: boolean): void {
    for (const item of this.items) {
      if (item.state !== 'held' || !uploads.has(item.id)) continue;
      this.set(item.id, { state: kept ? 'done' : 'cancelled', mismatch: undefined });
      if (kept) this.done.add(short(item.key));
    }
  }

  /** Takes away what is over, and what was missed. */
  clear(): void {
    const left = this.items.filter((item) => isOpen(item.state) || item.state === 'held');
    this.items = [];
    this.at.clear();
    this.next = 0;
    left.forEach((item) => this.push(item));
    this.left.clear();
    this.missing = { count: 0, names: [], parts: [] };
    this.tell();
  }

  private set(id: Id, change: Partial<Item>): void {
    const at = this.at.get(id);
    if (at === undefined) return;
    const before = this.items[at];
    if (change.sent !== undefined && change.sent > before.sent) this.moved += change.sent - before.sent;
    this.items[at] = { ...before, ...change };
    this.tell();
  }

  private get(id: Id): Item | undefined { return this.items[this.at.get(id) ?? -1]; }

  private wait(id: Id): void {
    const item = this.get(id);
    if (!item) return;
    this.set(id, { state: 'waiting', sent: item.url ? item.sent : 0, problem: undefined, lost: undefined });
    this.next = Math.min(this.next, this.at.get(id) ?? 0);
  }

  private stop(id: Id, state: 'paused' | 'waiting' | 'cancelled'): void {
    const item = this.get(id);
    if (!item || !isOpen(item.state)) return;
    const forGood = state === 'cancelled';
    const running = this.running.get(id);
    running?.(forGood);
    if (!running && forGood && item.url) void fetch(item.url, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } }).catch(() => undefined);
    this.running.delete(id);
    this.rates.delete(id);
    this.set(id, { state, sent: item.url && !forGood ? item.sent : 0, rate: undefined, lost: undefined, ...(forGood ? { url: undefined } : {}) });
    if (state === 'waiting') this.next = Math.min(this.next, this.at.get(id) ?? 0);
  }

  private pump(): void {
    while (!this.paused && this.again === undefined && this.running.size < AT_ONCE) {
      while (this.next < this.items.length && this.items[this.next].state !== 'waiting') this.next += 1;
      if (this.next >= this.items.length) return;
      this.send(this.items[this.next]);
    }
  }

  private send(item: Item): void {
    const rate = new Rate();
    this.rates.set(item.id, rate);
    this.set(item.id, { state: 'sending', lost: undefined });
    const job = { caseId: this.caseId, id: item.id, name: item.name, file: item.file, patient: this.patient, url: item.url };
    const pieces = item.size >= PIECES_FROM || item.url !== undefined;
    const stop = (pieces ? sendParts : sendWhole)(job, {
      sent: (bytes) => {
        this.losses = 0;
        rate.mark(bytes, performance.now());
        this.set(item.id, { sent: Math.min(bytes, item.size), rate: pieces ? rate.now() : undefined });
      },
      reading: () => this.set(item.id, { state: 'reading', sent: item.size, rate: undefined }),
      part: (url) => { this.set(item.id, { url }); this.keep(); },
      ended: (how) => this.end(item.id, how),
    });
    this.running.set(item.id, stop);
  }

  private end(id: Id, how: Ended): void {
    this.running.delete(id);
    this.rates.delete(id);
    const item = this.get(id);
    if (!item) return;
    if (how.state === 'failed') {
      const { problem } = how;
      if (problem.status === 401 && gateArmed()) {
        this.stopHere(id);
        void waitAtGate().then(() => this.pump(), () => undefined);
        return;
      }
      if (passes(problem)) return this.lineLost(id);
      // A part whose time is over, or that is gone: begun anew on the next try.
      const gone = problem.code === 'uploads.expired' || (item.url !== undefined && problem.status === 404);
      this.set(id, { state: 'failed', problem, rate: undefined, ...(gone ? { url: undefined, sent: 0 } : {}) });
    } else if (how.state === 'held') {
      this.set(id, { state: 'held', sent: item.size, mismatch: how.mismatch, results: how.results, url: undefined });
    } else {
      this.done.add(short(item.key));
      this.set(id, { state: 'done', sent: item.size, results: how.results, url: undefined });
    }
    if (how.state !== 'failed') this.arrived();
    this.pump();
  }

  /** Back into the line, to be sent again; what the server has of it stays. */
  private stopHere(id: Id): void {
    const item = this.get(id);
    if (!item) return;
    this.set(id, { state: 'waiting', rate: undefined, sent: item.url ? item.sent : 0 });
    this.next = Math.min(this.next, this.at.get(id) ?? 0);
  }

  private lineLost(id: Id): void {
    this.stopHere(id);
    this.set(id, { lost: true });
    this.total.clear();
    if (this.again !== undefined) return;
    const pause = AGAIN_MS[Math.min(this.losses, AGAIN_MS.length - 1)];
    this.losses += 1;
    this.again = setTimeout(() => this.resume(), pause);
  }

  /** At most ten times a second: tens of thousands of files report progress. */
  private tell(): void {
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      this.total.mark(this.moved, performance.now());
      this.shown = { items: this.items.slice(), missing: this.missing, rate: this.running.size ? this.total.now() : undefined, paused: this.paused };
      this.remembering ??= setTimeout(() => this.keep(), REMEMBER_MS);
      this.listeners.forEach((listener) => listener());
    }, TELL_MS);
  }

  private keep(): void {
    clearTimeout(this.remembering);
    this.remembering = undefined;
    const left = this.items.filter((item) => isOpen(item.state) || item.state === 'failed');
    const parts = left.flatMap(({ key, id, name, size, sent, url }): Part[] => (url ? [{ key, id, name, size, sent, url }] : []));
    remember(this.caseId, {
      done: [...this.done],
      left: [...this.left, ...left.map((item) => short(item.key))],
      names: [...this.missing.names, ...left.slice(0, NAMES).map((item) => item.name)].slice(0, NAMES),
      parts: [...this.missing.parts, ...parts],
    });
  }
}

const queues = new Map<Id, Queue>();

export function queueOf(caseId: Id, arrived: () => void): Queue {
  let queue = queues.get(caseId);
  if (!queue) {
    queue = new Queue(caseId, arrived);
    queues.set(caseId, queue);
  }
  return queue;
}
