// A draft that loses nothing: kept on this computer with every keystroke, on the server every 1.5 seconds; the local copy goes
// when the server has it. Another editor's change is never overwritten unasked.
import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import type { Draft, Id, Instant } from '../../api/types';
import { forgetLocal, keepLocal, readLocal } from './local';

const SAVE_EVERY_MS = 1500;
const RETRY_MS = 3000;

export type Saving = 'saved' | 'dirty' | 'saving' | 'offline' | 'failed' | 'conflict';
export interface Conflict<Body> { theirs: Draft<Body> }

export interface DraftHold<Body> {
  body: Body;
  set: (change: (now: Body) => Body) => void;
  saving: Saving;
  saved_at: Instant | null;
  conflict: Conflict<Body> | null;
  /** Ends a conflict: mine goes over theirs, or theirs over mine. */
  settle: (keep: 'mine' | 'theirs') => void;
  /** Saves what is not saved yet and says under which revision; throws what the server said. */
  flush: () => Promise<number>;
  forget: () => void;
}

/** `opened` is the server's copy as it was when the page opened. */
export function useDraft<Body>(kind: string, opened: Draft<Body>, person: Id): DraftHold<Body> {
  const id = opened.id;
  const [start] = useState(() => {
    const local = readLocal<Body>(kind, id, person);
    if (!local) return { body: opened.body, dirty: false, clash: false };
    // The server went on since (another computer, another tab): a human decides.
    if (local.revision < opened.revision && JSON.stringify(local.body) !== JSON.stringify(opened.body)) return { body: local.body, dirty: true, clash: true };
    return { body: local.body, dirty: JSON.stringify(local.body) !== JSON.stringify(opened.body), clash: false };
  });
  const [body, setBody] = useState(start.body);
  const [saving, setSaving] = useState<Saving>(start.clash ? 'conflict' : start.dirty ? 'dirty' : 'saved');
  const [savedAt, setSavedAt] = useState<Instant | null>(opened.saved_at);
  const [conflict, setConflict] = useState<Conflict<Body> | null>(start.clash ? { theirs: opened } : null);
  const state = useRef({ body: start.body, revision: opened.revision, dirty: start.dirty, halted: start.clash, running: null as Promise<number> | null, timer: undefined as ReturnType<typeof setTimeout> | undefined, gone: false });

  const save = useCallback((): Promise<number> => {
    const now = state.current;
    if (now.running) return now.running.then(() => (now.dirty ? save() : now.revision));
    if (!now.dirty || now.gone) return Promise.resolve(now.revision);
    clearTimeout(now.timer);
    now.timer = undefined;
    const sent = now.body;
    now.dirty = false;
    setSaving('saving');
    now.running = api.put<{ revision: number; saved_at: Instant }>(`/api/drafts/${kind}/${id}`, { revision: now.revision, body: sent })
      .then((kept) => {
        now.revision = kept.revision;
        setSavedAt(kept.saved_at);
        if (now.body === sent) {
          forgetLocal(kind, id);
          setSaving('saved');
        } else setSaving('dirty');
        return kept.revision;
      })
      .catch(async (error: unknown) => {
        now.dirty = true;
        if (isProblem(error, 'draft.conflict')) {
          now.halted = true;
          setSaving('conflict');
          setConflict({ theirs: await api.get<Draft<Body>>(`/api/drafts/${kind}/${id}`) });
        } else {
          const passing = isProblem(error) && (error.status === 0 || error.status >= 500 || error.status === 429);
          setSaving(passing ? 'offline' : 'failed');
          if (passing) now.timer = setTimeout(() => void save().catch(() => undefined), RETRY_MS);
        }
        throw error;
      })
      .finally(() => { now.running = null; });
    return now.running;
  }, [kind, id]);

  const schedule = useCallback(() => {
    const now = state.current;
    if (now.timer || now.halted || now.gone) return;
    now.timer = setTimeout(() => {
      now.timer = undefined;
      void save().catch(() => undefined);
    }, SAVE_EVERY_MS);
  }, [save]);

  const set = useCallback((change: (now: Body) => Body) => {
    const now = state.current;
    const next = change(now.body);
    if (next === now.body) return;
    now.body = next;
    now.dirty = true;
    keepLocal(kind, id, { revision: now.revision, at: new Date().toISOString(), person, body: next });
    setBody(next);
    setSaving((before) => (before === 'conflict' || before === 'offline' ? before : 'dirty'));
    schedule();
  }, [kind, id, person, schedule]);

  const settle = useCallback((keep: 'mine' | 'theirs') => {
    const now = state.current;
    if (!conflict) return;
    now.halted = false;
    now.revision = conflict.theirs.revision;
    setConflict(null);
    if (keep === 'theirs') {
      now.body = conflict.theirs.body;
      now.dirty = false;
      forgetLocal(kind, id);
      setBody(now.body);
      setSavedAt(conflict.theirs.saved_at);
      setSaving('saved');
    } else {
      now.dirty = true;
      void save().catch(() => undefined);
    }
  }, [conflict, kind, id, save]);

  useEffect(() => {
    const now = state.current;
    now.gone = false;
    if (now.dirty) schedule();
    const online = () => now.dirty && !now.halted && void save().catch(() => undefined);
    const hidden = () => document.visibilityState === 'hidden' && online();
    window.addEventListener('online', online);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      window.removeEventListener('online', online);
      document.removeEventListener('visibilitychange', hidden);
      clearTimeout(now.timer);
      now.timer = undefined;
      if (now.dirty && !now.halted) void save().catch(() => undefined);
    };
  }, [save, schedule]);

  const forget = useCallback(() => {
    state.current.gone = true;
    state.current.dirty = false;
    clearTimeout(state.current.timer);
    forgetLocal(kind, id);
  }, [kind, id]);

  return { body, set, saving, saved_at: savedAt, conflict, settle, flush: save, forget };
}
