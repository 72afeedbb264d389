//! Folds a journal into shards.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::columns::{Columns, DIGEST_BYTES};
use super::directory::Directory;
use super::frame::{Frame, kind};
use super::journal::{self, Finished, Scan};
use super::{Contents, Record, StoreError, atomic, ownership, shard};
use crate::experiment::Outcome;
use crate::machine::files;
use crate::wording::counted;

/// The most records of a shard: folding or reading one needs the memory for it.
pub(super) const MOST_RECORDS: usize = 1 << 18;

/// In the names of shards that come from another directory.
const REUSED: &str = "reused";

/// Folds the finished journal of a rank into shards, and reads them back. The journal is left for the process that may
/// remove it.
///
/// # Errors
/// The journal is damaged or does not hold all that was appended, or a file cannot be read or written.
pub(crate) fn fold(directory: &Directory, finished: &Finished) -> Result<(), StoreError> {
    let path = &finished.path;
    let mut part = Scan::default();
    let (mut records, mut cells) = (0, 0);
    let is_whole = journal::stream(path, |kind, body| {
        part.take(kind, body);
        if part.records.len() == MOST_RECORDS {
            records += MOST_RECORDS;
            save_part(directory, path, "", &part.records, &[])?;
            part.records.clear();
        }
        Ok(())
    })?;
    if !is_whole {
        let scan = journal::read(path)?;
        return Err(damage_of(path, &scan).unwrap_or_else(|| StoreError::damaged(path, scan.good_length, "it is torn")));
    }
    records += part.records.len();
    cells += part.frames.iter().filter(|frame| frame.kind == kind::THEORY).count();
    let appended = [(records, finished.records, "record"), (cells, finished.cells, "theory cell")];
    if let Some((found, appended, noun)) = appended.into_iter().find(|(found, appended, _)| found != appended) {
        let what = format!("it holds {found} of {}", counted(appended, noun));
        return Err(StoreError::damaged(path, 0, what));
    }
    save(directory, path, "", &part)
}

/// Removes the journals of a run whose ranks have folded them. Only the holder of the lease `reduce` may.
///
/// # Errors
/// A journal cannot be removed.
pub(crate) fn remove_folded<'a>(
    directory: &Directory,
    run: u32,
    ranks: impl Iterator<Item = &'a usize>,
) -> Result<(), StoreError> {
    for rank in ranks {
        remove(&directory.journal(run, *rank))?;
    }
    Ok(())
}

pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    ownership::check(path)?;
    match files::remove(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(path)(error)),
        _ => Ok(()),
    }
}

pub(super) fn damage_of(path: &Path, scan: &Scan) -> Option<StoreError> {
    scan.damaged_at.map(|offset| StoreError::damaged(path, offset, "no valid frame here, but more data follows"))
}

/// Folds the journal of a dead run into shards, unless its rank has done so. The journal is left for the caller.
///
/// # Errors
/// A shard cannot be written or does not read back as written, or the folder cannot be synced.
pub(super) fn fold_dead(directory: &Directory, journal: &Path, scan: &Scan) -> Result<(), StoreError> {
    if !is_folded(directory, journal, scan) {
        return save(directory, journal, "recovered", scan);
    }
    // The rank may have been killed before the names of its shards were durable.
    atomic::sync_folder_of(&name(&directory.shards(), journal, "", 0))
}

/// Whether the shards that a rank makes of its journal are there and hold all of it.
fn is_folded(directory: &Directory, journal: &Path, scan: &Scan) -> bool {
    let (mut records, mut frames) = (Columns::default(), Vec::new());
    for attempt in 0.. {
        let path = name(&directory.shards(), journal, "", attempt);
        if !files::is_file(&path) {
            break;
        }
        match shard::read(&path) {
            Ok(found) if found.damage.is_none() => {
                (0..found.records.len()).for_each(|index| records.push_from(&found.records, index));
                frames.extend(found.frames);
            }
            _ => return false,
        }
    }
    let of_records = |frames: &[Frame]| -> Vec<Frame> {
        frames.iter().filter(|frame| !frame.is_of_the_journal()).cloned().collect()
    };
    same(&records, &scan.records) && of_records(&frames) == of_records(&scan.frames)
}

/// The frames that a shard keeps: where a journal was synced means nothing there.
fn kept(frames: &[Frame]) -> Vec<Frame> {
    frames.iter().filter(|frame| frame.kind != kind::SYNCED).cloned().collect()
}

/// Writes what is good of a journal or shard to shards that are named after it, and reads them back. Without records
/// there is none.
pub(super) fn save(directory: &Directory, from: &Path, mark: &str, scan: &Scan) -> Result<(), StoreError> {
    let frames = kept(&scan.frames);
    let records = scan.records.len();
    let last = records / MOST_RECORDS * MOST_RECORDS;
    for start in (0..last).step_by(MOST_RECORDS) {
        save_part(directory, from, mark, &scan.records.slice(start..start + MOST_RECORDS), &[])?;
    }
    if records == last && frames.iter().all(Frame::is_of_the_journal) {
        return Ok(());
    }
    save_part(directory, from, mark, &scan.records.slice(last..records), &frames)
}

/// How much has been taken from another directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    pub records: usize,
    pub cells: usize,
}

/// Writes the needed records of another directory to shards of a run, and reads them back. `takes` decides for each
/// record, by its name, whether it is still needed. Failures that may end differently are left out.
///
/// # Errors
/// A file of the other directory is damaged, or cannot be read, or one here cannot be written.
pub(crate) fn save_taken(
    directory: &Directory,
    run: u32,
    source: &Contents,
    takes: &mut dyn FnMut(&[u8; DIGEST_BYTES]) -> bool,
    cells: &HashSet<[u8; DIGEST_BYTES]>,
) -> Result<Taken, StoreError> {
    let from = directory.journal(run, 0);
    let mut part = Scan::default();
    let mut taken = Taken::default();
    let mut failure = None;
    let mut add = |record: &Record| {
        if failure.is_none() && takes(&record.digest) {
            part.records.push(record);
            taken.records += 1;
            if part.records.len() == MOST_RECORDS {
                failure = save_part(directory, &from, REUSED, &part.records, &[]).err();
                part.records.clear();
            }
        }
    };
    let mut failed: Vec<_> = source.records.failed().filter(|(_, failed)| !failed.class.may_differ()).collect();
    failed.sort_unstable_by_key(|(digest, _)| **digest);
    for (digest, failed) in failed {
        add(&Record { digest: *digest, outcome: Outcome::Failed(failed.clone()) });
    }
    let damage = source.visit(&mut |number, values| {
        add(&Record { digest: *source.records.digest(number), outcome: Outcome::Done(values.to_vec()) });
    })?;
    if let Some(error) = failure.or(damage.into_iter().next()) {
        return Err(error);
    }
    for (digest, outcome) in source.cells.iter().filter(|(digest, _)| cells.contains(*digest)) {
        let mut body = Vec::new();
        Record { digest: *digest, outcome: outcome.clone() }.encode_into(&mut body);
        part.frames.push(Frame { kind: kind::THEORY, body });
        taken.cells += 1;
    }
    // The order of a hash table is not an order.
    part.frames.sort_unstable_by(|left, right| left.body.cmp(&right.body));
    save(directory, &from, REUSED, &part)?;
    Ok(taken)
}

fn save_part(
    directory: &Directory,
    from: &Path,
    mark: &str,
    records: &Columns,
    frames: &[Frame],
) -> Result<(), StoreError> {
    let path = unused(&directory.shards(), from, mark);
    shard::write_with_frames(&path, records, frames)?;
    let found = shard::read(&path)?;
    match found.damage {
        Some(damage) => Err(damage),
        None if same(&found.records, records) && found.frames == frames => Ok(()),
        None => Err(atomic::unequal(&path, "its records do not read back as written")),
    }
}

/// Whether both are the same records, which are sound: their checksums are of all that they hold.
fn same(left: &Columns, right: &Columns) -> bool {
    left.digest == right.digest && left.checksum == right.checksum
}

/// A path in `folder` for a shard made from `from` that no file has.
fn unused(folder: &Path, from: &Path, mark: &str) -> PathBuf {
    let mut paths = (0..).map(|attempt| name(folder, from, mark, attempt));
    paths.find(|path| !files::is_file(path)).unwrap_or_else(|| name(folder, from, mark, 0))
}

fn name(folder: &Path, from: &Path, mark: &str, attempt: u32) -> PathBuf {
    let stem = from.file_stem().unwrap_or_default().to_string_lossy();
    let mark = if mark.is_empty() { String::new() } else { format!("-{mark}") };
    folder.join(match attempt {
        0 => format!("{stem}{mark}.h5"),
        attempt => format!("{stem}{mark}-{attempt}.h5"),
    })
}
