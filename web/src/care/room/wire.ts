// One media connection to the server by WHIP or WHEP: made, watched, brought back when the line changes, ended.

/** A line that carried something and is silent for so long has changed under us: faster than the browser notices. */
const SILENT_MS = 1500;
const LOOK_MS = 500;
/** Another try when a restart brought nothing. */
const AGAIN_MS = 1500;

export type WireState = 'connecting' | 'up' | 'broken' | 'closed';
interface Door { url: string; token: () => string; ice: RTCIceServer[] }

export class Refused extends Error {
  constructor(readonly status: number, readonly code: string) {
    super(`${status} ${code}`);
  }
}

async function refusal(response: Response): Promise<Refused> {
  const body = (await response.json().catch(() => ({}))) as { code?: string };
  return new Refused(response.status, body.code ?? `http.${response.status}`);
}

export class Wire {
  readonly pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  private door: Door = { url: '', token: () => '', ice: [] };
  private offered: Promise<void> | undefined;
  state: WireState = 'connecting';
  private location = '';
  private timer: ReturnType<typeof setInterval> | undefined;
  private bytes = -1;
  private movedAt = 0;
  private restartedAt = 0;
  private restarting = false;

  /** Set by the owner: hears how the connection does. */
  tell: (state: WireState) => void = () => undefined;
  /** Set by the owner: the server does not know this connection any more, a new one is needed. */
  lost: () => void = () => undefined;

  constructor() {
    this.pc.onconnectionstatechange = () => {
      if (this.pc.connectionState === 'connected') this.set('up');
      if (this.pc.connectionState === 'failed') void this.restart();
    };
    this.pc.oniceconnectionstatechange = () => {
      if (this.pc.iceConnectionState === 'connected' || this.pc.iceConnectionState === 'completed') this.set('up');
      if (this.pc.iceConnectionState === 'disconnected' || this.pc.iceConnectionState === 'failed') void this.restart();
    };
  }

  /** Makes the offer before the door is open: keys, lines and ports take longer than the way to the server. */
  prepare(): this {
    this.offered = this.offer();
    this.offered.catch(() => undefined);
    return this;
  }

  private async offer(): Promise<void> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
  }

  async open(door: Door): Promise<void> {
    this.door = door;
    await this.offered;
    if (door.ice.length) {
      // Ports on a relay are taken only by an offer made after the relay is known.
      this.pc.setConfiguration({ bundlePolicy: 'max-bundle', iceServers: door.ice });
      if (this.offered) await this.pc.setLocalDescription({ type: 'rollback' });
      this.offered = undefined;
    }
    if (!this.offered) await this.offer();
    const response = await this.send('POST', this.door.url, this.pc.localDescription?.sdp ?? '');
    if (!response.ok) throw await refusal(response);
    this.location = response.headers.get('location') ?? '';
    const sdp = await response.text();
    if (this.state === 'closed') return void this.end();
    await this.pc.setRemoteDescription({ type: 'answer', sdp });
    this.movedAt = performance.now();
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  /** New credentials on the same session: the picture is back in well under three seconds. */
  async restart(): Promise<void> {
    const now = performance.now();
    if (this.state === 'closed' || this.restarting || !this.location || now - this.restartedAt < AGAIN_MS) return;
    this.restarting = true;
    this.restartedAt = now;
    this.set('broken');
    try {
      await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: true }));
      const response = await this.send('PATCH', this.location, this.pc.localDescription?.sdp ?? '', AbortSignal.timeout(AGAIN_MS * 2));
      if (response.ok) await this.pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
      else if (response.status === 404) this.lost();
      if (!response.ok && this.pc.signalingState === 'have-local-offer') await this.pc.setLocalDescription({ type: 'rollback' });
    } catch {
      if (this.pc.signalingState === 'have-local-offer') await this.pc.setLocalDescription({ type: 'rollback' }).catch(() => undefined);
    } finally {
      this.restarting = false;
    }
  }

  /** Not `told` when the whole presence ends: then the server ends its streams by itself. */
  close(told = true): void {
    if (this.state === 'closed') return;
    if (!told) this.location = '';
    this.end();
    this.set('closed');
  }

  private end(): void {
    clearInterval(this.timer);
    this.pc.close();
    if (this.location) void this.send('DELETE', this.location).catch(() => undefined);
    this.location = '';
  }

  private set(state: WireState): void {
    if (this.state === state || this.state === 'closed') return;
    this.state = state;
    if (state === 'up') this.movedAt = performance.now();
    this.tell(state);
  }

  /** Looks whether anything still comes in: a publisher hears the server's reports, a receiver its media. */
  private async look(): Promise<void> {
    if (this.state === 'closed') return;
    let bytes = 0;
    this.outgoing = null;
    for (const report of (await this.pc.getStats().catch(() => new Map<string, unknown>())).values()) {
      const one = report as { type: string; bytesReceived?: number; nominated?: boolean; availableOutgoingBitrate?: number };
      if (one.type === 'transport') bytes = one.bytesReceived ?? 0;
      if (one.type === 'candidate-pair' && one.nominated) this.outgoing = one.availableOutgoingBitrate ?? null;
    }
    const now = performance.now();
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.movedAt = now;
      if (this.state === 'broken' && this.pc.connectionState === 'connected') this.set('up');
    } else if (this.expectsMore() && now - this.movedAt > SILENT_MS && this.pc.connectionState !== 'new' && this.pc.connectionState !== 'connecting') {
      void this.restart();
    }
  }

  /** What the browser's own bandwidth control believes the line out carries, in bits per second. */
  outgoing: number | null = null;

  /** Set by the owner: whether media should be flowing at all. */
  expectsMore: () => boolean = () => false;

  private send(method: string, url: string, body?: string, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.door.token()}` };
    if (body) headers['content-type'] = 'application/sdp';
    return fetch(url, { method, body, headers, credentials: 'same-origin', signal });
  }
}
