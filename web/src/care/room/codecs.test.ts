import { expect, test } from 'vitest';
import { ordered } from './codecs';

const all = [
  { mimeType: 'video/VP9', clockRate: 90000 },
  { mimeType: 'video/H264', clockRate: 90000, sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f' },
  { mimeType: 'video/H264', clockRate: 90000, sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f' },
  { mimeType: 'video/H264', clockRate: 90000, sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f' },
  { mimeType: 'video/VP8', clockRate: 90000 },
  { mimeType: 'video/rtx', clockRate: 90000 },
];
const names = (first: 'vp8' | 'h264') => ordered(all, first).map((one) => one.mimeType);

test('both ways are offered, the wanted one first, and nothing that a terminal does not know', () => {
  expect(names('vp8')).toEqual(['video/VP8', 'video/H264', 'video/rtx']);
  expect(names('h264')).toEqual(['video/H264', 'video/VP8', 'video/rtx']);
});
