//! Folds a journal into a shard.

use std::fs;
use std::path::{Path, PathBuf};

use super::directory::Directory;
use super::frame::{Frame, kind};
use super::journal::{self, Finished, Scan};
use super::{Record, StoreError, atomic, shard};
use crate::wording::counted;

/// Folds the finished journal of a rank into a shard, and reads it back. The journal stays for whoever may remove it.
///
/// # Errors
/// The journal is damaged or does not hold all that was appended, or a file cannot be read or written.
pub(crate) fn fold(directory: &Directory, finished: &Finished) -> Result<(), StoreError> {
    let path = &finished.path;
    let scan = journal::read(path)?;
    if let Some(damage) = damage_of(path, &scan) {
        return Err(damage);
    }
    if scan.records.len() != finished.records {
        let what = format!("it holds {} of {}", scan.records.len(), counted(finished.records, "record"));
        return Err(StoreError::damaged(path, scan.good_length, what));
    }
    save(directory, path, "", &scan)
}

/// Removes the journals of a run whose ranks have folded them. Only the holder of the lease `reduce` may.
///
/// # Errors
/// A journal cannot be removed.
pub(crate) fn remove_folded(directory: &Directory, run: u32, ranks: &[usize]) -> Result<(), StoreError> {
    for rank in ranks {
        remove(&directory.journal(run, *rank))?;
    }
    Ok(())
}

pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(path)(error)),
        _ => Ok(()),
    }
}

pub(super) fn damage_of(path: &Path, scan: &Scan) -> Option<StoreError> {
    scan.damaged_at.map(|offset| StoreError::damaged(path, offset, "no good frame here, but there is more behind"))
}

/// Whether the shard that a rank makes of its journal is there and holds all of it.
pub(super) fn is_folded(directory: &Directory, journal: &Path, scan: &Scan) -> bool {
    let shard = shard::read(&name(&directory.shards(), journal, "", 0));
    shard.is_ok_and(|shard| shard.damage.is_none() && same(&shard.records, &scan.records))
}

/// Writes what is good of a journal or shard to a shard that is named after it, and reads it back. Without records
/// there is no shard.
pub(super) fn save(directory: &Directory, from: &Path, mark: &str, scan: &Scan) -> Result<(), StoreError> {
    if scan.records.is_empty() && scan.frames.iter().all(|frame| frame.is_of_the_journal()) {
        return Ok(());
    }
    let path = unused(&directory.shards(), from, mark);
    // Where a journal was synced means nothing in a shard.
    let frames: Vec<Frame> = scan.frames.iter().filter(|frame| frame.kind != kind::SYNCED).cloned().collect();
    shard::write_with_frames(&path, &scan.records, &frames)?;
    let found = shard::read(&path)?;
    match found.damage {
        Some(damage) => Err(damage),
        None if same(&found.records, &scan.records) && found.frames == frames => Ok(()),
        None => Err(atomic::unequal(&path, "its records do not read back as written")),
    }
}

/// Whether both are the same records, bit by bit.
fn same(left: &[Record], right: &[Record]) -> bool {
    let encoded = |record: &Record| {
        let mut bytes = Vec::new();
        record.encode_into(&mut bytes);
        bytes
    };
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| encoded(left) == encoded(right))
}

/// A path in `folder` for a shard made from `from` that no file has.
fn unused(folder: &Path, from: &Path, mark: &str) -> PathBuf {
    let mut paths = (0..).map(|attempt| name(folder, from, mark, attempt));
    paths.find(|path| !path.exists()).unwrap_or_else(|| name(folder, from, mark, 0))
}

fn name(folder: &Path, from: &Path, mark: &str, attempt: u32) -> PathBuf {
    let stem = from.file_stem().unwrap_or_default().to_string_lossy();
    let mark = if mark.is_empty() { String::new() } else { format!("-{mark}") };
    folder.join(match attempt {
        0 => format!("{stem}{mark}.h5"),
        attempt => format!("{stem}{mark}-{attempt}.h5"),
    })
}
