// What the room's WebSocket says, in both directions.
import type { PersonRef } from '../../api/types';
import type { SharedView } from '../../viewers/dicom/share';

export type Codec = 'vp8' | 'h264';
export interface Ticket { token: string; peer: string; ws: string; whip: string; whep: string; ice_servers: RTCIceServer[]; codec: Codec }
export interface Member {
  peer: string; person: PersonRef; role: string; device: boolean;
  /** Another device of the same person speaks and hears; `face` false: the line out carries the voice alone. */
  quiet: boolean; face: boolean;
  mic: boolean; cam: boolean; audio: boolean; video: boolean; lost: boolean; since: string;
}
export interface Slot { mid: string; kind: 'audio' | 'video'; peer: string | null; screen: boolean; paused: boolean; playable: boolean }
export interface Pointing { pane: number; x: number; y: number }

export type FromServer =
  | { type: 'welcome'; you: string; members: Member[]; leader: string | null; view: SharedView | null; speaker: string | null; back: boolean; sharer: string | null; codec: Codec | null }
  | { type: 'roster'; members: Member[] }
  | { type: 'slots'; connection: string; slots: Slot[] }
  | { type: 'speaker'; peer: string }
  | { type: 'line'; peer: string; up: boolean; ms: number | null; lost: number | null; bps: number }
  | { type: 'screen'; sharer: string | null }
  | { type: 'codec'; codec: Codec }
  | { type: 'lead'; leader: string | null }
  | { type: 'view'; from: string; view: SharedView }
  | { type: 'point'; from: string; point: Pointing | null };

export type ToServer =
  | { type: 'state'; mic: boolean; cam: boolean }
  | { type: 'lead'; on: boolean }
  | { type: 'voice' }
  | { type: 'screen'; on: boolean; take?: boolean }
  | { type: 'line'; bps: number }
  | { type: 'view'; view: SharedView }
  | { type: 'point'; point: Pointing | null }
  | { type: 'leave' };
