// A wall begins anew at night alone, once, and never while somebody meets or waits in an emergency.
import { expect, it, vi } from 'vitest';
import type { Overview } from './shape';

vi.stubGlobal('window', { location: { reload: () => undefined } });
const { mayBeginAnew } = await import('./live');

const overview = (in_session: number, emergency: number) => ({ hospitals: [{ in_session, waiting: { emergency, urgent: 3, routine: 1 } }] }) as unknown as Overview;
const HOURS = 3_600_000;

it('waits for the night and for a quiet one', () => {
  expect(mayBeginAnew(3, 10 * HOURS, overview(0, 0))).toBe(true);
  for (const [hour, age, now] of [[2, 10, overview(0, 0)], [3, 1, overview(0, 0)], [3, 10, overview(1, 0)], [3, 10, overview(0, 1)], [3, 10, null]] as const) {
    expect(mayBeginAnew(hour, age * HOURS, now)).toBe(false);
  }
});
