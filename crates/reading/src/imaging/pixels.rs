//! Frames out of blobs, as they leave us: little endian when they lie plain, as stored when they are compressed.

use super::store::rows::InstanceRow;
use bytes::Bytes;
use platform::Problem;
use records::Store;
use std::ops::Range;
use wire::dicom::Frames;

/// A frame larger than this is not read.
const FRAME_MAX: u64 = 256 << 20;

/// Frame `number`, counted from 1; none when there is no such frame.
pub(crate) async fn frame(store: &dyn Store, instance: &InstanceRow, number: u32) -> Result<Option<Bytes>, Problem> {
    if let Frames::Deflated { from, offset, len, count } = instance.frames {
        if number == 0 || number > count {
            return Ok(None);
        }
        let Some(file) = store.blob(&instance.sha256, None).await? else { return Err(lost(instance)) };
        let inflate = move || wire::dicom::inflate(file.as_ref(), from);
        let data = tokio::task::spawn_blocking(inflate).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
        let start = offset + len * u64::from(number - 1);
        let range = start as usize..(start + len) as usize;
        return Ok(data.get(range).map(Bytes::copy_from_slice));
    }
    let Some(ranges) = instance.frames.ranges(number) else { return Ok(None) };
    if ranges.iter().map(|r| r.end - r.start).sum::<u64>() > FRAME_MAX {
        return Err(Problem::internal(format!("a frame of {} is larger than {FRAME_MAX}", instance.uid)));
    }
    let read = async |range| store.blob(&instance.sha256, Some(range)).await?.ok_or_else(|| lost(instance));
    if let (Frames::Native { offset, swapped: true, .. }, [range]) = (&instance.frames, ranges.as_slice()) {
        let (whole, wanted) = words(range, *offset);
        return Ok(Some(swap(&read(whole).await?, wanted)));
    }
    let mut pieces = Vec::with_capacity(ranges.len());
    for range in ranges {
        pieces.push(read(range).await?);
    }
    Ok(if pieces.len() == 1 { pieces.pop() } else { Some(pieces.concat().into()) })
}

/// The words that hold a range of pixel data beginning at `offset`, and where in them the range lies: a frame of an odd
/// number of bytes ends, and the next begins, inside a word. Pixel data are padded to whole words.
fn words(range: &Range<u64>, offset: u64) -> (Range<u64>, Range<usize>) {
    let start = range.start - (range.start - offset) % 2;
    let end = range.end + (range.end - offset) % 2;
    (start..end, (range.start - start) as usize..(range.end - start) as usize)
}

fn swap(words: &[u8], wanted: Range<usize>) -> Bytes {
    let turned: Vec<u8> = words.chunks(2).flat_map(|pair| pair.iter().rev()).copied().collect();
    turned.get(wanted).map(Bytes::copy_from_slice).unwrap_or_default()
}

fn lost(instance: &InstanceRow) -> Problem {
    Problem::internal(format!("the blob {} is not there", hex::encode(instance.sha256)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_odd_length_lie_across_words() {
        // Two frames of three bytes, 1 2 3 and 4 5 6, as big endian words at place 100.
        let file = [2, 1, 4, 3, 6, 5];
        for (range, expected) in [(100..103, [1, 2, 3]), (103..106, [4, 5, 6])] {
            let (whole, wanted) = words(&range, 100);
            let read = &file[(whole.start - 100) as usize..(whole.end - 100) as usize];
            assert_eq!(swap(read, wanted).as_ref(), expected, "{range:?}");
        }
    }
}
