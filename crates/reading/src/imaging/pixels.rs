//! Frames out of blobs, as they leave us: little endian when they lie plain, as stored when they are compressed.

use super::store::rows::InstanceRow;
use bytes::Bytes;
use platform::Problem;
use records::Store;
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
    let mut pieces = Vec::with_capacity(ranges.len());
    for range in ranges {
        pieces.push(store.blob(&instance.sha256, Some(range)).await?.ok_or_else(|| lost(instance))?);
    }
    let swapped = matches!(instance.frames, Frames::Native { swapped: true, .. });
    match (pieces.len(), swapped) {
        (1, false) => Ok(pieces.pop()),
        (_, false) => Ok(Some(pieces.concat().into())),
        (_, true) => Ok(Some(pieces.concat().chunks(2).flat_map(|pair| pair.iter().rev()).copied().collect())),
    }
}

fn lost(instance: &InstanceRow) -> Problem {
    Problem::internal(format!("the blob {} is not there", hex::encode(instance.sha256)))
}
