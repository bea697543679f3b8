import { expect, it } from 'vitest';
import { tree } from './tree';

const site = (id: string, parent?: string) => ({ id, parent, name: id, name_en: id, level: 'county', active: true, people: 0, departments: 0, rooms: 0 });
const shape = (rows: ReturnType<typeof tree>) => rows.map(({ site: one, depth }) => `${depth}${one.id}`).join(' ');

it('puts each below the one above it', () => {
  expect(shape(tree([site('a'), site('c', 'b'), site('b', 'a'), site('d', 'a')]))).toBe('0a 1b 2c 1d');
});
it('begins with one whose parent is not ours, and shows a ring', () => {
  expect(shape(tree([site('k', 'elsewhere'), site('t', 'k')]))).toBe('0k 1t');
  expect(shape(tree([site('x', 'y'), site('y', 'x')]))).toBe('0x 0y');
});
