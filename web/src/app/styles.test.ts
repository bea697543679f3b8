// Sheets come with their pages and stay when the page goes: a word that one slice styles must not be another slice's too.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
/** Small words that mean the same wherever they stand, and parts of the record that are shown in other places as well. */
const SHARED = new Set(['panel', 'none', 'chip', 'more', 'good', 'growing', 'card', 'patientcard', 'labs', 'vs', 'v']);

const sheets = fs.readdirSync(root, { recursive: true }).map(String).filter((file) => file.endsWith('.css') && !file.startsWith('app'));
const slice = (file: string) => path.dirname(file).split(path.sep).slice(0, 2).join('/');

/** The classes a sheet speaks of, and those it styles wherever they stand: nothing before them says whose they are. */
function words(file: string) {
  const text = fs.readFileSync(path.join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const all = new Set<string>(), everywhere = new Set<string>();
  for (const [, selectors] of text.matchAll(/([^{}]+)\{/g)) {
    if (selectors.trim().startsWith('@')) continue;
    for (const selector of selectors.split(',')) {
      for (const [, name] of selector.matchAll(/\.([a-z][\w-]*)/g)) all.add(name);
      const alone = /^(?:html\S* )?\.([a-z][\w-]*)(?::[\w-]+|\[[^\]]*\])*$/.exec(selector.trim());
      if (alone) everywhere.add(alone[1]);
    }
  }
  return { file, all, everywhere };
}

it('no slice styles the words of another', () => {
  const known = sheets.map(words);
  const clashes = known.flatMap((one) => known.flatMap((other) => (slice(one.file) === slice(other.file) ? [] : [...one.everywhere].filter((name) => other.all.has(name) && !SHARED.has(name)).map((name) => `.${name} of ${one.file} reaches ${other.file}`))));
  expect(clashes).toEqual([]);
});
