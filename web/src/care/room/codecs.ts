// How pictures are encoded: both ways are negotiated, and the room says which of them everybody can show.
import type { Codec } from './protocol';

export const FACE: RTCRtpEncodingParameters[] = [
  { rid: 'l', scaleResolutionDownBy: 2, maxBitrate: 150_000 },
  { rid: 'm', scaleResolutionDownBy: 1, maxBitrate: 800_000 },
];
export const SCREEN_BITS = 2_500_000;

interface Known { mimeType: string; clockRate: number; sdpFmtpLine?: string }

/** H.264 as every terminal knows it: constrained baseline, non-interleaved. */
const usable = (one: Known) => /VP8|rtx/i.test(one.mimeType) || (/H264/i.test(one.mimeType) && /packetization-mode=1/.test(one.sdpFmtpLine ?? '') && /profile-level-id=42/i.test(one.sdpFmtpLine ?? ''));
const isThe = (codec: Codec, one: Known) => one.mimeType.toLowerCase() === `video/${codec}`;

/** The codecs in the order wanted. */
export function ordered<T extends Known>(all: readonly T[], first: Codec): T[] {
  const fit = all.filter(usable);
  return [...fit.filter((one) => isThe(first, one)), ...fit.filter((one) => !isThe(first, one))];
}

export function prefer(line: RTCRtpTransceiver, first: Codec, way: 'out' | 'in'): void {
  const all = (way === 'out' ? RTCRtpSender : RTCRtpReceiver).getCapabilities('video')?.codecs ?? [];
  const list = ordered(all, first);
  if (list.length) line.setCodecPreferences?.(list);
}

type Parameters = RTCRtpSendParameters & { encodings: (RTCRtpEncodingParameters & { codec?: Known })[] };

/** Goes on in another way without negotiating anew. `false`: this browser cannot, the line must be made anew. */
export async function recode(sender: RTCRtpSender, codec: Codec): Promise<boolean> {
  const parameters = sender.getParameters() as Parameters;
  const known = parameters.codecs.find((one) => isThe(codec, one));
  if (!known) return true; // not negotiated: what flows goes on
  if (!canChoose()) return false;
  (parameters.encodings as { codec?: Known }[]).forEach((one) => { one.codec = known; });
  return sender.setParameters(parameters).then(() => true, () => false);
}

let chooses: boolean | undefined;
/** Whether an encoding may name its codec here; asked of a connection that goes nowhere. */
function canChoose(): boolean {
  if (chooses !== undefined) return chooses;
  const trial = new RTCPeerConnection();
  try {
    const codec = RTCRtpSender.getCapabilities('video')?.codecs.find((one) => isThe('vp8', one));
    const { sender } = trial.addTransceiver('video', { direction: 'sendonly', sendEncodings: [{ codec } as RTCRtpEncodingParameters] });
    chooses = !!(sender.getParameters() as Parameters).encodings[0]?.codec;
  } catch {
    chooses = false;
  }
  trial.close();
  return chooses;
}

/** Sends the pictures of a line, or keeps it open and sends none. */
export async function sends(sender: RTCRtpSender, on: boolean): Promise<void> {
  const parameters = sender.getParameters();
  if (!parameters.encodings.length || parameters.encodings.every((one) => (one.active ?? true) === on)) return;
  parameters.encodings.forEach((one) => { one.active = on; });
  await sender.setParameters(parameters).catch(() => undefined);
}
