// Everything that a key does, in one list: the viewer acts by it and the help shows it.
import type { Tool } from './hand';
import { PRESETS } from './presets';

export type Command =
  | `tool.${Tool}` | `preset.${(typeof PRESETS)[number]['name']}`
  | 'next' | 'previous' | 'next10' | 'previous10' | 'first' | 'last' | 'zoom_in' | 'zoom_out' | 'invert' | 'reset'
  | 'pane' | 'layout' | 'compare' | 'dates' | 'linked' | 'offset_less' | 'offset_more' | 'cine'
  | 'place' | 'undo' | 'remove' | 'clear' | 'key_image' | 'help';

export interface Key { command: Command; /** As `KeyboardEvent.key`; letters in lower case. */ keys: string[]; shown: string; ctrl?: boolean; group: 'look' | 'measure' | 'lay' | 'more' }

export const KEYS: Key[] = [
  { command: 'next', keys: ['ArrowDown', 'ArrowRight'], shown: '↓ →', group: 'look' },
  { command: 'previous', keys: ['ArrowUp', 'ArrowLeft'], shown: '↑ ←', group: 'look' },
  { command: 'next10', keys: ['PageDown'], shown: 'PgDn', group: 'look' },
  { command: 'previous10', keys: ['PageUp'], shown: 'PgUp', group: 'look' },
  { command: 'first', keys: ['Home'], shown: 'Home', group: 'look' },
  { command: 'last', keys: ['End'], shown: 'End', group: 'look' },
  { command: 'zoom_in', keys: ['+', '='], shown: '+', group: 'look' },
  { command: 'zoom_out', keys: ['-'], shown: '−', group: 'look' },
  { command: 'invert', keys: ['i'], shown: 'I', group: 'look' },
  { command: 'reset', keys: ['r'], shown: 'R', group: 'look' },
  { command: 'cine', keys: [' '], shown: 'Space', group: 'look' },
  ...PRESETS.map((one): Key => ({ command: `preset.${one.name}`, keys: [one.key], shown: one.key, group: 'look' })),
  { command: 'tool.window', keys: ['w'], shown: 'W', group: 'look' },
  { command: 'tool.scroll', keys: ['s'], shown: 'S', group: 'look' },
  { command: 'tool.zoom', keys: ['z'], shown: 'Z', group: 'look' },
  { command: 'tool.pan', keys: ['p'], shown: 'P', group: 'look' },
  { command: 'tool.length', keys: ['l'], shown: 'L', group: 'measure' },
  { command: 'tool.angle', keys: ['a'], shown: 'A', group: 'measure' },
  { command: 'tool.ellipse', keys: ['e'], shown: 'E', group: 'measure' },
  { command: 'tool.probe', keys: ['o'], shown: 'O', group: 'measure' },
  { command: 'place', keys: ['Enter'], shown: 'Enter', group: 'measure' },
  { command: 'undo', keys: ['z'], ctrl: true, shown: 'Ctrl Z', group: 'measure' },
  { command: 'remove', keys: ['Delete', 'Backspace'], shown: 'Del', group: 'measure' },
  { command: 'clear', keys: ['x'], shown: 'X', group: 'measure' },
  { command: 'pane', keys: ['n'], shown: 'N', group: 'lay' },
  { command: 'layout', keys: ['g'], shown: 'G', group: 'lay' },
  { command: 'compare', keys: ['c'], shown: 'C', group: 'lay' },
  { command: 'dates', keys: ['d'], shown: 'D', group: 'lay' },
  { command: 'linked', keys: ['y'], shown: 'Y', group: 'lay' },
  { command: 'offset_less', keys: ['['], shown: '[', group: 'lay' },
  { command: 'offset_more', keys: [']'], shown: ']', group: 'lay' },
  { command: 'key_image', keys: ['k'], shown: 'K', group: 'more' },
  { command: 'help', keys: ['?'], shown: '?', group: 'more' },
];

/** The command of a pressed key, if it is one of ours. */
export function commandOf(event: { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean }): Command | null {
  if (event.altKey) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const ctrl = event.ctrlKey || event.metaKey;
  return KEYS.find((one) => (one.ctrl ?? false) === ctrl && one.keys.includes(key))?.command ?? null;
}

/** The key of a command, as a person reads it. */
export const keyOf = (command: Command): string => KEYS.find((one) => one.command === command)?.shown ?? '';
