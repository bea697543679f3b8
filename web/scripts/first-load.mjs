// Prints what a browser fetches to show the inbox for the first time, compressed, and fails above the promise.
import fs from 'node:fs';

const LIMIT_KB = 400;
const manifest = JSON.parse(fs.readFileSync('dist/.vite/manifest.json', 'utf8'));
const wanted = ['index.html', 'src/care/consult/inbox.tsx', 'src/i18n/zh/all.ts'];
const files = new Set();
const visit = (key) => {
  const entry = manifest[key];
  if (!entry || files.has(entry.file)) return;
  files.add(entry.file);
  for (const css of entry.css ?? []) files.add(css);
  for (const next of entry.imports ?? []) visit(next);
};
wanted.forEach(visit);
let total = 0;
for (const file of files) {
  const br = `dist/${file}.br`;
  const size = fs.statSync(fs.existsSync(br) ? br : `dist/${file}`).size;
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(8)} kB  ${file}`);
}
const missing = wanted.filter((key) => !manifest[key]);
if (missing.length) console.log(`not in the manifest: ${missing.join(', ')}`);
console.log(`first load of the inbox: ${(total / 1024).toFixed(0)} kB compressed (limit ${LIMIT_KB})`);
if (total > LIMIT_KB * 1024 || missing.length) process.exit(1);
fs.rmSync('dist/.vite', { recursive: true });
