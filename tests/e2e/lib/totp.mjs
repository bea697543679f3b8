// Somebody's authenticator: the six digits of a moment (RFC 6238: SHA-1, 30 s).
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function code(base32, at = Date.now()) {
  const bits = [...base32.replace(/[\s=]/g, '')].map((letter) => ALPHABET.indexOf(letter.toUpperCase()).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac[19] & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** A code that was not used yet: that of the next step, which is taken half a minute early. */
export const nextCode = (base32) => code(base32, Date.now() + 30_000);
