// The state of the viewer: what is shown, and the steps that change it. Undo is of measurements alone.
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Chosen, Mark, PaneView, SharedView } from './share';
import { scroll as scrolled, type Stacks, MARKS_MAX } from './view';

const UNDO_MAX = 60;

export function useView(stackOf: Stacks) {
  const [view, setView] = useState<SharedView | null>(null);
  const [chosen, choose] = useState<Chosen | null>(null);
  const before = useRef<Mark[][]>([]);
  const [undoable, setUndoable] = useState(0);
  const stacks = useRef(stackOf);
  stacks.current = stackOf;

  const update = useCallback((edit: (view: SharedView) => SharedView) => setView((now) => (now ? edit(now) : now)), []);
  const change = useCallback((at: number, edit: (pane: PaneView) => PaneView) => {
    update((now) => ({ ...now, panes: now.panes.map((pane, index) => (index === at ? edit(pane) : pane)) }));
  }, [update]);
  const scroll = useCallback((from: number, slices: number) => {
    update((now) => scrolled(now, from, now.panes[from].index + slices, stacks.current));
  }, [update]);
  const marks = useMemo(() => view?.marks ?? [], [view]);
  const remember = useCallback(() => {
    before.current = [...before.current, marks].slice(-UNDO_MAX);
    setUndoable(before.current.length);
  }, [marks]);
  const setMarks = useCallback((edit: (marks: Mark[]) => Mark[], first = true) => {
    if (first) remember();
    update((now) => ({ ...now, marks: edit(now.marks).slice(-MARKS_MAX) }));
  }, [remember, update]);
  const undo = useCallback(() => {
    const last = before.current.pop();
    if (!last) return;
    setUndoable(before.current.length);
    choose(null);
    update((now) => ({ ...now, marks: last }));
  }, [update]);
  return { view, setView, update, change, scroll, setMarks, undo, undoable: undoable > 0, chosen, choose };
}
