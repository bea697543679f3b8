// What an import came to, as a file to keep or to hand on: a line of the file a line, no cell a formula.
import type { TFunction } from 'i18next';
import type { ImportLine } from '../api';
import { faultWords, fieldWords } from './fault';

const guarded = (cell: string): string => {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function resultCsv(lines: ImportLine[], t: TFunction, origin: string): string {
  const head = ['table', 'line', 'comes_to', 'who', 'name', 'why', 'link'].map((key) => t(`admin.${key}`));
  const rows = lines.map((line) => {
    const faults = line.faults?.map((fault) => `${fieldWords(fault.field, t, line.table)}: ${faultWords(fault, t)} ${fault.value}`.trim()) ?? [];
    const changes = line.changes?.map((change) => `${fieldWords(change.field, t, line.table)}: ${change.before} → ${change.after}`) ?? [];
    return [t(`admin.table_of.${line.table}`), String(line.line), t(`admin.outcome.${line.outcome}`), line.key, line.name, [...faults, ...changes].join('; '), line.link ? `${origin}/welcome?token=${encodeURIComponent(line.link.token)}` : ''];
  });
  return `\uFEFF${[head, ...rows].map((row) => row.map(guarded).join(',')).join('\r\n')}\r\n`;
}
