import { describe, expect, it } from 'vitest';
import { readLabs, readRange, readTime, readValue } from './labPaste';

const now = '2026-11-21T02:00:00.000Z';

describe('laboratory values from a spreadsheet', () => {
  it('reads tab-separated rows without a title', () => {
    const { labs, skipped } = readLabs('白细胞\t17.3↑\t10^9/L\t3.5-9.5\nC反应蛋白\t213\tmg/L\t<10\n\n', now);
    expect(skipped).toEqual([]);
    expect(labs).toEqual([
      { name: '白细胞', value: '17.3', unit: '10^9/L', low: '3.5', high: '9.5', time: now },
      { name: 'C反应蛋白', value: '213', unit: 'mg/L', high: '10', time: now },
    ]);
  });

  it('follows the titles when there are some', () => {
    const { labs } = readLabs('采样时间\t检验项目\t参考区间\t结果\t单位\r\n2026-11-20 08:30\t乳酸\t0.5～1.6\t3.10\tmmol/L', now);
    expect(labs).toEqual([{ name: '乳酸', value: '3.10', unit: 'mmol/L', low: '0.5', high: '1.6', time: new Date(2026, 10, 20, 8, 30).toISOString() }]);
  });

  it('keeps words as values and says what it could not read', () => {
    const { labs, skipped } = readLabs('核酸检测\t阴性\nWBC\n', now);
    expect(labs.map((lab) => lab.value)).toEqual(['阴性']);
    expect(skipped).toEqual(['WBC']);
  });

  it('keeps digits as typed', () => expect(readLabs('pH\t7.20\t\t7.35-7.45', now).labs[0].value).toBe('7.20'));
});

it.each([
  ['3.5-9.5', { low: '3.5', high: '9.5' }],
  ['3.5—9.5', { low: '3.5', high: '9.5' }],
  ['（0～10）', { low: '0', high: '10' }],
  ['<0.05', { high: '0.05' }],
  ['≥ 60', { low: '60' }],
  ['阴性', {}],
  ['', {}],
])('range %s', (text, want) => expect(readRange(text)).toEqual(want));
it.each([['17.3 ↑', '17.3'], ['6.1 H', '6.1'], ['<0.01', '<0.01'], ['＊5.5', '5.5'], ['1:160', '1:160'], ['3+', '3+']])('value %s', (text, want) => expect(readValue(text)).toBe(want));
it.each([['2026/11/20 8:30', new Date(2026, 10, 20, 8, 30)], ['2026年11月20日', new Date(2026, 10, 20, 8, 0)], ['2026.1.2', new Date(2026, 0, 2, 8, 0)]])('time %s', (text, want) => expect(readTime(text, now)).toBe(want.toISOString()));
it('time nobody can read', () => expect(readTime('昨天', now)).toBe(now));
