// Both languages say the same things, and every literal key in the source has words.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { words as zh } from './zh/all';
import { words as en } from './en/all';

function keys(tree: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (value && typeof value === 'object' && !Array.isArray(value) ? keys(value as Record<string, unknown>, `${prefix}${key}.`) : [`${prefix}${key}`]));
}
const has = (tree: Record<string, unknown>, key: string): boolean => {
  let at: unknown = tree;
  for (const part of key.split('.')) at = at && typeof at === 'object' ? (at as Record<string, unknown>)[part] : undefined;
  return at !== undefined;
};
const holes = (text: unknown) => (typeof text === 'string' ? [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort().join() : '');
const get = (tree: Record<string, unknown>, key: string) => key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], tree);

it('has the same keys in both languages', () => expect(keys(en).sort()).toEqual(keys(zh).sort()));
it('fills the same holes in both languages', () => expect(keys(zh).filter((key) => holes(get(zh, key)) !== holes(get(en, key)))).toEqual([]));
it('has words for every key written in the source', () => {
  const root = path.resolve(import.meta.dirname, '..');
  const missing: string[] = [];
  for (const entry of fs.readdirSync(root, { recursive: true })) {
    const at = path.join(root, String(entry));
    if (!/\.tsx?$/.test(at) || at.includes('/i18n/') || at.endsWith('.test.ts')) continue;
    for (const match of fs.readFileSync(at, 'utf8').matchAll(/\bt\('([a-z_]+\.[\w.-]+)'/g)) if (!has(zh, match[1])) missing.push(`${String(entry)}: ${match[1]}`);
  }
  expect(missing).toEqual([]);
});
