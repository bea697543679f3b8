// Coded video and tone: each person publishes a pattern of colours and a pitch that nobody else has, so that a receiver can
// tell whose picture and whose voice arrived. The files are what Chromium's fake camera and microphone play in a loop.
import fs from 'node:fs';
import path from 'node:path';

const WIDTH = 640;
const HEIGHT = 360;
const COLUMNS = 4;
const ROWS = 3;
const FRAMES = 15;
// Far apart in brightness and in colour, so that no codec mixes them up. Y, U, V.
const PALETTE = [
  [235, 128, 128], // white
  [16, 128, 128], // black
  [110, 90, 220], // red
  [60, 220, 110], // blue
];
const SAMPLES_PER_S = 48000;

/** The pattern of a person: one palette index a cell; from a small generator, different for each seed. */
export function pattern(seed) {
  const cells = [];
  let state = (seed + 1) * 2654435761;
  for (let i = 0; i < COLUMNS * ROWS; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    cells.push((state >>> 24) % PALETTE.length);
  }
  return cells;
}

/** The pitch of a person in Hz. */
export function pitch(seed) {
  return 500 + 170 * seed;
}

/**
 * Writes the fake camera's file: the pattern, and a bar that moves so that a frozen picture shows. A plain pattern costs a
 * tenth of a face; with `busy` a strip of it is snow, so that it costs as much.
 */
export function writeVideo(file, seed, busy = false) {
  const cells = pattern(seed);
  const out = fs.openSync(file, 'w');
  fs.writeSync(out, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420jpeg\n`);
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const planes = [0, 1, 2].map((plane) => {
      const scale = plane === 0 ? 1 : 2;
      const w = WIDTH / scale;
      const h = HEIGHT / scale;
      const bytes = Buffer.alloc(w * h);
      for (let y = 0; y < h; y += 1) {
        for (let x = 0; x < w; x += 1) {
          const cell = Math.floor((y * ROWS) / h) * COLUMNS + Math.floor((x * COLUMNS) / w);
          bytes[y * w + x] = PALETTE[cells[cell]][plane];
        }
      }
      if (plane === 0 && busy) for (let at = w * 12; at < w * 40; at += 1) bytes[at] = 40 + ((Math.imul(at + frame * 7919, 2654435761) >>> 23) % 176);
      if (plane === 0) {
        const left = Math.floor((frame * w) / FRAMES);
        for (let y = 0; y < 8; y += 1) bytes.fill(y % 2 ? 180 : 90, y * w + left, y * w + Math.min(w, left + 40));
      }
      return bytes;
    });
    fs.writeSync(out, 'FRAME\n');
    for (const bytes of planes) fs.writeSync(out, bytes);
  }
  fs.closeSync(out);
}

/** Writes the fake microphone's file: syllables of the person's pitch, since a steady tone is what noise suppression removes. */
export function writeTone(file, seed) {
  const seconds = 4;
  const count = SAMPLES_PER_S * seconds;
  const data = Buffer.alloc(count * 2);
  const hz = pitch(seed);
  for (let i = 0; i < count; i += 1) {
    const t = i / SAMPLES_PER_S;
    const syllable = (t * 3) % 1;
    const envelope = syllable < 0.6 ? Math.sin((Math.PI * syllable) / 0.6) : 0;
    const wave = Math.sin(2 * Math.PI * hz * t) + 0.25 * Math.sin(4 * Math.PI * hz * t);
    data.writeInt16LE(Math.round(14000 * envelope * wave), i * 2);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(SAMPLES_PER_S, 24);
  head.writeUInt32LE(SAMPLES_PER_S * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  fs.writeFileSync(file, Buffer.concat([head, data]));
}

/** Writes both files of a person into a folder and gives Chromium's flags for them. */
export function fakeDevices(folder, seed, busy) {
  const video = path.join(folder, `person-${seed}.y4m`);
  const tone = path.join(folder, `person-${seed}.wav`);
  writeVideo(video, seed, busy);
  writeTone(tone, seed);
  return [`--use-file-for-fake-video-capture=${video}`, `--use-file-for-fake-audio-capture=${tone}`];
}

/**
 * Runs in a page: what its `<video>` elements show now, as `{ where, mine, cells, width, height }`, cells decoded to the
 * nearest colour. The frame itself is drawn, not the element, so cropping and mirroring by CSS do not matter.
 */
export function readPictures() {
  const palette = [[255, 255, 255], [0, 0, 0], [240, 50, 40], [30, 60, 225]];
  return [...document.querySelectorAll('video')].map((video) => {
    const name = video.getAttribute('aria-label') ?? video.closest('[aria-label]')?.getAttribute('aria-label') ?? '';
    if (!video.videoWidth) return { where: name, cells: null, width: 0, height: 0 };
    const canvas = document.createElement('canvas');
    canvas.width = 160;
    canvas.height = 90;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, 160, 90);
    const cells = [];
    for (let row = 0; row < 3; row += 1) {
      for (let column = 0; column < 4; column += 1) {
        const { data } = context.getImageData(column * 40 + 14, row * 30 + 10, 12, 10);
        const sum = [0, 0, 0];
        for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c += 1) sum[c] += data[i + c];
        const mean = sum.map((s) => (s * 4) / data.length);
        const far = palette.map((p) => p.reduce((all, v, c) => all + (v - mean[c]) ** 2, 0));
        cells.push(far.indexOf(Math.min(...far)));
      }
    }
    return { where: name, cells, width: video.videoWidth, height: video.videoHeight, time: video.currentTime, muted: video.muted };
  });
}

/** Runs in a page: the strongest pitch, in Hz, of every stream that some element plays aloud. */
export async function readPitches(seconds = 2) {
  const streams = new Map();
  for (const element of document.querySelectorAll('video, audio')) {
    const stream = element.srcObject;
    if (!element.muted && !element.paused && stream?.getAudioTracks().length) streams.set(stream.id, stream);
  }
  const context = new AudioContext();
  await context.resume();
  const heard = [];
  for (const stream of streams.values()) {
    const analyser = context.createAnalyser();
    analyser.fftSize = 16384;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(stream).connect(analyser);
    heard.push({ analyser, sum: new Float64Array(analyser.frequencyBinCount) });
  }
  const end = performance.now() + seconds * 1000;
  const bins = new Float32Array(heard[0]?.analyser.frequencyBinCount ?? 0);
  while (performance.now() < end) {
    await new Promise((done) => setTimeout(done, 100));
    for (const { analyser, sum } of heard) {
      analyser.getFloatFrequencyData(bins);
      for (let i = 0; i < bins.length; i += 1) if (Number.isFinite(bins[i])) sum[i] += 10 ** (bins[i] / 10);
    }
  }
  const hz = context.sampleRate / 16384;
  await context.close();
  return heard.map(({ sum }) => {
    const best = sum.indexOf(Math.max(...sum));
    return { hz: best * hz, power: sum[best] };
  });
}
