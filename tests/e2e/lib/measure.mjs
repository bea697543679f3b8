// What every bench does: a figure beside its goal, the machine's load beside the figures, what the server holds.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The value below which this share of them lies. */
export const part = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.max(0, Math.ceil(values.length * share) - 1))];
export const median = (values) => part(values, 0.5);
export const load = () => os.loadavg().map((n) => n.toFixed(2)).join(' ');
export const machine = () => `machine: ${os.cpus().length} x ${os.cpus()[0]?.model ?? 'cpu'}, load ${load()}`;
export const note = (what, value, goal = '-') => console.log(`${what.padEnd(66)} ${String(value).padStart(18)}   goal ${goal}`);
/** p50 and p99 of milliseconds. */
export const spread = (values) => `${part(values, 0.5).toFixed(1)} / ${part(values, 0.99).toFixed(1)} ms`;
export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** A line of the server's status file in the process table, as a number (memory: kB). */
export const status = (server, what) => Number(new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]);
export const resident = (server) => status(server, 'VmRSS') / 1024;
export const openFiles = (server) => fs.readdirSync(`/proc/${server.child.pid}/fd`).length;

/** The bytes of a folder; what goes while one looks counts nothing. */
export function sizeOf(folder) {
  let bytes = 0;
  for (const name of fs.readdirSync(folder, { recursive: true })) {
    try {
      const found = fs.lstatSync(path.join(folder, name.toString()));
      if (found.isFile()) bytes += found.blocks * 512;
    } catch { /* it has gone meanwhile */ }
  }
  return bytes;
}

/** Does `work(n)` for each n below `count`, so many at a time. */
export async function many(count, together, work) {
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(together, count) }, async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  }));
}
