import { defineConfig, type ProxyOptions } from 'vite';
import react from '@vitejs/plugin-react';
import { antdCss } from './scripts/antd-css.mjs';

// Where `npm run dev` and `npm run preview` find a running server: CONSILIUM=http://127.0.0.1:PORT npm run dev
const server = process.env.CONSILIUM ?? 'http://127.0.0.1:8080';

/** Hands a request on as if the page had come from the server itself: it refuses what another origin asks. */
const proxied = (ws: boolean): ProxyOptions => ({
  target: server,
  changeOrigin: true,
  ws,
  configure: (proxy) => {
    proxy.on('proxyReq', (request) => request.getHeader('origin') && request.setHeader('origin', server));
    proxy.on('proxyReqWs', (request) => request.setHeader('origin', server));
  },
});
const proxy = Object.fromEntries(['/api', '/events', '/dicom-web', '/whip', '/whep', '/health', '/ws'].map((path) => [path, proxied(path === '/ws')]));

export default defineConfig({
  plugins: [antdCss(), react()],
  // Cornerstone's packages import Node's `events` and `url`; the trailing slash picks the npm packages.
  resolve: { alias: { events: 'events/', url: 'url/' } },
  worker: { format: 'es' },
  optimizeDeps: {
    exclude: ['@cornerstonejs/dicom-image-loader'],
    include: [
      'dicom-parser',
      // What its decoders are made of is CommonJS, which the development server hands out only once it is bundled.
      ...['codec-charls/decodewasmjs', 'codec-libjpeg-turbo-8bit/decodewasmjs', 'codec-libjxl/decodewasmjs', 'codec-openjpeg/decodewasmjs', 'codec-openjph/wasmjs'].map((codec) => `@cornerstonejs/dicom-image-loader > @cornerstonejs/${codec}`),
    ],
  },
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy },
  build: { target: 'es2022', chunkSizeWarningLimit: 6000, assetsInlineLimit: 0, manifest: true, rollupOptions: { input: ['index.html', 'phone.html'] } },
});
