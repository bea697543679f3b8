// DICOM files of a scanner that never was: enough of a header for an archive, and as many pixels as a bench wants.

const even = (bytes, vr) => (bytes.length % 2 ? Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]) : bytes);

/** Explicit VR little endian, one element after the other. */
function element(group, tag, vr, value) {
  const bytes = even(Buffer.from(value), vr);
  const long = ['OB', 'OW', 'UN', 'SQ'].includes(vr);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(tag, 2);
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(bytes.length, 8); else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}
const u16 = (n) => { const b = Buffer.alloc(2); b.writeUInt16LE(n); return b; };
const CT = '1.2.840.10008.5.1.4.1.1.2';

const NOBODY = { name: 'Bench^One', identifier: 'B1', birth_date: '19500101', sex: 'M' };

/** A CT of one or more frames without its last element's bytes: `pixels` of them are to follow. */
export function dicom(series, instance, number, rows, columns, frames, pixels, patient = NOBODY) {
  const meta = Buffer.concat([element(2, 1, 'OB', Buffer.from([0, 1])), element(2, 2, 'UI', CT), element(2, 3, 'UI', instance), element(2, 0x10, 'UI', '1.2.840.10008.1.2.1'), element(2, 0x12, 'UI', '1.2.3.4')]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  const data = [
    element(8, 5, 'CS', 'ISO_IR 192'), element(8, 0x16, 'UI', CT), element(8, 0x18, 'UI', instance), element(8, 0x20, 'DA', '20260206'), element(8, 0x30, 'TM', '080000'), element(8, 0x60, 'CS', 'CT'),
    element(0x10, 0x10, 'PN', patient.name), element(0x10, 0x20, 'LO', patient.identifier), element(0x10, 0x30, 'DA', patient.birth_date), element(0x10, 0x40, 'CS', patient.sex),
    element(0x20, 0xd, 'UI', `${series}.1`), element(0x20, 0xe, 'UI', `${series}.2`), element(0x20, 0x11, 'IS', '1'), element(0x20, 0x13, 'IS', String(number)),
    element(0x28, 2, 'US', u16(1)), element(0x28, 4, 'CS', 'MONOCHROME2'), element(0x28, 8, 'IS', String(frames)), element(0x28, 0x10, 'US', u16(rows)), element(0x28, 0x11, 'US', u16(columns)),
    element(0x28, 0x100, 'US', u16(16)), element(0x28, 0x101, 'US', u16(12)), element(0x28, 0x102, 'US', u16(11)), element(0x28, 0x103, 'US', u16(0)),
  ];
  const head = Buffer.alloc(12);
  head.writeUInt16LE(0x7fe0, 0);
  head.writeUInt16LE(0x10, 2);
  head.write('OW', 4, 'latin1');
  head.writeUInt32LE(pixels, 8);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(2, 0, 'UL', length), meta, ...data, head]);
}
