// A person at a computer of their own: one Chromium, one profile, one fake camera and microphone.
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { fakeDevices } from './coded.mjs';

export const chromiumPath = process.env.E2E_CHROMIUM ?? '/usr/bin/chromium';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-dev-shm-usage', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required', '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding', '--force-prefers-reduced-motion',
];

/**
 * Starts a browser for one person; `seed` fixes what camera and microphone give, `through` is a program that runs
 * it elsewhere, and `busy` makes the picture cost as much as a face.
 */
export async function open(folder, name, seed, { lang = 'zh-CN', width = 1440, height = 900, touch = false, through, flags = [], busy, zone = 'Asia/Shanghai' } = {}) {
  const profile = path.join(folder, `profile-${name}`);
  fs.mkdirSync(profile, { recursive: true });
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: through ?? chromiumPath,
    headless: true,
    args: [...FLAGS, ...flags, ...fakeDevices(folder, seed, busy)],
    ignoreDefaultArgs: ['--mute-audio'],
    locale: lang,
    timezoneId: zone,
    viewport: { width, height },
    hasTouch: touch,
    acceptDownloads: true,
    timeout: 180_000,
    ignoreHTTPSErrors: true,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(60_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${name}: ${message.text()} ${message.location().url}`);
  });
  return { name, seed, context, page, faults, close: () => context.close() };
}
