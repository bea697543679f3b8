// Being in a room: the token, the WebSocket, one connection out and one in, and coming back when any of them breaks.
// No React here; screens read `state` through `subscribe`.
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import type { Id } from '../../api/types';
import type { FromServer, Member, Slot, Ticket, ToServer } from './protocol';
import { Share } from './share';
import { Refused, Wire, type WireState } from './wire';

/** How many others a room holds; the receiving connection prepares as many places once and never negotiates again. */
const OTHERS = 5;
const FACE_BITS = 800_000;
const BACKOFF_MS = [200, 400, 800, 1600, 3000, 5000];

export type Phase = 'entering' | 'in' | 'returning' | 'out';
export interface LineQuality { ms: number | null; lost: number | null }
export interface RoomState {
  phase: Phase;
  /** Why one is out: a reason of the server, or `failed`. */
  why: string | null;
  error: unknown;
  you: string;
  members: Member[];
  leader: string | null;
  speaker: string | null;
  up: WireState;
  down: WireState;
  lines: Record<string, LineQuality>;
  streams: Record<string, { stream: MediaStream; paused: boolean; video: boolean }>;
  mic: boolean;
  cam: boolean;
}

export class RoomConnection {
  state: RoomState;
  readonly share: Share;
  private readonly listeners = new Set<() => void>();
  private ticket: Ticket | undefined;
  private socket: WebSocket | undefined;
  private up: Wire | undefined;
  private down: Wire | undefined;
  private slots: Slot[] = [];
  private tries = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private done = false;

  constructor(private readonly caseId: Id, private camera: MediaStreamTrack | null, private microphone: MediaStreamTrack | null) {
    this.state = {
      phase: 'entering', why: null, error: null, you: '', members: [], leader: null, speaker: null, up: 'connecting', down: 'connecting',
      lines: {}, streams: {}, mic: !!microphone?.enabled, cam: !!camera?.enabled,
    };
    this.share = new Share((said) => this.say(said));
    window.addEventListener('online', this.onLine);
    window.addEventListener('pagehide', this.onHide);
    (navigator as { connection?: EventTarget }).connection?.addEventListener('change', this.onLine);
    void this.enter();
  }

  subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };
  read = (): RoomState => this.state;

  /** Switches the microphone; the track stays, so that speaking again costs nothing. */
  setMic(on: boolean): void {
    if (this.microphone) this.microphone.enabled = on;
    this.set({ mic: on && !!this.microphone });
    this.sayState();
  }

  hasMicrophone(): boolean {
    return !!this.microphone && this.microphone.readyState === 'live';
  }

  /** The own picture, for the own eyes. */
  ownStream(): MediaStream | null {
    return this.camera ? new MediaStream([this.camera]) : null;
  }

  setMicrophone(track: MediaStreamTrack): void {
    this.microphone?.stop();
    this.microphone = track;
    void this.sender('audio')?.replaceTrack(track);
    this.setMic(true);
  }

  /** With null the camera is off, its light too, and nothing is sent. */
  setCamera(track: MediaStreamTrack | null): void {
    this.camera?.stop();
    this.camera = track;
    void this.sender('video')?.replaceTrack(track);
    this.set({ cam: !!track });
    this.sayState();
  }

  lead(on: boolean): void {
    this.say({ type: 'lead', on });
  }

  leave(why = 'left'): void {
    if (this.done) return;
    this.done = true;
    this.say({ type: 'leave' });
    this.clear();
    this.set({ phase: 'out', why });
  }

  /** Ends without a word to the screen: the page goes away. */
  dispose(): void {
    this.leave();
    this.listeners.clear();
  }

  private async enter(): Promise<void> {
    clearTimeout(this.retry);
    try {
      const ticket = await api.post<Ticket>(`/api/consults/${this.caseId}/room`, {});
      if (this.done) return;
      this.ticket = ticket;
      this.connect(ticket);
    } catch (error) {
      if (isProblem(error) && error.status !== 0 && error.status < 500 && error.status !== 429) this.out('failed', error);
      else this.again();
    }
  }

  private connect(ticket: Ticket): void {
    const address = new URL(ticket.ws, window.location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address, ['consilium-room', ticket.token]);
    this.socket = socket;
    socket.onmessage = (event) => this.hear(JSON.parse(String(event.data)) as FromServer);
    socket.onclose = (event) => {
      if (this.socket !== socket || this.done) return;
      this.socket = undefined;
      const stays = event.code !== 4403 || event.reason === 'stopping' || event.reason === 'lost';
      if (stays) this.again();
      else this.out(event.reason, null);
    };
  }

  /** Comes back by itself, sooner at first, as long as the page is open. */
  private again(): void {
    if (this.done) return;
    this.set({ phase: this.state.phase === 'entering' ? 'entering' : 'returning' });
    clearTimeout(this.retry);
    const wait = BACKOFF_MS[Math.min(this.tries, BACKOFF_MS.length - 1)];
    this.tries += 1;
    this.retry = setTimeout(() => void this.enter(), wait);
  }

  private out(why: string, error: unknown): void {
    this.done = true;
    this.clear();
    this.set({ phase: 'out', why, error });
  }

  private hear(said: FromServer): void {
    switch (said.type) {
      case 'welcome':
        this.tries = 0;
        this.set({ phase: 'in', you: said.you, members: said.members, leader: said.leader, speaker: said.speaker });
        this.share.lead(said.leader, said.you);
        if (said.view) this.share.take(said.view);
        this.sayState();
        if (!this.up || this.up.state === 'closed') void this.publish();
        else if (this.up.state === 'broken') void this.up.restart();
        if (!this.down || this.down.state === 'closed') void this.receive();
        else if (this.down.state === 'broken') void this.down.restart();
        break;
      case 'roster':
        this.set({ members: said.members });
        break;
      case 'slots':
        this.slots = said.slots;
        this.arrange();
        break;
      case 'speaker':
        this.set({ speaker: said.peer });
        break;
      case 'line':
        if (said.up) this.set({ lines: { ...this.state.lines, [said.peer]: { ms: said.ms, lost: said.lost } } });
        break;
      case 'lead':
        this.set({ leader: said.leader });
        this.share.lead(said.leader, this.state.you);
        break;
      case 'view':
        this.share.take(said.view);
        break;
      case 'point':
        this.share.pointed(said.point && { ...said.point, by: said.from });
    }
  }

  private async publish(): Promise<void> {
    const ticket = this.ticket;
    if (!ticket) return;
    this.up?.close();
    const up = new Wire({ url: ticket.whip, token: () => this.ticket?.token ?? '' }, (state) => this.up === up && this.set({ up: state }), () => void this.publish());
    this.up = up;
    up.expectsMore = () => !!(this.camera || this.microphone);
    const stream = new MediaStream();
    up.pc.addTransceiver(this.microphone ?? 'audio', { direction: 'sendonly', streams: [stream] });
    const video = up.pc.addTransceiver(this.camera ?? 'video', { direction: 'sendonly', streams: [stream], sendEncodings: [{ maxBitrate: FACE_BITS }] });
    const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
    video.setCodecPreferences?.(codecs.filter((codec) => /VP8|rtx/i.test(codec.mimeType)));
    await this.open(up, 'up');
  }

  private async receive(): Promise<void> {
    const ticket = this.ticket;
    if (!ticket) return;
    this.down?.close();
    this.slots = [];
    const down = new Wire({ url: ticket.whep, token: () => this.ticket?.token ?? '' }, (state) => this.down === down && this.set({ down: state }), () => void this.receive());
    this.down = down;
    down.expectsMore = () => this.state.members.some((one) => one.peer !== this.state.you && !one.lost && (one.audio || one.video) && (one.mic || one.cam));
    for (let n = 0; n < OTHERS; n += 1) {
      down.pc.addTransceiver('audio', { direction: 'recvonly' });
      down.pc.addTransceiver('video', { direction: 'recvonly' });
    }
    await this.open(down, 'down');
  }

  private async open(wire: Wire, which: 'up' | 'down'): Promise<void> {
    try {
      await wire.open();
      if (which === 'down') this.arrange();
    } catch (error) {
      if (this.done || wire.state === 'closed') return;
      if (error instanceof Refused && error.status === 409) return this.out('full', error);
      wire.close();
      this.set(which === 'up' ? { up: 'broken' } : { down: 'broken' });
      setTimeout(() => {
        if (!this.done && (which === 'up' ? this.up : this.down) === wire && this.state.phase === 'in') void (which === 'up' ? this.publish() : this.receive());
      }, 1000);
    }
  }

  /** Puts the tracks of the prepared lines together into one stream for each participant. */
  private arrange(): void {
    const tracks = new Map((this.down?.pc.getTransceivers() ?? []).map((one) => [one.mid, one.receiver.track]));
    const streams: RoomState['streams'] = {};
    for (const peer of new Set(this.slots.flatMap((slot) => slot.peer ?? []))) {
      const own = this.slots.filter((slot) => slot.peer === peer);
      const wanted = own.flatMap((slot) => tracks.get(slot.mid) ?? []);
      const before = this.state.streams[peer]?.stream;
      const same = before && before.getTracks().length === wanted.length && wanted.every((track) => before.getTracks().includes(track));
      const video = own.find((slot) => slot.kind === 'video');
      streams[peer] = { stream: same ? before : new MediaStream(wanted), paused: !!video?.paused, video: !!video };
    }
    this.set({ streams });
  }

  private sender(kind: string): RTCRtpSender | undefined {
    return this.up?.pc.getTransceivers().find((one) => one.receiver.track.kind === kind)?.sender;
  }

  private sayState(): void {
    this.say({ type: 'state', mic: this.state.mic, cam: this.state.cam });
  }

  private say(said: ToServer): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(said));
  }

  private set(part: Partial<RoomState>): void {
    this.state = { ...this.state, ...part };
    this.listeners.forEach((tell) => tell());
  }

  /** The computer has another line now: nothing is waited for. */
  private readonly onLine = (): void => {
    if (this.done) return;
    void this.up?.restart();
    void this.down?.restart();
    if (!this.socket || this.socket.readyState > WebSocket.OPEN) {
      this.tries = 0;
      this.again();
    }
  };

  private readonly onHide = (): void => this.say({ type: 'leave' });

  private clear(): void {
    clearTimeout(this.retry);
    window.removeEventListener('online', this.onLine);
    window.removeEventListener('pagehide', this.onHide);
    (navigator as { connection?: EventTarget }).connection?.removeEventListener('change', this.onLine);
    this.up?.close(false);
    this.down?.close(false);
    this.socket?.close(1000);
    this.socket = undefined;
    this.camera?.stop();
    this.microphone?.stop();
    this.share.end();
  }
}
