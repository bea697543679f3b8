// The words of the web app, read from its own dictionaries, so that a test finds a button by what a person reads on it.
import fs from 'node:fs';
import path from 'node:path';

const dictionaries = path.resolve(import.meta.dirname, '../../../web/src/i18n');

/** `words('zh')('inbox.new')` → 发起会诊; `{{name}}` is filled from the second argument. */
export function words(lang) {
  const slices = new Map();
  const slice = (name) => {
    if (!slices.has(name)) {
      const text = fs.readFileSync(path.join(dictionaries, lang, `${name}.ts`), 'utf8');
      const literal = text.replace(/^\s*\/\/.*$/gm, '').replace(/^[\s\S]*?export default/, '').replace(/(\s+(as const|satisfies [^;]+))?;?\s*$/, '');
      slices.set(name, new Function(`return (${literal});`)());
    }
    return slices.get(name);
  };
  return (key, fill = {}) => {
    const [name, ...rest] = key.split('.');
    const found = rest.reduce((at, part) => at?.[part], slice(name));
    if (typeof found !== 'string') throw new Error(`no words for ${key} in ${lang}`);
    return found.replace(/\{\{(\w+)\}\}/g, (_, hole) => fill[hole] ?? `{{${hole}}}`);
  };
}
