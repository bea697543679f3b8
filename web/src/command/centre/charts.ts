// The only file that knows ECharts: it is fetched with the first chart, never before.
import { BarChart, LineChart, LinesChart, ScatterChart } from 'echarts/charts';
import { GeoComponent, GridComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import divisions from '../map/divisions.json?url';
import cities from '../map/cities.json?url';

echarts.use([BarChart, LineChart, LinesChart, ScatterChart, GeoComponent, GridComponent, TooltipComponent, CanvasRenderer]);

export type Chart = echarts.ECharts;
/** A wall that is zoomed has more dots than its window says. */
const dots = (on: HTMLElement): number => window.devicePixelRatio * ((on as { currentCSSZoom?: number }).currentCSSZoom ?? 1);
export const begin = (on: HTMLElement): Chart => echarts.init(on, undefined, { renderer: 'canvas', devicePixelRatio: dots(on) });

interface Feature { properties: { name: string; zh: string; en?: string; cp?: [number, number] }; geometry: { type: string; coordinates: number[][][] | number[][][][] } }
interface Geo { type: string; features: Feature[] }
export interface City { zh: string; en: string; at: [number, number] }
export interface Borders { cities: City[]; rings: [number, number][][] }

let borders: Promise<Borders> | undefined;

/** The province, registered once as the map `province`; the borders of its cities are drawn over it. */
export function loadMap(): Promise<Borders> {
  borders ??= Promise.all([divisions, cities].map((url) => fetch(url).then((answer) => {
    if (!answer.ok) throw new Error(`the map: ${answer.status}`);
    return answer.json() as Promise<Geo>;
  }))).then(([small, large]) => {
    echarts.registerMap('province', small as unknown as Parameters<typeof echarts.registerMap>[1]);
    const rings = large.features.flatMap(({ geometry }) => (geometry.type === 'Polygon' ? [geometry.coordinates as number[][][]] : geometry.coordinates as number[][][][])).flatMap((polygon) => polygon.map((ring) => ring as [number, number][]));
    const named = large.features.flatMap(({ properties: { zh, en, cp } }) => (cp ? [{ zh, en: en ?? zh, at: cp }] : []));
    return { cities: named, rings };
  }).catch((error: unknown) => {
    borders = undefined;
    throw error;
  });
  return borders;
}
