// The last 24 hours: cases handed in and opinions signed. The numbers stand in words for those who hear them.
import { useMemo } from 'react';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { Hour } from './shape';
import { useChart } from './useChart';

export default function Trend({ hours, scale }: { hours: Hour[]; scale: number }) {
  const { t } = useTranslation();
  const option = useMemo(() => ({
    animation: false,
    grid: { top: 12 * scale, left: 4, right: 10 * scale, bottom: 2, containLabel: true },
    tooltip: { trigger: 'axis', renderMode: 'richText', backgroundColor: '#0b1a2a', borderColor: '#2a4a6a', textStyle: { color: '#e6edf3' } },
    xAxis: { type: 'category', boundaryGap: false, data: hours.map((one) => dayjs(one.from).format('HH:mm')), axisLabel: { color: '#9aa8b5', interval: 5, fontSize: 11 * scale }, axisLine: { lineStyle: { color: '#2a3b4d' } }, axisTick: { show: false } },
    yAxis: { type: 'value', minInterval: 1, axisLabel: { color: '#9aa8b5', fontSize: 11 * scale }, splitLine: { lineStyle: { color: '#16293c' } } },
    series: [
      { id: 'asked', name: t('command.asked'), type: 'line', step: false, showSymbol: false, data: hours.map((one) => one.asked), lineStyle: { color: '#f0b429', width: 2 * scale, type: 'dashed' }, itemStyle: { color: '#f0b429' } },
      { id: 'signed', name: t('command.signed'), type: 'line', showSymbol: false, data: hours.map((one) => one.signed), lineStyle: { color: '#4da3ff', width: 2 * scale }, itemStyle: { color: '#4da3ff' }, areaStyle: { color: '#4da3ff', opacity: 0.14 } },
    ],
  }), [hours, scale, t]);
  const on = useChart(option as Parameters<typeof useChart>[0]);
  const sum = (of: (one: Hour) => number) => hours.reduce((all, one) => all + of(one), 0);
  return <div ref={on} className="trendcanvas" role="img" aria-label={t('command.trend_label', { asked: sum((one) => one.asked), signed: sum((one) => one.signed) })} />;
}
