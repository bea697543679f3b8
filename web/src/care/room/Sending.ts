// What goes out of this browser: voice, face and screen, each its own track on one connection; their devices come and go.
import { askCamera, askMicrophone, listDevices, onDevicesChange } from '../../ui/devices';
import { FACE, prefer, recode, SCREEN_BITS, sends } from './codecs';
import type { Codec } from './protocol';
import type { Wire } from './wire';

type Kind = 'camera' | 'microphone';
/** What happened to a device in the middle: in words on the screen. */
export interface Notice { key: 'lost' | 'switched' | 'back'; kind: Kind; from: string; to: string }

export class Sending {
  screen: MediaStreamTrack | null = null;
  private voice: RTCRtpTransceiver | undefined;
  private face: RTCRtpTransceiver | undefined;
  private shown: RTCRtpTransceiver | undefined;
  private codec: Codec = 'vp8';
  /** The line out carries a face beside the voice. */
  private faceAllowed = true;
  /** What was wanted when its device went away: taken again when one is there. */
  private readonly missing: Record<Kind, string | null> = { camera: null, microphone: null };
  private readonly offDevices: () => void;

  constructor(public camera: MediaStreamTrack | null, public microphone: MediaStreamTrack | null, private readonly told: { changed: () => void; notice: (notice: Notice) => void; screenEnded: () => void; remake: () => void }) {
    this.watch('camera', camera);
    this.watch('microphone', microphone);
    this.offDevices = onDevicesChange(() => void this.devicesChanged());
  }

  /** Puts the three lines on a fresh connection. */
  attach(wire: Wire, codec: Codec): void {
    this.codec = codec;
    const stream = new MediaStream();
    const video = (track: MediaStreamTrack | null, sendEncodings: RTCRtpEncodingParameters[]) => {
      const line = wire.pc.addTransceiver(track ?? 'video', { direction: 'sendonly', streams: [stream], sendEncodings });
      prefer(line, codec, 'out');
      return line;
    };
    this.voice = wire.pc.addTransceiver(this.microphone ?? 'audio', { direction: 'sendonly', streams: [stream] });
    this.face = video(this.camera, FACE.map((one) => ({ ...one })));
    this.shown = video(this.screen, [{ maxBitrate: SCREEN_BITS }]);
    this.faceAllowed = true;
  }

  setMicrophone(track: MediaStreamTrack): void {
    this.microphone?.stop();
    this.microphone = track;
    this.missing.microphone = null;
    this.watch('microphone', track);
    void this.voice?.sender.replaceTrack(track);
  }

  /** With null the camera is off, its light too, and nothing is sent. */
  setCamera(track: MediaStreamTrack | null): void {
    this.camera?.stop();
    this.camera = track;
    this.missing.camera = null;
    this.watch('camera', track);
    void this.face?.sender.replaceTrack(track);
  }

  setScreen(track: MediaStreamTrack | null): void {
    if (this.screen && this.screen !== track) this.screen.stop();
    this.screen = track;
    track?.addEventListener('ended', () => {
      if (this.screen !== track) return;
      this.setScreen(null);
      this.told.screenEnded();
    });
    const { shown } = this;
    if (!shown) return;
    void shown.sender.replaceTrack(track).then(async () => {
      // Sharp rather than fluent: text on which somebody decides.
      const parameters = shown.sender.getParameters() as RTCRtpSendParameters & { degradationPreference?: string };
      parameters.degradationPreference = 'maintain-resolution';
      await shown.sender.setParameters(parameters).catch(() => undefined);
    });
  }

  /** The server says whether the line out carries a face. */
  allowFace(on: boolean): void {
    if (on === this.faceAllowed) return;
    this.faceAllowed = on;
    if (this.face) void sends(this.face.sender, on);
  }

  async setCodec(codec: Codec): Promise<void> {
    if (codec === this.codec) return;
    this.codec = codec;
    const done = await Promise.all([this.face, this.shown].map((line) => (line ? recode(line.sender, codec) : true)));
    if (done.includes(false)) this.told.remake();
  }

  end(): void {
    this.offDevices();
    for (const track of [this.camera, this.microphone, this.screen]) track?.stop();
  }

  private watch(kind: Kind, track: MediaStreamTrack | null): void {
    track?.addEventListener('ended', () => void (track === this[kind] && this.lost(kind, track)));
  }

  /** A device went away in the middle: the next one of its kind takes over, or nothing does and it is said. */
  private async lost(kind: Kind, track: MediaStreamTrack): Promise<void> {
    const [from, enabled] = [track.label, track.enabled];
    const next = kind === 'camera' ? await askCamera() : await askMicrophone();
    if (this[kind] !== track) return void next.track?.stop();
    this.missing[kind] = from;
    if (next.track) {
      next.track.enabled = enabled;
      this.put(kind, next.track);
      this.missing[kind] = from;
      this.told.notice({ key: 'switched', kind, from, to: next.track.label });
    } else {
      this[kind] = null;
      void (kind === 'camera' ? this.face : this.voice)?.sender.replaceTrack(null);
      this.told.notice({ key: 'lost', kind, from, to: '' });
    }
    this.told.changed();
  }

  /** A device came: if it is the one that went away, or there is none at all, it is taken. */
  private async devicesChanged(): Promise<void> {
    const devices = await listDevices();
    for (const kind of ['camera', 'microphone'] as const) {
      const missing = this.missing[kind];
      if (missing === null) continue;
      const list = kind === 'camera' ? devices.cameras : devices.microphones;
      const again = list.find((one) => one.label === missing) ?? (this[kind] ? undefined : list[0]);
      if (!again || this[kind]?.label === again.label) continue;
      const got = kind === 'camera' ? await askCamera(again.deviceId) : await askMicrophone(again.deviceId);
      if (!got.track) continue;
      // Whoever was heard before is heard again; nobody is put on the air who was not.
      got.track.enabled = this[kind]?.enabled ?? false;
      this.put(kind, got.track);
      this.told.notice({ key: 'back', kind, from: missing, to: got.track.label });
      this.told.changed();
    }
  }

  private put(kind: Kind, track: MediaStreamTrack): void {
    if (kind === 'camera') this.setCamera(track);
    else this.setMicrophone(track);
  }
}
