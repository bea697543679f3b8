// The province: every hospital where it stands, its state by shape and colour, and who talks with whom. The list says the same.
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from 'antd';
import { useNames } from '../../ui/names';
import { loadMap, type Borders } from './charts';
import { all, HOSPITAL_STATES, type HospitalNow, type HospitalState, type Overview } from './shape';
import { useChart } from './useChart';

/** ECharts' names of the shapes; the legend draws the same ones. */
const LOOKS: Record<HospitalState, { symbol: string; colour: string; grow: number; z: number; hollow?: boolean }> = {
  emergency: { symbol: 'triangle', colour: '#ff7a59', grow: 1.8, z: 12 },
  session: { symbol: 'diamond', colour: '#4da3ff', grow: 1.35, z: 9 },
  connected: { symbol: 'circle', colour: '#2bc4a0', grow: 1, z: 7 },
  quiet: { symbol: 'circle', hollow: true, colour: '#8ea3b5', grow: 0.9, z: 6 },
  'not-joined': { symbol: 'rect', hollow: true, colour: '#6d7f8f', grow: 0.72, z: 5 },
};
const SIZES: Record<string, number> = { province: 18, city: 13, county: 9 };

export default function ProvinceMap({ overview, scale, chosen, onPick }: { overview: Overview; scale: number; chosen?: string; onPick?: (id: string) => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const [borders, setBorders] = useState<Borders | null>(null);
  const [failed, setFailed] = useState(0);
  useEffect(() => {
    let here = true;
    loadMap().then((map) => { if (here) setBorders(map); }).catch(() => { if (here) setFailed((n) => n + 1); });
    return () => { here = false; };
  }, [failed === 0]); // eslint-disable-line hooks/exhaustive-deps -- asked again when the button below says so
  const option = useMemo(() => {
    if (!borders) return null;
    const english = i18n.language === 'en';
    const placed = overview.hospitals.filter((one) => one.longitude !== undefined && one.latitude !== undefined);
    const at = new Map(placed.map((one) => [one.id, [one.longitude, one.latitude]]));
    const size = (one: HospitalNow, state: HospitalState) => (SIZES[one.level] ?? 8) * LOOKS[state].grow * scale;
    const points = HOSPITAL_STATES.map((state) => ({
      id: state, type: 'scatter', coordinateSystem: 'geo', symbol: LOOKS[state].symbol, z: LOOKS[state].z, animation: false,
      itemStyle: LOOKS[state].hollow ? { color: '#0c2036', borderColor: LOOKS[state].colour, borderWidth: 1.8 * scale, opacity: 1 } : { color: LOOKS[state].colour, borderColor: '#06121f', borderWidth: 1, opacity: 1 },
      data: placed.filter((one) => one.state === state).map((one) => ({
        id: one.id, name: name(one), value: at.get(one.id), symbolSize: size(one, state),
        itemStyle: one.id === chosen ? { borderColor: '#fff', borderWidth: 2 } : undefined,
      })),
    }));
    const halo = {
      id: 'halo', type: 'scatter', coordinateSystem: 'geo', symbol: 'circle', z: 11, silent: true, animation: false, itemStyle: { color: '#ff7a59', opacity: 0.22 },
      data: placed.filter((one) => one.state === 'emergency').map((one) => ({ value: at.get(one.id), symbolSize: size(one, 'emergency') * 2.1 })),
    };
    const cities = { id: 'cities', type: 'lines', coordinateSystem: 'geo', polyline: true, silent: true, z: 2, animation: false, lineStyle: { color: '#3b6c9c', width: 1.1 * scale, opacity: 0.9 }, data: borders.rings.map((coords) => ({ coords })) };
    const labels = {
      id: 'labels', type: 'scatter', coordinateSystem: 'geo', symbolSize: 0.1, silent: true, z: 10, animation: false,
      label: { show: true, position: 'bottom', distance: 9 * scale, color: '#c4d6e6', fontSize: 11 * scale, textBorderColor: '#06121f', textBorderWidth: 3, formatter: '{b}' }, labelLayout: { hideOverlap: true },
      data: borders.cities.map((city) => ({ name: english ? city.en : city.zh, value: city.at })),
    };
    const talks = {
      id: 'talks', type: 'lines', coordinateSystem: 'geo', silent: true, z: 3, animation: false, lineStyle: { color: '#4da3ff', width: 1.8 * scale, opacity: 0.8, curveness: 0.18 },
      data: overview.links.flatMap((link) => (at.has(link.asking) && at.has(link.advising) ? [{ coords: [at.get(link.asking), at.get(link.advising)] }] : [])),
    };
    const words = (one: HospitalNow) => [
      name(one), t(`command.state.${one.state}`), all(one.waiting) ? t('command.waits', { n: all(one.waiting) }) : '', one.today ? t('command.asked_today', { n: one.today }) : '',
    ].filter(Boolean).join('\n');
    const known = new Map(placed.map((one) => [one.id, one]));
    return {
      animation: false,
      geo: { map: 'province', roam: false, aspectScale: 0.83, top: '3%', bottom: '3%', left: '3%', right: '3%', silent: true, itemStyle: { areaColor: '#0c2036', borderColor: '#163150', borderWidth: 0.6 }, emphasis: { disabled: true }, label: { show: false } },
      tooltip: {
        show: Boolean(onPick), renderMode: 'richText', backgroundColor: '#0b1a2a', borderColor: '#2a4a6a', textStyle: { color: '#e6edf3', fontSize: 13 },
        formatter: (event: { data?: { id?: string } }) => { const one = known.get(event.data?.id ?? ''); return one ? words(one) : ''; },
      },
      series: [cities, talks, halo, ...points, labels],
    };
  }, [overview, borders, scale, chosen, onPick, i18n.language, name, t]);
  const on = useChart(option as Parameters<typeof useChart>[0], onPick);
  return (
    <div className="mapframe">
      <div ref={on} className="mapcanvas" role="img" aria-label={t('command.map_label', { n: overview.hospitals.length })} />
      {failed > 0 && !borders && <p className="mapfailed" role="alert">{t('command.map_failed')} <Button onClick={() => setFailed(0)}>{t('ui.retry')}</Button></p>}
    </div>
  );
}
