// Being in a room: the token, the WebSocket, one connection out and one in, and coming back when any of them breaks.
// No React here; screens read `state` through `subscribe`.
import { api } from '../../api/client';
import { isProblem } from '../../api/problem';
import type { Id } from '../../api/types';
import type { Codec, FromServer, Member, Slot, Ticket, ToServer } from './protocol';
import { prefer } from './codecs';
import { Sending, type Notice } from './Sending';
import { Share } from './share';
import { Refused, Wire, type WireState } from './wire';

/** Five others and two second devices; the receiving connection prepares as many places once, and one for a screen. */
const OTHERS = 7;
const REPORT_MS = 2000;
const BACKOFF_MS = [200, 400, 800, 1600, 3000, 5000];

export type Phase = 'entering' | 'in' | 'returning' | 'out';
export interface LineQuality { ms: number | null; lost: number | null; bps: number }
/** What a participant's places show; `screen` is another picture of the same person. */
export interface Seen { stream: MediaStream; paused: boolean; video: boolean; playable: boolean }
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
  /** How the lines do, out of a participant and in to them. */
  lines: Record<string, { up?: LineQuality; down?: LineQuality }>;
  streams: Record<string, Seen>;
  /** Whose screen is shown, and the picture when it is another's. */
  sharer: string | null;
  screen: Seen | null;
  notice: Notice | null;
  mic: boolean;
  cam: boolean;
}

/** A connection for what comes in, with all its places, its offer on the way; made while devices are still being checked. */
export function prepareDown(codec: Codec = 'vp8'): Wire {
  const down = new Wire();
  for (let n = 0; n < OTHERS; n += 1) {
    down.pc.addTransceiver('audio', { direction: 'recvonly' });
    prefer(down.pc.addTransceiver('video', { direction: 'recvonly' }), codec, 'in');
  }
  prefer(down.pc.addTransceiver('video', { direction: 'recvonly' }), codec, 'in');
  return down.prepare();
}

export class RoomConnection {
  state: RoomState;
  readonly share: Share;
  private readonly listeners = new Set<() => void>();
  readonly sending: Sending;
  private ticket: Ticket | undefined;
  private codec: Codec = 'vp8';
  private reports: ReturnType<typeof setInterval> | undefined;
  private socket: WebSocket | undefined;
  private up: Wire | undefined;
  private down: Wire | undefined;
  /** Made before they are needed. */
  private nextUp: Wire | undefined;
  private nextDown: Wire | undefined;
  private slots: Slot[] = [];
  private tries = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private done = false;

  /** `down`: what comes in, prepared before one enters. */
  constructor(private readonly caseId: Id, camera: MediaStreamTrack | null, microphone: MediaStreamTrack | null, down?: Wire) {
    this.state = {
      phase: 'entering', why: null, error: null, you: '', members: [], leader: null, speaker: null, up: 'connecting', down: 'connecting',
      lines: {}, streams: {}, sharer: null, screen: null, notice: null, mic: !!microphone?.enabled, cam: !!camera?.enabled,
    };
    this.share = new Share((said) => this.say(said));
    this.sending = new Sending(camera, microphone, {
      changed: () => {
        this.set({ mic: this.state.mic && !!this.sending.microphone?.enabled, cam: !!this.sending.camera });
        this.sayState();
      },
      notice: (notice) => this.set({ notice }),
      screenEnded: () => this.say({ type: 'screen', on: false }),
      remake: () => void this.publish(),
    });
    if (down) this.nextDown = this.own(down);
    window.addEventListener('online', this.onLine);
    window.addEventListener('pagehide', this.onHide);
    (navigator as { connection?: EventTarget }).connection?.addEventListener('change', this.onLine);
    this.reports = setInterval(() => this.report(), REPORT_MS);
    void this.enter();
  }

  subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };
  read = (): RoomState => this.state;

  /** Switches the microphone; the track stays, so that speaking again costs nothing. */
  setMic(on: boolean): void {
    const { microphone } = this.sending;
    if (microphone) microphone.enabled = on;
    this.set({ mic: on && !!microphone });
    this.sayState();
  }

  hasMicrophone(): boolean {
    return this.sending.microphone?.readyState === 'live';
  }

  /** The own picture, for the own eyes. */
  ownStream(): MediaStream | null {
    return this.sending.camera ? new MediaStream([this.sending.camera]) : null;
  }

  setMicrophone(track: MediaStreamTrack): void {
    this.sending.setMicrophone(track);
    this.setMic(true);
  }

  setCamera(track: MediaStreamTrack | null): void {
    this.sending.setCamera(track);
    this.set({ cam: !!track });
    this.sayState();
  }

  /** Shows a screen to all, in place of whosever was shown; with null no more. */
  setScreen(track: MediaStreamTrack | null): void {
    this.sending.setScreen(track);
    this.say(track ? { type: 'screen', on: true, take: true } : { type: 'screen', on: false });
  }

  /** Speaks and hears here, and on no other device of the same person. */
  takeVoice(): void {
    this.say({ type: 'voice' });
  }

  forgetNotice(): void {
    this.set({ notice: null });
  }

  me(): Member | undefined {
    return this.state.members.find((one) => one.peer === this.state.you);
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
      const asked = api.post<Ticket>(`/api/consults/${this.caseId}/room`, {});
      // Made while the question is on its way; the pictures of the others first: that is what somebody who enters waits for.
      if (!this.down) this.nextDown ??= this.makeDown();
      if (!this.up) this.nextUp ??= this.makeUp();
      const ticket = await asked;
      if (this.done) return;
      this.ticket = ticket;
      if (!this.up) {
        this.codec = ticket.codec;
        void this.sending.setCodec(ticket.codec);
      }
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
    // Does not wait for the welcome: the server lets both in together.
    if (!this.down || this.down.state === 'closed') void this.receive();
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
      case 'welcome': {
        // A server that was started anew knows no line of before, and no packet says so: both are asked about at once.
        const returned = this.state.phase === 'returning';
        this.tries = 0;
        this.set({ phase: 'in', you: said.you, members: said.members, leader: said.leader, speaker: said.speaker, sharer: said.sharer });
        if (said.codec) this.codec = said.codec;
        this.heed();
        this.share.lead(said.leader, said.you);
        if (said.view) this.share.take(said.view);
        this.sayState();
        if (!this.down || this.down.state === 'closed') void this.receive();
        else if (returned || this.down.state === 'broken') void this.down.restart();
        if (!this.up || this.up.state === 'closed') void this.publish();
        else if (returned || this.up.state === 'broken') void this.up.restart();
        else if (this.sending.screen) this.say({ type: 'screen', on: true });
        break;
      }
      case 'roster':
        this.set({ members: said.members });
        this.heed();
        break;
      case 'screen':
        this.set({ sharer: said.sharer });
        // Another shows theirs now: nobody sees mine any more.
        if (this.sending.screen && said.sharer !== this.state.you) this.sending.setScreen(null);
        break;
      case 'codec':
        this.codec = said.codec;
        void this.sending.setCodec(said.codec);
        break;
      case 'slots':
        this.slots = said.slots;
        this.arrange();
        break;
      case 'speaker':
        this.set({ speaker: said.peer });
        break;
      case 'line':
        this.set({ lines: { ...this.state.lines, [said.peer]: { ...this.state.lines[said.peer], [said.up ? 'up' : 'down']: { ms: said.ms, lost: said.lost, bps: said.bps } } } });
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

  /** What the server says of oneself: quiet beside another device, voice alone on a thin line. */
  private heed(): void {
    const me = this.me();
    if (!me) return;
    this.sending.allowFace(me.face);
    if (me.quiet && this.state.mic) {
      if (this.sending.microphone) this.sending.microphone.enabled = false;
      this.set({ mic: false });
    }
  }

  private report(): void {
    const bps = this.up?.outgoing;
    if (bps && this.state.cam && this.me()?.face) this.say({ type: 'line', bps: Math.round(bps) });
  }

  private async publish(): Promise<void> {
    this.up?.close();
    const up = this.nextUp ?? this.makeUp();
    this.nextUp = undefined;
    this.up = up;
    await this.open(up, 'up');
  }

  private makeUp(): Wire {
    const up = new Wire();
    up.tell = (state) => this.upIs(up, state);
    up.lost = () => void this.publish();
    up.expectsMore = () => !!(this.sending.camera || this.sending.microphone);
    this.sending.attach(up, this.codec);
    up.prepare();
    return up;
  }

  private upIs(up: Wire, state: WireState): void {
    if (this.up !== up) return;
    if (state === 'up' && this.sending.screen) this.say({ type: 'screen', on: true });
    this.set({ up: state });
  }

  private async receive(): Promise<void> {
    this.down?.close();
    this.slots = [];
    const down = this.nextDown ?? this.makeDown();
    this.nextDown = undefined;
    this.down = down;
    await this.open(down, 'down');
  }

  private makeDown(): Wire {
    return this.own(prepareDown(this.codec));
  }

  private own(down: Wire): Wire {
    down.tell = (state) => this.down === down && this.set({ down: state });
    down.lost = () => void this.receive();
    down.expectsMore = () => this.state.members.some((one) => one.peer !== this.state.you && !one.lost && (one.audio || one.video) && (one.mic || one.cam));
    return down;
  }

  private async open(wire: Wire, which: 'up' | 'down'): Promise<void> {
    const { ticket } = this;
    if (!ticket) return;
    try {
      await wire.open({ url: which === 'up' ? ticket.whip : ticket.whep, token: () => this.ticket?.token ?? '', ice: ticket.ice_servers });
      if (which === 'down') this.arrange();
    } catch (error) {
      if (this.done || wire.state === 'closed') return;
      const barred = error instanceof Refused ? { 'media.room_full': 'full', 'media.too_many_devices': 'devices' }[error.code] : undefined;
      if (barred) return this.out(barred, error);
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
    const seen = (own: Slot[], before: Seen | null | undefined): Seen => {
      const wanted = own.flatMap((slot) => tracks.get(slot.mid) ?? []);
      const same = before && before.stream.getTracks().length === wanted.length && wanted.every((track) => before.stream.getTracks().includes(track));
      const video = own.find((slot) => slot.kind === 'video');
      return { stream: same ? before.stream : new MediaStream(wanted), paused: !!video?.paused, video: !!video, playable: video?.playable ?? true };
    };
    for (const peer of new Set(this.slots.flatMap((slot) => (slot.screen ? [] : slot.peer ?? [])))) {
      streams[peer] = seen(this.slots.filter((slot) => slot.peer === peer && !slot.screen), this.state.streams[peer]);
    }
    const screen = this.slots.filter((slot) => slot.screen);
    this.set({ streams, screen: screen.length ? seen(screen, this.state.screen) : null });
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
    clearInterval(this.reports);
    window.removeEventListener('online', this.onLine);
    window.removeEventListener('pagehide', this.onHide);
    (navigator as { connection?: EventTarget }).connection?.removeEventListener('change', this.onLine);
    for (const wire of [this.up, this.down, this.nextUp, this.nextDown]) wire?.close(false);
    this.socket?.close(1000);
    this.socket = undefined;
    this.sending.end();
    this.share.end();
  }
}
