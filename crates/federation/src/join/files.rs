//! Where a probe's file lies: a folder beside the record, one file a gateway. It is no part of the record and no patient's; the
//! gateway deletes it, the next one takes its place, and a backup does not keep it.

use kernel::Id;
use platform::{Platform, Problem};
use std::io::ErrorKind;
use std::path::PathBuf;

fn path(platform: &Platform, gateway: &Id) -> PathBuf {
    // An id holds no slash, so the file stays in its folder.
    platform.data_dir.join("probes").join(format!("{gateway}.dcm"))
}

/// Whether these bytes begin as a DICOM file does (PS3.10, 7.1).
pub fn is_dicom(bytes: &[u8]) -> bool {
    bytes.get(128..132) == Some(b"DICM")
}

/// Writes it and waits until it is on the disk.
pub async fn put(platform: &Platform, gateway: &Id, bytes: Vec<u8>) -> Result<(), Problem> {
    let path = path(platform, gateway);
    let write = move || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, bytes)?;
        std::fs::File::open(&path)?.sync_all()
    };
    tokio::task::spawn_blocking(write).await.map_err(Problem::internal)?.map_err(Problem::internal)
}

/// Reads it.
pub async fn get(platform: &Platform, gateway: &Id) -> Result<Option<Vec<u8>>, Problem> {
    match tokio::fs::read(path(platform, gateway)).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Problem::internal(error)),
    }
}

/// Deletes it; nothing is there afterwards.
pub async fn drop_it(platform: &Platform, gateway: &Id) -> Result<(), Problem> {
    match tokio::fs::remove_file(path(platform, gateway)).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Problem::internal(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::is_dicom;

    #[test]
    fn a_dicom_file_is_known_by_its_beginning() {
        let mut file = vec![0; 132];
        assert!(!is_dicom(&file) && !is_dicom(b"DICM"));
        file[128..].copy_from_slice(b"DICM");
        assert!(is_dicom(&file) && !is_dicom(&file[1..]));
    }
}
