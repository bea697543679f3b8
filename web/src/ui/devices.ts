// Camera and microphone: asking for them, choosing among them, hearing how loud one is.

export interface Choice { camera?: string; microphone?: string; speaker?: string; withCamera: boolean; withMicrophone: boolean }
export type Trouble = 'insecure' | 'denied' | 'none' | 'busy' | 'failed';

const KEPT = 'room.devices';

export function keptChoice(): Choice {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<Choice>;
    return { withCamera: true, withMicrophone: true, ...kept };
  } catch {
    return { withCamera: true, withMicrophone: true };
  }
}

export function keepChoice(choice: Choice): void {
  try { localStorage.setItem(KEPT, JSON.stringify(choice)); } catch { /* then only for this time */ }
}

function troubleOf(error: unknown): Trouble {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'failed';
}

export type Got = { track: MediaStreamTrack; trouble?: undefined } | { track?: undefined; trouble: Trouble };

async function ask(kind: 'audio' | 'video', constraints: MediaTrackConstraints): Promise<Got> {
  if (!navigator.mediaDevices) return { trouble: 'insecure' };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: constraints });
    const [track] = stream.getTracks();
    return track ? { track } : { trouble: 'none' };
  } catch (error) {
    // The device chosen last time may be at another desk today.
    if (constraints.deviceId && troubleOf(error) === 'none') return ask(kind, { ...constraints, deviceId: undefined });
    return { trouble: troubleOf(error) };
  }
}

const exactly = (id?: string) => (id ? { exact: id } : undefined);

export const askCamera = (id?: string): Promise<Got> =>
  ask('video', { deviceId: exactly(id), width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } });

export const askMicrophone = (id?: string): Promise<Got> =>
  ask('audio', { deviceId: exactly(id), echoCancellation: true, noiseSuppression: true, autoGainControl: true });

/** A microphone as it hears: nothing is evened out, so that quiet and loud can be told apart. */
export const askPlainMicrophone = (): Promise<Got> =>
  ask('audio', { echoCancellation: false, noiseSuppression: false, autoGainControl: false });

/** What the browser does not do for this microphone, so that the person can: a headset in place of echo cancellation. */
export function lacking(track: MediaStreamTrack): ('echo' | 'noise')[] {
  const settings = track.getSettings();
  const out: ('echo' | 'noise')[] = [];
  if (settings.echoCancellation === false || settings.echoCancellation === undefined) out.push('echo');
  if (settings.noiseSuppression === false) out.push('noise');
  return out;
}

export type ScreenTrouble = 'denied' | 'unsupported' | 'failed';

/** A screen or a window to show: sharp rather than fluent. */
export async function askScreen(): Promise<{ track: MediaStreamTrack; trouble?: undefined } | { track?: undefined; trouble: ScreenTrouble }> {
  if (!navigator.mediaDevices?.getDisplayMedia) return { trouble: 'unsupported' };
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 10, max: 15 } }, audio: false });
    const [track] = stream.getVideoTracks();
    if (!track) return { trouble: 'failed' };
    track.contentHint = 'detail';
    return { track };
  } catch (error) {
    return { trouble: error instanceof DOMException && error.name === 'NotAllowedError' ? 'denied' : 'failed' };
  }
}

export interface Devices { cameras: MediaDeviceInfo[]; microphones: MediaDeviceInfo[]; speakers: MediaDeviceInfo[] }

export async function listDevices(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const of = (kind: MediaDeviceKind) => all.filter((device) => device.kind === kind && device.deviceId);
  return { cameras: of('videoinput'), microphones: of('audioinput'), speakers: of('audiooutput') };
}

export function onDevicesChange(tell: () => void): () => void {
  navigator.mediaDevices?.addEventListener('devicechange', tell);
  return () => navigator.mediaDevices?.removeEventListener('devicechange', tell);
}

/** Tells how loud a microphone is, 0 to 1, ten times a second. */
export function meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  void context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
    // -60 dB is silence, -10 dB a loud voice.
    tell(Math.min(1, Math.max(0, (10 * Math.log10(power || 1e-9) + 60) / 50)));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
