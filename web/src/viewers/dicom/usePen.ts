// Drawing on one pane: a mark begun, its places moved, a mark finished. By drag, by clicks, or by keys.
import { useMemo, useRef, useState } from 'react';
import { PLACES } from './measure';
import type { Pen, Tool } from './hand';
import { DRAWING } from './hand';
import type { Chosen, Mark, MarkKind, Place } from './share';

/** A handle is hit within so many pixels; fingers are wide. */
const NEAR = 9;
const NEAR_FINGER = 24;
/** Less is a click, not a drag. */
const DRAG = 4;

export interface Desk {
  tool(): Tool;
  /** Marks of the frame that is shown. */
  marks(): Mark[];
  toPlace(x: number, y: number): Place | null;
  toPixels(place: Place): [number, number] | null;
  begin(kind: MarkKind, places: Place[]): Mark;
  /** Keeps a finished mark. */
  add(mark: Mark): void;
  /** Moves a mark; `first` at the beginning of a move, for undo. */
  edit(mark: Mark, first: boolean): void;
  choose(chosen: Chosen | null): void;
}

interface Begun { mark: Mark; from: [number, number]; open: boolean }

export function usePen(desk: Desk): { pen: Pen; begun: Mark | null; drop(): boolean } {
  const [begun, setBegun] = useState<Mark | null>(null);
  const latest = useRef(desk);
  latest.current = desk;
  const held = useMemo(() => {
    let draft: Begun | null = null;
    let grip: { mark: Mark; at: number; moved: boolean } | null = null;
    const show = (next: Begun | null) => {
      draft = next;
      setBegun(next?.mark ?? null);
    };
    const last = (mark: Mark, place: Place): Mark => ({ ...mark, places: [...mark.places.slice(0, -1), place] });
    const advance = (place: Place) => {
      if (!draft) return;
      const mark = last(draft.mark, place);
      if (mark.places.length < PLACES[mark.kind]) return show({ ...draft, mark: { ...mark, places: [...mark.places, place] }, open: true });
      latest.current.add(mark);
      return show(null);
    };
    const nearest = (x: number, y: number, reach: number) => {
      let found: { mark: Mark; at: number } | null = null;
      let best = reach;
      for (const mark of latest.current.marks()) {
        mark.places.forEach((place, at) => {
          const pixels = latest.current.toPixels(place);
          const away = pixels ? Math.hypot(pixels[0] - x, pixels[1] - y) : Infinity;
          if (away < best) [best, found] = [away, { mark, at }];
        });
      }
      return found as { mark: Mark; at: number } | null;
    };
    const pen: Pen = {
      down: (x, y, wide) => {
        const place = latest.current.toPlace(x, y);
        if (!place) return false;
        if (draft?.open) {
          advance(place);
          return true;
        }
        const hit = nearest(x, y, wide ? NEAR_FINGER : NEAR);
        if (hit) {
          grip = { ...hit, moved: false };
          latest.current.choose({ id: hit.mark.id, at: hit.at });
          return true;
        }
        latest.current.choose(null);
        const tool = latest.current.tool();
        if (!DRAWING.includes(tool)) return false;
        const kind = tool as MarkKind;
        if (kind === 'probe') {
          const mark = latest.current.begin(kind, [place]);
          latest.current.add(mark);
          grip = { mark, at: 0, moved: true };
          return true;
        }
        show({ mark: latest.current.begin(kind, [place, place]), from: [x, y], open: false });
        return true;
      },
      move: (x, y) => {
        const place = draft || grip ? latest.current.toPlace(x, y) : null;
        if (!place) return;
        if (draft) return show({ ...draft, mark: last(draft.mark, place) });
        if (!grip) return;
        const { mark, at, moved } = grip;
        const next = { ...mark, places: mark.places.map((one, index) => (index === at ? place : one)) };
        grip = { mark: next, at, moved: true };
        latest.current.edit(next, !moved);
      },
      up: (x, y) => {
        grip = null;
        if (!draft || draft.open) return;
        const place = latest.current.toPlace(x, y);
        const drag = Math.hypot(x - draft.from[0], y - draft.from[1]) >= DRAG;
        if (drag && place) advance(place);
        else show({ ...draft, open: true });
      },
      cancel: () => {
        grip = null;
        show(null);
      },
    };
    const drop = () => {
      const was = draft !== null;
      pen.cancel();
      return was;
    };
    return { pen, drop };
    // The desk is read anew each time.
  }, []);
  return { ...held, begun };
}
