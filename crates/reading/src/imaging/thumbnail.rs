//! A small grey picture of a frame that lies plain in its file: windowed, made smaller by averaging, written as PNG.

use super::store::rows::Pixels;
use flate2::{Compression, Crc, write::ZlibEncoder};
use std::io::Write as _;

/// Longer edge of the picture.
const EDGE: u32 = 160;
/// Largest frame looked at.
const PIXELS_MAX: u64 = 64 << 20;

/// The picture; none when the frame is not grey of 8 or 16 bits, or shorter than it should be.
pub(crate) fn png(frame: &[u8], pixels: &Pixels) -> Option<Vec<u8>> {
    let (rows, columns) = (pixels.rows, pixels.columns);
    let count = u64::from(rows) * u64::from(columns);
    let bytes = usize::from(pixels.bits / 8);
    let plain = pixels.samples == 1 && matches!(pixels.bits, 8 | 16) && count > 0 && count <= PIXELS_MAX;
    if !plain || frame.len() < count as usize * bytes {
        return None;
    }
    let value = |at: usize| -> f64 {
        let raw =
            if bytes == 1 { u16::from(frame[at]) } else { u16::from_le_bytes([frame[2 * at], frame[2 * at + 1]]) };
        let unused = 16 - pixels.stored.clamp(1, 16);
        let stored = if pixels.signed {
            f64::from((raw << unused) as i16 >> unused)
        } else {
            f64::from((raw << unused) >> unused)
        };
        let (slope, intercept) = pixels.rescale.unwrap_or((1.0, 0.0));
        stored * slope + intercept
    };
    let step = rows.max(columns).div_ceil(EDGE).max(1);
    let (width, height) = ((columns / step).max(1), (rows / step).max(1));
    let mut small = Vec::with_capacity((width * height) as usize);
    for y in 0..height {
        for x in 0..width {
            let mut sum = 0.0;
            let mut n = 0.0;
            for (dy, dx) in (0..step).flat_map(|dy| (0..step).map(move |dx| (dy, dx))) {
                let (row, column) = (y * step + dy, x * step + dx);
                if row < rows && column < columns {
                    sum += value((row * columns + column) as usize);
                    n += 1.0;
                }
            }
            small.push(sum / n);
        }
    }
    let (low, high) = range(pixels, &small);
    let grey = |v: f64| ((v - low) / (high - low) * 255.0).clamp(0.0, 255.0).round() as u8;
    let grey: Vec<u8> = small.into_iter().map(grey).map(|g| if pixels.inverted { 255 - g } else { g }).collect();
    encode(&grey, width, height).ok()
}

fn range(pixels: &Pixels, values: &[f64]) -> (f64, f64) {
    if let Some((centre, width)) = pixels.window.filter(|(_, width)| *width >= 1.0) {
        return (centre - width / 2.0, centre + width / 2.0);
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (low, high.max(low + 1.0))
}

/// A grey PNG of 8 bits (ISO/IEC 15948).
fn encode(grey: &[u8], width: u32, height: u32) -> std::io::Result<Vec<u8>> {
    let mut lines = ZlibEncoder::new(Vec::new(), Compression::default());
    for line in grey.chunks(width as usize) {
        lines.write_all(&[0])?;
        lines.write_all(line)?;
    }
    let mut header = Vec::with_capacity(13);
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 0, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", lines.finish()?), (b"IEND", vec![])] {
        png.extend_from_slice(&(data.len() as u32).to_be_bytes());
        png.extend_from_slice(kind);
        png.extend_from_slice(&data);
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(&data);
        png.extend_from_slice(&crc.sum().to_be_bytes());
    }
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    /// The grey values of a PNG that `encode` wrote.
    fn decode(png: &[u8]) -> (u32, Vec<u8>) {
        let width = u32::from_be_bytes(png[16..20].try_into().unwrap());
        let len = u32::from_be_bytes(png[33..37].try_into().unwrap()) as usize;
        let mut lines = Vec::new();
        flate2::read::ZlibDecoder::new(&png[41..41 + len]).read_to_end(&mut lines).unwrap();
        let grey = lines.chunks(width as usize + 1).flat_map(|line| line[1..].to_vec()).collect();
        (width, grey)
    }

    #[test]
    fn windows_and_shrinks() {
        let pixels = Pixels {
            rows: 320,
            columns: 320,
            samples: 1,
            bits: 16,
            stored: 12,
            signed: false,
            rescale: Some((1.0, -1024.0)),
            window: Some((0.0, 2048.0)),
            ..Pixels::default()
        };
        // Left half air (0 is -1024 HU), right half 2047 (1023 HU), with rubbish in the unused bits.
        let frame: Vec<u8> =
            (0..320 * 320_u32).flat_map(|i| (if i % 320 < 160 { 0xF000_u16 } else { 0xF7FF }).to_le_bytes()).collect();
        let (width, grey) = decode(&png(&frame, &pixels).unwrap());
        assert_eq!((width, grey.len(), grey[0], grey[159]), (160, 160 * 160, 0, 255));
        let inverted = Pixels { inverted: true, ..pixels.clone() };
        assert_eq!(decode(&png(&frame, &inverted).unwrap()).1[0], 255);
        assert_eq!(png(&frame[..100], &pixels), None);
        assert_eq!(png(&frame, &Pixels { samples: 3, ..pixels }), None);
    }
}
