// Three of the daily series for the wall, large and without a key to press: confirmed, consulted, severe.
import { useMemo } from 'react';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useChart } from '../centre/useChart';
import type { Daily } from './daily';

const WALL = { confirmed: '#f0b429', consulted: '#4da3ff', severe: '#ff9a7d' } as const;
type Shown = keyof typeof WALL;
const SHOWN = Object.keys(WALL) as Shown[];

export default function WallSeries({ daily, scale }: { daily: Daily; scale: number }) {
  const { t } = useTranslation();
  const option = useMemo(() => ({
    animation: false,
    grid: { top: 10 * scale, left: 4, right: 8 * scale, bottom: 2, containLabel: true },
    xAxis: { type: 'category', data: daily.series[0]?.days.map((day) => dayjs(day.date).format('MM-DD')) ?? [], axisLabel: { color: '#9aa8b5', fontSize: 11 * scale, hideOverlap: true }, axisLine: { lineStyle: { color: '#2a3b4d' } }, axisTick: { show: false } },
    yAxis: { type: 'value', minInterval: 1, splitNumber: 3, axisLabel: { color: '#9aa8b5', fontSize: 11 * scale }, splitLine: { lineStyle: { color: '#16293c' } } },
    series: SHOWN.map((code) => {
      const data = daily.series.find((line) => line.code === code)?.days.map((day) => day.value) ?? [];
      const common = { id: code, name: t(`outbreak.series.${code}`), data, itemStyle: { color: WALL[code] } };
      return code === 'consulted' ? { ...common, type: 'bar', itemStyle: { color: '#1f4f80' } } : { ...common, type: 'line', symbol: code === 'severe' ? 'triangle' : 'circle', symbolSize: 5 * scale, lineStyle: { color: WALL[code], width: 2 * scale, type: code === 'severe' ? 'dashed' : 'solid' } };
    }),
  }), [daily, scale, t]);
  const on = useChart(option as Parameters<typeof useChart>[0]);
  const today = (code: Shown) => daily.series.find((line) => line.code === code)?.days.at(-1)?.value ?? 0;
  return (
    <>
      <ul className="wallkey">{SHOWN.map((code) => <li key={code}><i aria-hidden style={{ color: WALL[code] }}>{code === 'consulted' ? '■' : code === 'severe' ? '▲' : '●'}</i>{t(`outbreak.series_short.${code}`)} <b>{today(code)}</b></li>)}</ul>
      <div ref={on} className="wallseries" role="img" aria-label={t('outbreak.chart_label', { from: daily.from, to: daily.to })} />
    </>
  );
}
