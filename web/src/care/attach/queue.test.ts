// What the queue promises: nothing twice, a lost line is waited for, a reload goes on in the middle, many files stay cheap.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Problem } from '../../api/problem';
import { Queue } from './queue';
import { Rate } from './rate';
import type { Ended, Job, Told } from './send';

const sent: { job: Job; told: Told; pieces: boolean; stopped?: boolean }[] = [];
vi.mock('./send', () => {
  const sender = (pieces: boolean) => (job: Job, told: Told) => {
    const one: (typeof sent)[number] = { job, told, pieces };
    sent.push(one);
    return () => { one.stopped = true; };
  };
  return { PIECES_FROM: 1000, sendWhole: sender(false), sendParts: sender(true) };
});

const file = (name: string, size = 10) => ({ file: { name, size, lastModified: 7 } as File, path: `CT/${name}` });
const done: Ended = { state: 'done', results: [] };
const fails = (status: number, code = 'x'): Ended => ({ state: 'failed', problem: new Problem(status, code, '') });
let store: Map<string, string>;
let number = 0;
const queue = () => new Queue(`case-${number}`, () => undefined);
const states = (q: Queue) => { vi.advanceTimersByTime(150); return q.snapshot().items.map((item) => item.state).join(' '); };

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
  number += 1;
  store = new Map();
  vi.stubGlobal('window', { addEventListener: () => undefined });
  vi.stubGlobal('sessionStorage', { getItem: (key: string) => store.get(key) ?? null, setItem: (key: string, value: string) => store.set(key, value), removeItem: (key: string) => store.delete(key) });
});
afterEach(() => vi.unstubAllGlobals());

it('sends four at a time, the same file once, and no litter', () => {
  const q = queue();
  q.add([...Array.from({ length: 6 }, (_, n) => file(`${n}`)), file('0'), file('DICOMDIR'), file('empty', 0)], null);
  expect(states(q)).toBe('sending sending sending sending waiting waiting');
  sent[0].told.ended(done);
  expect(states(q)).toBe('done sending sending sending sending waiting');
  q.add([file('0')], null);
  expect(q.snapshot().items.length).toBe(6);
});

it('waits for a lost line, longer each time, and goes on where it was', () => {
  const q = queue();
  q.add([file('large', 5000)], null);
  expect(sent[0].pieces).toBe(true);
  sent[0].told.part('/api/uploads/1');
  sent[0].told.sent(2500);
  sent[0].told.ended(fails(0, 'line.down'));
  vi.advanceTimersByTime(150);
  expect(q.snapshot().items[0]).toMatchObject({ state: 'waiting', lost: true, sent: 2500 });
  vi.advanceTimersByTime(500);
  expect(sent[1].job.url).toBe('/api/uploads/1');
  sent[1].told.ended(fails(503));
  vi.advanceTimersByTime(600);
  expect(sent.length).toBe(2);
  vi.advanceTimersByTime(600);
  expect(sent.length).toBe(3);
  sent[2].told.ended(fails(507, 'store.full'));
  expect(states(q)).toBe('waiting');
  vi.advanceTimersByTime(2100);
  expect(sent.length).toBe(4);
  sent[3].told.ended(fails(507, 'uploads.no_room'));
  expect(states(q)).toBe('failed');
});

it('knows after a reload what was missing, and goes on in the middle', () => {
  const before = queue();
  before.add([file('large', 5000), file('small'), file('late')], null);
  sent[0].told.part('/api/uploads/9');
  sent[0].told.sent(3000);
  sent[1].told.ended(done);
  vi.advanceTimersByTime(2000);
  sent.length = 0;
  const after = queue();
  expect(after.snapshot().missing).toMatchObject({ count: 2, parts: [{ name: 'CT/large', sent: 3000, url: '/api/uploads/9' }] });
  // Chosen on its own this time, not with its folder.
  after.add([{ ...file('large', 5000), path: 'large' }, file('small')], null);
  vi.advanceTimersByTime(150);
  expect(after.snapshot().missing.count).toBe(1);
  expect(sent.map((one) => one.job.url)).toEqual(['/api/uploads/9']);
});

it('pauses and resumes all, and cancels for good', () => {
  const q = queue();
  q.add([file('a'), file('b'), file('c')], null);
  q.pauseAll();
  expect(states(q)).toBe('waiting waiting waiting');
  expect(sent.every((one) => one.stopped)).toBe(true);
  q.resume(true);
  expect(states(q)).toBe('sending sending sending');
  q.pause(q.snapshot().items[0].id);
  q.cancel(q.snapshot().items[1].id);
  expect(states(q)).toBe('paused cancelled sending');
});

it('takes 60,000 files in no time', () => {
  const q = queue();
  const many = Array.from({ length: 60_000 }, (_, n) => file(`IM${n}`));
  const begun = process.cpuUsage();
  q.add(many, null);
  for (let n = 0; n < 60_000; n += 1) sent[n].told.ended(done);
  vi.advanceTimersByTime(150);
  expect(q.snapshot().items.every((item) => item.state === 'done')).toBe(true);
  // Of the processor, whatever else the machine does: quadratic work would take minutes.
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(5000);
}, 60_000);

it('says how fast it goes once it knows', () => {
  const rate = new Rate();
  rate.mark(0, 0);
  expect(rate.now()).toBeUndefined();
  rate.mark(1000, 1000);
  rate.mark(3000, 2000);
  expect(rate.now()).toBe(1500);
  rate.mark(100, 3000);
  expect(rate.now()).toBeUndefined();
});
