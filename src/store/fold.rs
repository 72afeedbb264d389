//! Folds a journal into a shard.

use std::fs;
use std::path::{Path, PathBuf};

use super::directory::Directory;
use super::{Record, StoreError, journal, shard};

/// Folds the finished journal of a rank into a shard and removes it.
///
/// # Errors
/// The journal is damaged, or a file cannot be read or written; the journal then stays.
pub(crate) fn fold(directory: &Directory, journal: &Path) -> Result<(), StoreError> {
    let scan = journal::read(journal)?;
    if let Some(damage) = damage_of(journal, &scan) {
        return Err(damage);
    }
    save_good(directory, journal, "", &scan.records)?;
    fs::remove_file(journal).map_err(StoreError::io(journal))
}

pub(super) fn damage_of(path: &Path, scan: &journal::Scan) -> Option<StoreError> {
    let what = "no good record here, but there is more behind".to_string();
    scan.damaged_at.map(|offset| StoreError::Damaged { path: path.to_path_buf(), offset, what })
}

/// Writes the good records of a file to a shard that is named after it; no records, no shard.
pub(super) fn save_good(directory: &Directory, from: &Path, mark: &str, records: &[Record]) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    shard::write(&unused(&directory.shards(), from, mark), records)
}

/// A path in `folder` for a shard made from `from` that no file has.
fn unused(folder: &Path, from: &Path, mark: &str) -> PathBuf {
    let stem = from.file_stem().unwrap_or_default().to_string_lossy();
    let mark = if mark.is_empty() { String::new() } else { format!("-{mark}") };
    let name = |attempt: u32| match attempt {
        0 => format!("{stem}{mark}.h5"),
        attempt => format!("{stem}{mark}-{attempt}.h5"),
    };
    (0..).map(|attempt| folder.join(name(attempt))).find(|path| !path.exists()).unwrap_or_else(|| folder.join(name(0)))
}
