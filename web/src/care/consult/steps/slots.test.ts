import { describe, expect, it } from 'vitest';
import { axis, clash, momentAt, place } from './slots';

const at = (clock: string) => Date.parse(`2026-11-21T${clock}:00Z`);
const iso = (clock: string) => new Date(at(clock)).toISOString();
const block = (from: string, to: string) => ({ from: iso(from), to: iso(to) });
const slot = (from: string, to: string) => ({ start_ms: at(from), end_ms: at(to) });

describe('slots', () => {
  it('begins the axis with the hour before', () => {
    expect(axis(at('10:20')).start_ms).toBe(at('09:00'));
    expect(axis(at('10:40')).start_ms).toBe(at('10:00'));
    expect(axis(at('10:40')).end_ms).toBe(at('18:00'));
  });
  it.each([
    ['09:00', '10:00', undefined],
    ['09:00', '10:01', 'hit'],
    ['10:29', '11:00', 'hit'],
    ['10:30', '11:00', undefined],
    ['09:00', '12:00', 'hit'],
    ['10:05', '10:10', 'hit'],
  ])('busy %s to %s against 10:00 to 10:30', (from, to, want) => {
    expect(clash([block(from, to)], slot('10:00', '10:30')) ? 'hit' : undefined).toBe(want);
  });
  it('places a block by percent and cuts it at the edges', () => {
    expect(place(block('08:00', '10:00'), slot('09:00', '13:00'))).toEqual({ left: 0, width: 25 });
    expect(place(block('06:00', '09:00'), slot('09:00', '13:00'))).toBeNull();
  });
  it('picks whole five minutes', () => expect(momentAt(0.51, slot('10:00', '12:00'))).toBe(at('11:00')));
});
