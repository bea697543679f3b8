// Writes a brotli and a gzip copy beside each text asset of dist, for the server to send as they are.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const text = /\.(js|mjs|css|json|svg|webmanifest|wasm)$/;
for (const file of fs.readdirSync('dist', { recursive: true })) {
  const at = path.join('dist', String(file));
  if (!text.test(at) || !fs.statSync(at).isFile() || at.includes('.vite')) continue;
  const data = fs.readFileSync(at);
  if (data.length < 1024) continue;
  // Quality 11 costs seconds per megabyte; the big codec files gain nothing visible from it.
  const quality = data.length > 1_500_000 ? 6 : 11;
  fs.writeFileSync(at + '.br', zlib.brotliCompressSync(data, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: quality, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: data.length } }));
  fs.writeFileSync(at + '.gz', zlib.gzipSync(data, { level: 9 }));
}
