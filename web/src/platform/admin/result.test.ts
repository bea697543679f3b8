import { expect, it } from 'vitest';
import type { TFunction } from 'i18next';
import { resultCsv } from './result';

const t = ((key: string) => key) as unknown as TFunction;

it('says each line, quotes what must be quoted, and writes no formula', () => {
  const text = resultCsv([
    { table: 'people', line: 2, outcome: 'new', key: 'a', name: '=1+1', link: { id: 'p', account: 'a', token: 'p.x', until: '' } },
    { table: 'people', line: 3, outcome: 'bad', key: '-b', name: 'x,"y"', faults: [{ field: 'name', code: 'missing', value: '' }] },
  ], t, 'https://h');
  const rows = text.slice(1).trimEnd().split('\r\n');
  expect(text.startsWith('\uFEFF')).toBe(true);
  expect(rows[1]).toBe("admin.table_of.people,2,admin.outcome.new,a,'=1+1,,https://h/welcome?token=p.x");
  expect(rows[2]).toBe(`admin.table_of.people,3,admin.outcome.bad,'-b,"x,""y""",admin.field.person_name: admin.fault.missing,`);
});
