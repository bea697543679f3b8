// Builds the page of the comparison out of the viewer's own files, with the web app's own bundler.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';

const web = path.resolve(import.meta.dirname, '../../../web');

export async function bundle(outDir) {
  const { build } = await import(pathToFileURL(createRequire(path.join(web, 'package.json')).resolve('vite')).href);
  await build({
    configFile: false, root: import.meta.dirname, base: '/pixels/', logLevel: 'error',
    resolve: { alias: { events: 'events/', url: 'url/', '@cornerstonejs/core': path.join(web, 'node_modules/@cornerstonejs/core') } },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', minify: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 20_000, rolldownOptions: { input: path.join(import.meta.dirname, 'index.html') } },
  });
}
