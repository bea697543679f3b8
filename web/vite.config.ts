import { defineConfig } from 'vite';
import react from '@vitejs/plugin-react';
import { antdCss } from './scripts/antd-css.mjs';

// Where `npm run dev` finds a running server: CONSILIUM=http://127.0.0.1:PORT npm run dev
const server = process.env.CONSILIUM ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [antdCss(), react()],
  // Cornerstone's packages import Node's `events` and `url`; the trailing slash picks the npm packages.
  resolve: { alias: { events: 'events/', url: 'url/' } },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['@cornerstonejs/dicom-image-loader'], include: ['dicom-parser'] },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/api', '/events', '/dicom-web', '/whip', '/whep', '/health', '/ws'].map((path) => [path, { target: server, changeOrigin: true, ws: path === '/ws' }]),
    ),
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 6000, assetsInlineLimit: 0, manifest: true },
});
