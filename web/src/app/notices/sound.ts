// A short tone made here, without a file. Browsers let a page sound only after somebody has touched it: until then it is
// silent, and the list says so. Muting is kept on this computer.
const KEY = 'notices.muted';
let context: AudioContext | null = null;
const listeners = new Set<() => void>();

/** Called once: the first touch or key lets the page sound. */
export function armSound(): () => void {
  const arm = () => {
    context ??= typeof AudioContext === 'undefined' ? null : new AudioContext();
    void context?.resume().then(() => listeners.forEach((tell) => tell())).catch(() => undefined);
  };
  const options = { once: true, passive: true } as const;
  window.addEventListener('pointerdown', arm, options);
  window.addEventListener('keydown', arm, options);
  return () => {
    window.removeEventListener('pointerdown', arm);
    window.removeEventListener('keydown', arm);
  };
}

export const subscribeSound = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
};
export type Sound = 'on' | 'muted' | 'silent';
export const soundState = (): Sound => (localStorage.getItem(KEY) ? 'muted' : context?.state === 'running' ? 'on' : 'silent');

export function mute(muted: boolean): void {
  if (muted) localStorage.setItem(KEY, '1');
  else localStorage.removeItem(KEY);
  listeners.forEach((tell) => tell());
}

/** One tone; two rising ones for what cannot wait. */
export function ring(pressing: boolean): boolean {
  if (soundState() !== 'on' || !context) return false;
  const begin = context.currentTime;
  for (const [at, hertz] of pressing ? [[0, 740], [0.18, 988]] : [[0, 660]]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, begin + at);
    volume.gain.exponentialRampToValueAtTime(0.14, begin + at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, begin + at + 0.16);
    tone.connect(volume).connect(context.destination);
    tone.start(begin + at);
    tone.stop(begin + at + 0.17);
  }
  return true;
}
