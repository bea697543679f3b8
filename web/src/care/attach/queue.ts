// Files on their way to the server: a few at a time, with true progress, each to be cancelled and tried again.
// Lives outside React, so that a change of page loses nothing; a reload of the browser loses the files' bytes alone,
// and what had not arrived is told.
import { Problem } from '../../api/problem';
import type { Difference, FileResult, Id, PersonShown } from '../../api/types';

export interface Mismatch { upload: Id; in_file: PersonShown; in_case: PersonShown; differs: Difference[] }
export type State = 'waiting' | 'sending' | 'reading' | 'done' | 'held' | 'failed' | 'cancelled';

export interface Item {
  id: Id; key: string; name: string; size: number; sent: number; state: State;
  file: File;
  problem?: Problem; results?: FileResult[]; mismatch?: Mismatch;
}

export interface Snapshot {
  items: readonly Item[];
  /** Names of what was chosen before a reload and has not arrived. */
  missing: readonly string[];
}

/** Sent at the same time. */
const AT_ONCE = 3;
/** Names remembered over a reload. */
const REMEMBERED = 5000;
/** What discs and systems put beside images. */
const LITTER = /(^|\/)(DICOMDIR|Thumbs\.db|desktop\.ini|\.DS_Store|autorun\.inf|\._[^/]*)$/i;

interface Remembered { done: string[]; left: string[] }

export class Queue {
  private items: Item[] = [];
  private missing: string[] = [];
  private done = new Set<string>();
  private running = new Map<Id, XMLHttpRequest>();
  private listeners = new Set<() => void>();
  private shown: Snapshot = { items: [], missing: [] };
  private telling: ReturnType<typeof setTimeout> | undefined;
  private patient: Id | null = null;

  constructor(private readonly caseId: Id, private readonly arrived: () => void) {
    const before = this.recall();
    this.done = new Set(before.done);
    this.missing = before.left;
    this.shown = { items: [], missing: this.missing };
    window.addEventListener('beforeunload', (event) => {
      if (this.isBusy()) event.preventDefault();
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Snapshot => this.shown;

  isBusy(): boolean {
    return this.items.some((item) => item.state === 'waiting' || item.state === 'sending' || item.state === 'reading');
  }

  add(files: { file: File; path: string }[], patient: Id | null): void {
    this.patient = patient;
    const known = new Set(this.items.filter((item) => item.state !== 'cancelled' && item.state !== 'failed').map((item) => item.key));
    for (const { file, path } of files) {
      const key = `${path}|${file.size}|${file.lastModified}`;
      if (LITTER.test(path) || file.size === 0 || known.has(key) || this.done.has(key)) continue;
      known.add(key);
      this.items.push({ id: crypto.randomUUID(), key, name: path, size: file.size, sent: 0, state: 'waiting', file });
    }
    const chosen = new Set(this.items.map((item) => item.key));
    this.missing = this.missing.filter((key) => !chosen.has(key) && !this.done.has(key));
    this.tell();
    this.pump();
  }

  retry(id: Id): void {
    this.set(id, { state: 'waiting', sent: 0, problem: undefined });
    this.pump();
  }

  retryAll(): void {
    for (const item of this.items) if (item.state === 'failed' && item.problem?.status !== 422) this.set(item.id, { state: 'waiting', sent: 0, problem: undefined });
    this.pump();
  }

  cancel(id: Id): void {
    this.set(id, { state: 'cancelled' });
    this.running.get(id)?.abort();
    this.pump();
  }

  cancelAll(): void {
    for (const item of this.items) if (item.state === 'waiting' || item.state === 'sending') this.cancel(item.id);
  }

  /** A human has decided about these uploads. */
  decided(uploads: Set<Id>, kept: boolean): void {
    for (const item of this.items) {
      if (item.state !== 'held' || !uploads.has(item.id)) continue;
      this.set(item.id, { state: kept ? 'done' : 'cancelled', mismatch: undefined });
      if (kept) this.done.add(item.key);
    }
  }

  /** Takes away what is over. */
  clear(): void {
    this.items = this.items.filter((item) => item.state === 'waiting' || item.state === 'sending' || item.state === 'reading' || item.state === 'held');
    this.missing = [];
    this.tell();
  }

  private set(id: Id, change: Partial<Item>): void {
    this.items = this.items.map((item) => (item.id === id ? { ...item, ...change } : item));
    this.tell();
  }

  private pump(): void {
    while (this.running.size < AT_ONCE) {
      const next = this.items.find((item) => item.state === 'waiting');
      if (!next) return;
      this.send(next);
    }
  }

  private send(item: Item): void {
    const request = new XMLHttpRequest();
    this.running.set(item.id, request);
    this.set(item.id, { state: 'sending', sent: 0 });
    const name = new URLSearchParams({ name: item.name, ...(this.patient ? { patient: this.patient } : {}) });
    request.open('PUT', `/api/consults/${this.caseId}/files/${item.id}?${name}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = (event) => this.set(item.id, { sent: Math.min(event.loaded, item.size) });
    request.upload.onload = () => this.set(item.id, { state: 'reading', sent: item.size });
    request.onload = () => this.settle(item, request);
    request.onerror = () => this.end(item, { state: 'failed', problem: Problem.offline() });
    request.onabort = () => this.end(item, { state: 'cancelled' });
    request.send(item.file);
  }

  private settle(item: Item, request: XMLHttpRequest): void {
    let body: Record<string, unknown> = {};
    try { body = JSON.parse(request.responseText) as Record<string, unknown>; } catch { /* told by its status */ }
    if (request.status >= 200 && request.status < 300) {
      this.done.add(item.key);
      return this.end(item, { state: 'done', sent: item.size, results: body.files as FileResult[] });
    }
    const params = (body.params ?? {}) as Record<string, unknown>;
    const problem = new Problem(request.status, String(body.code ?? `http.${request.status}`), String(body.detail ?? ''), params);
    if (problem.code === 'attachment.patient_mismatch') {
      return this.end(item, { state: 'held', sent: item.size, mismatch: params as unknown as Mismatch, results: params.files as FileResult[] });
    }
    return this.end(item, { state: 'failed', problem });
  }

  private end(item: Item, change: Partial<Item>): void {
    this.running.delete(item.id);
    if (this.items.find((one) => one.id === item.id)?.state !== 'cancelled') this.set(item.id, change);
    if (change.state === 'done' || change.state === 'held') this.arrived();
    this.pump();
  }

  /** At most ten times a second: thousands of files report progress. */
  private tell(): void {
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      this.shown = { items: this.items, missing: this.missing };
      this.remember();
      this.listeners.forEach((listener) => listener());
    }, 100);
  }

  // sessionStorage: names of files may name patients, and must not outlive the tab.
  private remember(): void {
    const left = [...this.missing, ...this.items.filter((item) => item.state === 'waiting' || item.state === 'sending' || item.state === 'reading' || item.state === 'failed').map((item) => item.key)];
    const kept: Remembered = { done: [...this.done].slice(-REMEMBERED), left: left.slice(0, REMEMBERED) };
    try { sessionStorage.setItem(`attach/${this.caseId}`, JSON.stringify(kept)); } catch { /* then a reload forgets */ }
  }

  private recall(): Remembered {
    try {
      const kept = JSON.parse(sessionStorage.getItem(`attach/${this.caseId}`) ?? '') as Remembered;
      return { done: kept.done ?? [], left: kept.left ?? [] };
    } catch { return { done: [], left: [] }; }
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

interface Entry { isFile: boolean; isDirectory: boolean; fullPath: string }
interface FileEntry extends Entry { file(done: (file: File) => void, failed: (error: unknown) => void): void }
interface FolderEntry extends Entry { createReader(): { readEntries(done: (entries: Entry[]) => void, failed: (error: unknown) => void): void } }

/** All files of what was dropped, folders too. */
export async function dropped(data: DataTransfer): Promise<{ file: File; path: string }[]> {
  const roots = [...data.items].map((item) => item.webkitGetAsEntry() as Entry | null).filter((entry): entry is Entry => entry !== null);
  if (!roots.length) return [...data.files].map((file) => ({ file, path: file.name }));
  const found: { file: File; path: string }[] = [];
  const visit = async (entry: Entry): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((done, failed) => (entry as FileEntry).file(done, failed));
      found.push({ file, path: entry.fullPath.replace(/^\//, '') });
      return;
    }
    const reader = (entry as FolderEntry).createReader();
    for (;;) {
      const some = await new Promise<Entry[]>((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return;
      for (const one of some) await visit(one);
    }
  };
  for (const root of roots) await visit(root);
  return found;
}

export const chosen = (list: FileList | null): { file: File; path: string }[] =>
  [...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
