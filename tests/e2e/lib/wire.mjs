// A computer at the end of a line of its own: a network namespace whose two ends can be made thin, or lose their packets.
// Only root can make one; the tests that need it say so and are passed over.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { chromiumPath } from './browser.mjs';

const run = (program, ...args) => execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
const has = (program) => spawnSync('which', [program]).status === 0;

/** Why no line can be made here, or nothing. */
export function whyNot(...needed) {
  if (process.getuid() !== 0) return 'only root makes network namespaces';
  const missing = ['ip', 'tc', ...needed].filter((one) => !has(one));
  if (missing.length) return `not installed: ${missing.join(', ')}`;
  const name = `probe${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'this machine makes no network namespaces';
  run('ip', 'netns', 'del', name);
  return undefined;
}

export class Line {
  /** `number` keeps lines of one machine apart: 10.77.<number>.1 is this end, .2 the other. */
  constructor(folder, number) {
    this.name = `consilium${process.pid}-${number}`;
    this.here = `10.77.${number}.1`;
    this.there = `10.77.${number}.2`;
    [this.near, this.far] = [`cs${process.pid % 100000}n${number}`, `cs${process.pid % 100000}f${number}`];
    run('ip', 'netns', 'add', this.name);
    run('ip', 'link', 'add', this.near, 'type', 'veth', 'peer', 'name', this.far);
    run('ip', 'link', 'set', this.far, 'netns', this.name);
    run('ip', 'addr', 'add', `${this.here}/24`, 'dev', this.near);
    run('ip', 'link', 'set', this.near, 'up');
    this.inside('ip', 'addr', 'add', `${this.there}/24`, 'dev', this.far);
    this.inside('ip', 'link', 'set', this.far, 'up');
    this.inside('ip', 'link', 'set', 'lo', 'up');
    this.chromium = path.join(folder, `${this.name}.sh`);
    fs.writeFileSync(this.chromium, `#!/bin/sh\nexec ip netns exec ${this.name} ${chromiumPath} "$@"\n`, { mode: 0o755 });
  }

  /** Runs something at the other end. */
  inside(...command) {
    return run('ip', 'netns', 'exec', this.name, ...command);
  }

  /** So many kbit/s out of the other end and into it; nothing: as much as there is. */
  thin({ out, into } = {}) {
    const shape = (kbit) => ['tbf', 'rate', `${kbit}kbit`, 'burst', '4kb', 'latency', '300ms'];
    const tc = (inside, device, kbit) => {
      const call = (...args) => (inside ? this.inside('tc', ...args) : run('tc', ...args));
      try { call('qdisc', 'del', 'dev', device, 'root'); } catch { /* there was none */ }
      if (kbit) call('qdisc', 'add', 'dev', device, 'root', ...shape(kbit));
    };
    tc(true, this.far, out);
    tc(false, this.near, into);
  }

  /** The other end gets another address, as when a laptop goes from the cable to the air. */
  move() {
    const next = this.there.replace(/\d+$/, (n) => String(Number(n) + 1));
    this.inside('ip', 'addr', 'add', `${next}/24`, 'dev', this.far);
    this.inside('ip', 'addr', 'del', `${this.there}/24`, 'dev', this.far);
    this.there = next;
  }

  /** A firewall that lets no UDP out. */
  blockUdp() {
    for (const line of ['add table inet wall', 'add chain inet wall out { type filter hook output priority 0 ; }', 'add rule inet wall out meta l4proto udp drop']) {
      this.inside('nft', line);
    }
  }

  close() {
    try { run('ip', 'netns', 'del', this.name); } catch { /* gone already */ }
    try { run('ip', 'link', 'del', this.near); } catch { /* gone with it */ }
  }
}
