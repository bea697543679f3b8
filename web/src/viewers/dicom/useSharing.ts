// Joins the viewer to a room: what the leader shows is published, what a follower gets is shown.
import { useEffect, useRef, useState } from 'react';
import type { SharedPoint, SharedView, ViewShare } from './share';

export function useSharing(share: ViewShare | undefined, view: SharedView | null, take: (view: SharedView) => void): SharedPoint | null {
  const mode = share?.mode ?? 'alone';
  const [point, setPoint] = useState<SharedPoint | null>(null);
  const taken = useRef(take);
  taken.current = take;

  useEffect(() => {
    if (share && mode === 'lead' && view) share.publish(view);
  }, [share, mode, view]);
  useEffect(() => (share && mode === 'follow' ? share.subscribe((led) => taken.current(led)) : undefined), [share, mode]);
  useEffect(() => {
    if (!share || mode === 'alone') return undefined;
    const off = share.onPoint(setPoint);
    return () => { off(); setPoint(null); };
  }, [share, mode]);
  return point;
}
