// A small line of one test over time. Its words stand in the table beside it, so it is hidden from readers of the page.
export function Sparkline({ points, flag }: { points: { at_ms: number; value: number }[]; flag?: string }) {
  if (points.length < 2) return null;
  const width = 64;
  const height = 20;
  const pad = 3;
  const times = points.map((point) => point.at_ms);
  const values = points.map((point) => point.value);
  const t0 = Math.min(...times);
  const v0 = Math.min(...values);
  const dt = Math.max(...times) - t0 || 1;
  const dv = Math.max(...values) - v0 || 1;
  const at = points.map((point) => [pad + ((point.at_ms - t0) / dt) * (width - 2 * pad), height - pad - ((point.value - v0) / dv) * (height - 2 * pad)] as const);
  const [x, y] = at[at.length - 1];
  return (
    <svg className={`spark ${flag ?? ''}`} viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden>
      <polyline points={at.map((point) => point.join(',')).join(' ')} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
      <circle cx={x} cy={y} r="2.2" fill="currentColor" />
    </svg>
  );
}
