// Camera, microphone and loudspeaker, each tried with a figure that can be wrong.
import { askCamera, askPlainMicrophone } from '../../../ui/devices';
import type { JoinFigure, JoinProbe } from '../../api';
import { spread } from './picture';
import { aboveQuiet, decibels } from './sound';

export type Found = Pick<JoinProbe, 'state' | 'figures' | 'took_ms' | 'said'>;

/** Limits of the centre (crates/federation/src/join/probe.rs), which judges again. */
const FRAMES_MIN = 5;
const SPREAD_MIN = 4;
const LEVEL_MIN_DB = 10;
const LOOK_MS = 3000;
const SPEAK_MIN_MS = 2500;
const SPEAK_MAX_MS = 15_000;
const TICK_MS = 100;
const TONE_S = 0.25;
const GAP_S = 0.4;
const TONE_HZ = 880;
/** No more tones are played, and they are counted up to one more. */
export const TONES_MAX = 5;

const figure = (name: string, value: number, unit: string): JoinFigure => ({ name, value: Math.round(value * 100) / 100, unit });
const wait = (ms: number) => new Promise((done) => { setTimeout(done, ms); });
export const failed = (said: string, since: number, figures: JoinFigure[] = []): Found => ({ state: 'failed', figures, said, took_ms: Math.round(performance.now() - since) });
export const passed = (since: number, figures: JoinFigure[]): Found => ({ state: 'passed', figures, said: '', took_ms: Math.round(performance.now() - since) });

/** Shows the camera in `video` for three seconds: pictures a second, and whether there is anything on them. `kept` keeps the last. */
export async function tryCamera(video: HTMLVideoElement, kept: HTMLCanvasElement): Promise<Found> {
  const since = performance.now();
  const { track, trouble } = await askCamera();
  if (!track) return failed(trouble, since);
  try {
    video.srcObject = new MediaStream([track]);
    await video.play().catch(() => undefined);
    const begun = performance.now();
    let [pictures, most] = [0, 0];
    const seen = () => {
      pictures += 1;
      if (video.srcObject) video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
    const context = kept.getContext('2d', { willReadFrequently: true });
    while (performance.now() - begun < LOOK_MS) {
      await wait(TICK_MS);
      context?.drawImage(video, 0, 0, kept.width, kept.height);
      const pixels = context?.getImageData(0, 0, kept.width, kept.height);
      if (pixels) most = Math.max(most, spread(pixels));
    }
    const rate = pictures / ((performance.now() - begun) / 1000);
    const figures = [figure('frames', rate, '/s'), figure('spread', most, '1')];
    if (rate < FRAMES_MIN) return failed('frozen', since, figures);
    return most < SPREAD_MIN ? failed('dark', since, figures) : passed(since, figures);
  } finally {
    track.stop();
    video.srcObject = null;
  }
}

/** Listens until a voice stands out of the room, fifteen seconds at most; `tell` hears how loud it is, 0 to 1. */
export async function tryMicrophone(tell: (level: number) => void, over: () => boolean): Promise<Found> {
  const since = performance.now();
  const { track, trouble } = await askPlainMicrophone();
  if (!track) return failed(trouble, since);
  const context = new AudioContext();
  try {
    await context.resume();
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const levels: number[] = [];
    const begun = performance.now();
    for (;;) {
      await wait(TICK_MS);
      analyser.getFloatTimeDomainData(samples);
      const level = decibels(samples);
      // What comes before the device has begun is no silence of the room.
      if (level > -99 || levels.length) levels.push(level);
      tell(Math.min(1, Math.max(0, (level + 60) / 50)));
      const [time, above] = [performance.now() - begun, aboveQuiet(levels)];
      const figures = [figure('level', above, 'dB')];
      if (time > SPEAK_MIN_MS && above >= LEVEL_MIN_DB) return passed(since, figures);
      if (time > SPEAK_MAX_MS || over()) return failed('silent', since, figures);
    }
  } finally {
    tell(0);
    track.stop();
    void context.close();
  }
}

/** Plays some tones, two to five by chance, and says how many when they are over. */
export async function playTones(): Promise<number> {
  const many = 2 + Math.floor(Math.random() * (TONES_MAX - 1));
  const context = new AudioContext();
  await context.resume();
  for (let n = 0; n < many; n += 1) {
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    const at = context.currentTime + 0.1 + n * (TONE_S + GAP_S);
    tone.frequency.value = TONE_HZ;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.4, at + 0.02);
    volume.gain.setValueAtTime(0.4, at + TONE_S - 0.02);
    volume.gain.linearRampToValueAtTime(0, at + TONE_S);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + TONE_S);
  }
  await wait(1000 * many * (TONE_S + GAP_S));
  void context.close();
  return many;
}

/** What a person heard, beside what was played. */
export function counted(played: number, heard: number, since: number): Found {
  const figures = [figure('played', played, '1'), figure('heard', heard, '1')];
  if (heard === played) return passed(since, figures);
  return failed(heard === 0 ? 'silent' : 'miscounted', since, figures);
}
