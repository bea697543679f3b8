// How a line does, in a word: from what the server measured on it.
import type { LineQuality, RoomState, Seen } from './Connection';

export type Level = 'good' | 'fair' | 'poor';

/** Null: nothing measured yet. */
export function level(line: LineQuality | undefined): Level | null {
  if (!line || (line.ms === null && line.lost === null)) return null;
  const [ms, lost] = [line.ms ?? 0, line.lost ?? 0];
  if (lost > 50 || ms > 400) return 'poor';
  return lost > 10 || ms > 150 ? 'fair' : 'good';
}

const ORDER: Level[] = ['good', 'fair', 'poor'];

/** The worse of both ways. */
export function both(lines: { up?: LineQuality; down?: LineQuality } | undefined): Level | null {
  const found = [level(lines?.up), level(lines?.down)].filter((one) => one !== null);
  return found.length ? ORDER[Math.max(...found.map((one) => ORDER.indexOf(one)))] ?? null : null;
}

/** `820 kbit/s`, `1.4 Mbit/s`. */
export function rate(bps: number): string {
  return bps >= 1_000_000 ? `${(bps / 1_000_000).toFixed(1)} Mbit/s` : `${Math.round(bps / 1000)} kbit/s`;
}

/** Every face that should be there is paused: the line in carries voices alone. */
export function hearsOnly(streams: Record<string, Seen>, wanted: string[]): boolean {
  const faces = wanted.map((peer) => streams[peer]).filter((one) => one?.video);
  return faces.length > 0 && faces.every((one) => one?.paused);
}

/** People in the room, however many devices each has with them. */
export const people = (room: RoomState): number => new Set(room.members.map((one) => one.person.id)).size;
