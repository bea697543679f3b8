// The five daily series over one axis of days; connected hospitals stand above, on a scale of their own. The table says the same.
import { useMemo } from 'react';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useChart } from '../centre/useChart';
import { type Daily, drawn, LOOK, SERIES, type Series } from './daily';

export default function DailyChart({ daily, as, onPick }: { daily: Daily; as: 'known' | 'published'; onPick?: (series: Series, day: string) => void }) {
  const { t } = useTranslation();
  const option = useMemo(() => {
    const dates = daily.series[0]?.days.map((day) => dayjs(day.date).format('MM-DD')) ?? [];
    const axis = (gridIndex: number, labels: boolean) => ({ type: 'category', gridIndex, data: dates, axisLabel: { show: labels, color: '#55626f', hideOverlap: true }, axisLine: { lineStyle: { color: '#b6c0ca' } }, axisTick: { show: false } });
    const scale = (gridIndex: number, name: string) => ({ type: 'value', gridIndex, name, nameTextStyle: { color: '#55626f', align: 'left' }, nameGap: 10, minInterval: 1, splitNumber: gridIndex === 0 ? 2 : 4, axisLabel: { color: '#55626f' }, splitLine: { lineStyle: { color: '#e7ebef' } } });
    const line = (code: Series) => {
      const { color, symbol } = LOOK[code];
      const data = daily.series.find((one) => one.code === code)?.days.map((day) => ({ value: drawn(day, as), id: `${code}|${day.date}` })) ?? [];
      const at = code === 'connected' ? 0 : 1;
      const common = { id: code, name: t(`outbreak.series.${code}`), xAxisIndex: at, yAxisIndex: at, data, itemStyle: { color } };
      return code === 'consulted'
        ? { ...common, type: 'bar', barMaxWidth: 18, itemStyle: { color: '#9cc3e8', borderColor: color } }
        : { ...common, type: 'line', step: code === 'connected' ? 'middle' : false, symbol, symbolSize: 8, showSymbol: code !== 'connected', lineStyle: { color, width: 2, type: code === 'severe' ? 'dashed' : 'solid' } };
    };
    return {
      animation: false,
      grid: [{ top: 24, left: 44, right: 12, height: 50 }, { top: 112, left: 44, right: 12, bottom: 26 }],
      tooltip: { trigger: 'axis', renderMode: 'richText' },
      xAxis: [axis(0, false), axis(1, true)],
      yAxis: [scale(0, t('outbreak.axis_hospitals')), scale(1, t('outbreak.axis_cases'))],
      series: SERIES.map(line),
    };
  }, [daily, as, t]);
  const on = useChart(option as Parameters<typeof useChart>[0], onPick && ((id) => { const [series, day] = id.split('|'); onPick(series as Series, day); }));
  return <div ref={on} className="dailycanvas" role="img" aria-label={t('outbreak.chart_label', { from: daily.from, to: daily.to })} />;
}
