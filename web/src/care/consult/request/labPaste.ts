// Reads laboratory values from what a person copies out of a spreadsheet or a laboratory screen. Pure.
import dayjs from 'dayjs';
import type { Lab } from '../../../api/types';

type Column = 'name' | 'value' | 'unit' | 'range' | 'low' | 'high' | 'time';
const TITLES: readonly [Column, RegExp][] = [
  ['name', /^(项目|项目名称|检验项目|名称|指标|中文名称|test|name|item|analyte)$/i],
  ['value', /^(结果|测定结果|检验结果|值|数值|result|value)$/i],
  ['unit', /^(单位|unit|units)$/i],
  ['range', /^(参考|参考值|参考范围|参考区间|正常值|range|reference|reference range|ref)$/i],
  ['low', /^(下限|low|lower)$/i],
  ['high', /^(上限|high|upper)$/i],
  ['time', /^(时间|日期|采样时间|采集时间|检验时间|报告时间|time|date|collected)$/i],
];
const ORDER: readonly Column[] = ['name', 'value', 'unit', 'range', 'time'];

const decimal = (text: string) => (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? text : undefined);

/** "3.5-9.5", "3.5～9.5", "<10", "≤ 10", ">40": the ends as typed. */
export function readRange(text: string): Pick<Lab, 'low' | 'high'> {
  const plain = text.normalize('NFKC').replace(/\s/g, '').replace(/^[([]|[)\]]$/g, '');
  const both = /^(-?[\d.]+)(?:-{1,2}|~|–|—|至|to)(-?[\d.]+)/i.exec(plain);
  if (both) return { low: decimal(both[1]), high: decimal(both[2]) };
  const one = /^([<>≤≥])=?([\d.]+)/.exec(plain);
  if (!one) return {};
  return one[1] === '<' || one[1] === '≤' ? { high: decimal(one[2]) } : { low: decimal(one[2]) };
}

/** "17.3↑", "17.3 H", "*6.1": the value as reported, without the laboratory's mark. */
export const readValue = (text: string): string => text.normalize('NFKC').trim().replace(/^[*＊]\s*/, '').replace(/\s*[↑↓⬆⬇]+$/u, '').replace(/(\d)\s+[HL]{1,2}$/i, '$1').trim();

export function readTime(text: string, fallback: string): string {
  const plain = text.trim().replace(/[年/.]/g, '-').replace(/月/g, '-').replace(/日/g, ' ').replace(/\s+/g, ' ').trim();
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?/.exec(plain);
  if (!match) return fallback;
  const at = dayjs(new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]), Number(match[4] ?? 8), Number(match[5] ?? 0)));
  return at.isValid() ? at.toISOString() : fallback;
}

const cells = (line: string) => (line.includes('\t') ? line.split('\t') : line.split(/ {2,}|[,，](?=\S)/)).map((cell) => cell.trim());

export interface Pasted { labs: Lab[]; skipped: string[] }

export function readLabs(text: string, time: string): Pasted {
  const lines = text.replace(/\r\n?/g, '\n').split('\n').filter((line) => line.trim());
  const first = lines.length ? cells(lines[0]).map((cell) => TITLES.find(([, title]) => title.test(cell))?.[0]) : [];
  const titled = first.includes('name') && first.includes('value');
  const columns: readonly (Column | undefined)[] = titled ? first : ORDER;
  const labs: Lab[] = [];
  const skipped: string[] = [];
  for (const line of lines.slice(titled ? 1 : 0)) {
    const row = cells(line);
    const get = (column: Column) => {
      const at = columns.indexOf(column);
      return at >= 0 ? (row[at] ?? '') : '';
    };
    const name = get('name');
    const value = readValue(get('value'));
    if (!name || !value) {
      skipped.push(line.trim());
      continue;
    }
    const ends = get('range') ? readRange(get('range')) : { low: decimal(get('low')), high: decimal(get('high')) };
    labs.push({ name, value, unit: get('unit'), ...(ends.low ? { low: ends.low } : {}), ...(ends.high ? { high: ends.high } : {}), time: readTime(get('time'), time) });
  }
  return { labs, skipped };
}
