// One chart in one element: made once, given its options anew, fitted to its element, and thrown away with it.
import { useEffect, useRef, type RefObject } from 'react';
import { begin, type Chart } from './charts';

type Option = Parameters<Chart['setOption']>[0];

export function useChart(option: Option | null, onPick?: (id: string) => void): RefObject<HTMLDivElement | null> {
  const at = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const pick = useRef(onPick);
  useEffect(() => { pick.current = onPick; }, [onPick]);
  useEffect(() => {
    if (!at.current) return;
    const made = begin(at.current);
    chart.current = made;
    made.on('click', (event) => {
      const { data } = event as unknown as { data?: { id?: string } };
      if (data?.id) pick.current?.(data.id);
    });
    let frame = 0;
    const fit = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => made.resize());
    });
    fit.observe(at.current);
    return () => {
      cancelAnimationFrame(frame);
      fit.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    if (option) chart.current?.setOption(option, { replaceMerge: ['series'], lazyUpdate: true });
  }, [option]);
  return at;
}
