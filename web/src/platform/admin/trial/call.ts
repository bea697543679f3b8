// A test call: a picture that says numbers and a tone go to the centre on one connection and come back on another. What comes back is
// recognised, or the call has failed, whatever the browser says of its connections.
import { api } from '../../../api/client';
import { isProblem } from '../../../api/problem';
import type { JoinFigure, JoinTrial } from '../../api';
import { failed, type Found, passed } from './devices';
import { drawCode, HEIGHT, readCode, WIDTH } from './picture';
import { isTone, toneOf, TONES } from './sound';

const CODE_MS = 400;
const TICK_MS = 100;
/** A call that is not there by then does not come about. */
const CONNECT_MS = 12_000;
const RECOGNISE_MS = 12_000;
/** So many different numbers come back, and the tone so often, before it counts as recognised. */
const NUMBERS = 3;
const TIMES = 5;
const GATHER_MS = 3000;

const wait = (ms: number) => new Promise((done) => { setTimeout(done, ms); });

/** What is shown while it runs. */
export type Step = 'connecting' | 'recognising' | 'relay';

interface Sent { stream: MediaStream; codes: Set<number>; hertz: number; end: () => void }

/** The picture and the tone, as tracks. */
function source(canvas: HTMLCanvasElement, audio: AudioContext): Sent {
  const [codes, pen] = [new Set<number>(), canvas.getContext('2d')];
  const draw = () => {
    const code = Math.floor(Math.random() * 256);
    codes.add(code);
    // None that was sent long ago: a frozen picture is no picture.
    const oldest = codes.size > 12 ? codes.values().next() : undefined;
    if (oldest && !oldest.done) codes.delete(oldest.value);
    if (pen) drawCode(code, (x, y, width, height, white) => { pen.fillStyle = white ? '#fff' : '#000'; pen.fillRect(x, y, width, height); });
  };
  draw();
  const timer = setInterval(draw, CODE_MS);
  const hertz = TONES[Math.floor(Math.random() * TONES.length)] ?? TONES[0];
  const [tone, volume, out] = [audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
  tone.frequency.value = hertz;
  volume.gain.value = 0.3;
  tone.connect(volume).connect(out);
  tone.start();
  const stream = new MediaStream([...canvas.captureStream(15).getTracks(), ...out.stream.getTracks()]);
  return { stream, codes, hertz, end: () => { clearInterval(timer); tone.stop(); stream.getTracks().forEach((track) => track.stop()); } };
}

async function offer(pc: RTCPeerConnection): Promise<string> {
  await pc.setLocalDescription(await pc.createOffer());
  const gathered = new Promise<void>((done) => {
    pc.addEventListener('icegatheringstatechange', () => { if (pc.iceGatheringState === 'complete') done(); });
  });
  if (pc.iceGatheringState !== 'complete') await Promise.race([gathered, wait(GATHER_MS)]);
  return pc.localDescription?.sdp ?? '';
}

interface Line { out: RTCPeerConnection; back: RTCPeerConnection; came: MediaStream }

/** Both connections, up; null when they do not come about. */
async function connect(hospital: string, stream: MediaStream, config: RTCConfiguration): Promise<Line | null> {
  const [out, back, came] = [new RTCPeerConnection(config), new RTCPeerConnection(config), new MediaStream()];
  stream.getTracks().forEach((track) => out.addTransceiver(track, { direction: 'sendonly', streams: [stream] }));
  for (const kind of ['audio', 'video'] as const) came.addTrack(back.addTransceiver(kind, { direction: 'recvonly' }).receiver.track);
  const close = () => { out.close(); back.close(); };
  try {
    const [publish, receive] = await Promise.all([offer(out), offer(back)]);
    const answers = await api.post<{ publish: string; receive: string }>(`/api/admin/join/${hospital}/call`, { publish, receive });
    await Promise.all([out.setRemoteDescription({ type: 'answer', sdp: answers.publish }), back.setRemoteDescription({ type: 'answer', sdp: answers.receive })]);
  } catch (error) {
    close();
    // Others are calling, or the page is not allowed to: said as it is, and nothing was tried.
    if (isProblem(error)) throw error;
    return null;
  }
  const until = performance.now() + CONNECT_MS;
  while (performance.now() < until) {
    if ([out, back].every((one) => one.connectionState === 'connected')) return { out, back, came };
    if ([out, back].some((one) => one.connectionState === 'failed')) break;
    await wait(TICK_MS);
  }
  close();
  return null;
}

type Stat = Record<string, unknown>;

/** How the line runs: over UDP or not, its round trip, what was lost. */
async function lineOf(out: RTCPeerConnection): Promise<JoinFigure[]> {
  const all = [...(await out.getStats()).values()] as Stat[];
  const pair = all.find((one) => one.type === 'candidate-pair' && one.state === 'succeeded' && one.nominated !== false);
  const local = all.find((one) => one.id === pair?.localCandidateId);
  const lost = all.find((one) => one.type === 'remote-inbound-rtp' && one.kind === 'video');
  const figures: JoinFigure[] = [{ name: 'udp', value: (local?.relayProtocol ?? local?.protocol) === 'udp' ? 1 : 0, unit: '1' }];
  if (typeof pair?.currentRoundTripTime === 'number') figures.push({ name: 'median', value: Math.round(pair.currentRoundTripTime * 10_000) / 10, unit: 'ms' });
  if (typeof lost?.fractionLost === 'number') figures.push({ name: 'loss', value: Math.round(lost.fractionLost * 1000) / 10, unit: '%' });
  return figures;
}

/** Calls. `sent` is drawn on, `shown` shows what comes back. Rejects when the centre refuses the call. */
export async function tryCall(trial: JoinTrial, sent: HTMLCanvasElement, shown: HTMLVideoElement, tell: (step: Step) => void): Promise<Found> {
  const since = performance.now();
  const audio = new AudioContext();
  await audio.resume();
  const source_ = source(sent, audio);
  let line: Line | null = null;
  try {
    tell('connecting');
    const iceServers = trial.ice_servers;
    line = await connect(trial.hospital.id, source_.stream, { iceServers, bundlePolicy: 'max-bundle' });
    if (!line) return failed('no-line', since);
    tell('recognising');
    const found = await recognise(line.came, source_, shown, audio);
    const figures: JoinFigure[] = [
      { name: 'picture', value: found.picture ? 1 : 0, unit: '1' }, { name: 'tone', value: found.tone ? 1 : 0, unit: '1' },
      ...await lineOf(line.out), ...(found.first === null ? [] : [{ name: 'first', value: Math.round(found.first), unit: 'ms' }]),
    ];
    line.out.close();
    line.back.close();
    if (iceServers.length) {
      tell('relay');
      const relayed = await connect(trial.hospital.id, source_.stream, { iceServers, bundlePolicy: 'max-bundle', iceTransportPolicy: 'relay' });
      relayed?.out.close();
      relayed?.back.close();
      figures.push({ name: 'relay', value: relayed ? 1 : 0, unit: '1' });
    }
    if (!found.picture) return failed('no-picture', since, figures);
    return found.tone ? passed(since, figures) : failed('no-tone', since, figures);
  } finally {
    line?.out.close();
    line?.back.close();
    shown.srcObject = null;
    source_.end();
    void audio.close();
  }
}

async function recognise(came: MediaStream, sent: Sent, shown: HTMLVideoElement, audio: AudioContext): Promise<{ picture: boolean; tone: boolean; first: number | null }> {
  // Muted: the tone is for the machine. It flows into the analyser only while some element plays it.
  shown.muted = true;
  shown.srcObject = came;
  void shown.play().catch(() => undefined);
  const analyser = audio.createAnalyser();
  analyser.fftSize = 2048;
  audio.createMediaStreamSource(came).connect(analyser);
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  const pen = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT }).getContext('2d', { willReadFrequently: true });
  const read = new Set<number>();
  let [times, first] = [0, null as number | null];
  const begun = performance.now();
  while (performance.now() - begun < RECOGNISE_MS && (read.size < NUMBERS || times < TIMES)) {
    await wait(TICK_MS);
    if (shown.videoWidth && pen) {
      first ??= performance.now() - begun;
      pen.drawImage(shown, 0, 0, WIDTH, HEIGHT);
      const code = readCode(pen.getImageData(0, 0, WIDTH, HEIGHT));
      if (code !== null && sent.codes.has(code)) read.add(code);
    }
    analyser.getFloatFrequencyData(spectrum);
    if (isTone(toneOf(spectrum, audio.sampleRate), sent.hertz, audio.sampleRate / 2 / spectrum.length)) times += 1;
  }
  return { picture: read.size >= NUMBERS, tone: times >= TIMES, first };
}
