//! A shard: many records in the columns of one HDF5 file.
//!
//! The file says by itself what it holds: each column has a `description`. A flipped bit costs one record, which
//! is named; a file whose structure is damaged gives no record at all. A wrong record is never given.

mod column;
mod columns;
mod frame_columns;
mod keys;

use std::path::Path;

use hdf5::{Dataset, File};
use rayon::prelude::*;

use frame_columns::FrameColumns;
pub(super) use keys::Keys;

use super::columns::Columns;
use super::frame::Frame;
use super::record::{CHECKSUM_BYTES, Record};
use super::seal::{self, Region};
use super::{StoreError, atomic, deterministic, guarded, text_attribute};
use crate::experiment::TaskFailure;
use crate::machine::files::ByPath;

/// What could be read of a shard.
#[derive(Debug)]
pub struct ShardContents {
    /// The sound records, in the order in which they were written.
    pub records: Columns,
    /// The sound frames that are not records, likewise.
    pub frames: Vec<Frame>,
    /// What is wrong with the file, of the kind [`StoreError::Damaged`]; `None` for a sound one.
    pub damage: Option<StoreError>,
}

const TITLE: &str = "Records of finished tasks, one an entry of the columns";

/// Writes the records, replacing an older file at once. The same records give the same bytes, always.
///
/// # Errors
/// The file cannot be written, or does not read back as written.
pub fn write(path: &Path, records: &[Record]) -> Result<(), StoreError> {
    write_with_frames(path, &Columns::of(records), &[])
}

/// Writes records and other frames; HDF5 makes the file in memory, and its bytes go to the disk like all others.
///
/// # Errors
/// The file cannot be written, or does not read back as written.
pub(super) fn write_with_frames(path: &Path, records: &Columns, frames: &[Frame]) -> Result<(), StoreError> {
    let (image, regions) = image(records, frames).map_err(StoreError::hdf5(path))?;
    let bytes = seal::seal(image, &regions).map_err(StoreError::io(path))?;
    atomic::write_bytes(path, &bytes)
}

/// Reads what is sound. Damage is not an error: the return value lists it.
///
/// # Errors
/// The file cannot be read, or is of a newer format.
pub fn read(path: &Path) -> Result<ShardContents, StoreError> {
    match seal::check(path) {
        Err(damage @ StoreError::Damaged { .. }) => Ok(ShardContents::nothing(damage)),
        Err(error) => Err(error),
        Ok(()) => read_sealed(path),
    }
}

/// Reads names and states of the records, with the messages of those that failed, and no value of the others; and all
/// frames. Where that much is damaged, or was written by a version that had no checksum of it, all is read.
///
/// # Errors
/// As [`read`].
pub(super) fn read_keys(path: &Path) -> Result<KeyContents, StoreError> {
    let quickly = || -> Result<KeyContents, String> {
        let place = ByPath::of(path).map_err(|error| error.to_string())?;
        let file = guarded::open(&place).map_err(|error| error.to_string())?;
        let others = FrameColumns::read(&file)?;
        let frames: Option<Vec<Frame>> = (0..others.kind.len()).map(|index| others.frame(index)).collect();
        let frames = frames.ok_or("a frame is not as it was written")?;
        let keys = Keys::read(&file)?;
        let failures = columns::read_failures(&file, &keys)?;
        Ok(KeyContents { keys, failures, frames, damage: None })
    };
    if seal::check(path).is_ok()
        && let Ok(contents) = quickly()
    {
        return Ok(contents);
    }
    let ShardContents { records, frames, damage } = read(path)?;
    let failures = (0..records.len()).filter_map(|index| Some((index, records.failure(index)?))).collect();
    Ok(KeyContents { keys: Keys::of(records), failures, frames, damage })
}

/// Reads all sound records, some at a time, and says what is damaged.
///
/// # Errors
/// As [`read`].
pub(super) fn visit(path: &Path, take: &mut dyn FnMut(&Columns)) -> Result<Option<StoreError>, StoreError> {
    let mut quickly = || -> Result<(), String> {
        let place = ByPath::of(path).map_err(|error| error.to_string())?;
        let file = guarded::open(&place).map_err(|error| error.to_string())?;
        columns::read_in_parts(&file, |part| take(&part))
    };
    if seal::check(path).is_ok() && quickly().is_ok() {
        return Ok(None);
    }
    let contents = read(path)?;
    take(&contents.records);
    Ok(contents.damage)
}

/// What the keys of a shard say.
pub(super) struct KeyContents {
    pub(super) keys: Keys,
    /// The places of the failed records among the keys, and why they failed.
    pub(super) failures: Vec<(usize, TaskFailure)>,
    pub(super) frames: Vec<Frame>,
    /// As that of [`ShardContents`].
    pub(super) damage: Option<StoreError>,
}

/// HDF5 does not distinguish a file that it cannot read from one that it does not understand.
fn read_sealed(path: &Path) -> Result<ShardContents, StoreError> {
    let attempt = || -> Result<Result<ShardContents, String>, StoreError> {
        let place = ByPath::of(path).map_err(StoreError::io(path))?;
        Ok(guarded::open(&place).map_err(|error| error.to_string()).and_then(|file| contents(path, &file)))
    };
    if let Ok(Ok(contents)) = attempt()
        && contents.damage.is_none()
    {
        return Ok(contents);
    }
    if path.to_str().is_none() {
        let why = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the path is not valid UTF-8");
        return Err(StoreError::io(path)(why));
    }
    atomic::hash(path)?;
    Ok(attempt()?.unwrap_or_else(|what| ShardContents::nothing(StoreError::damaged(path, 0, what))))
}

impl ShardContents {
    fn nothing(damage: StoreError) -> Self {
        Self { records: Columns::default(), frames: vec![], damage: Some(damage) }
    }
}

fn contents(path: &Path, file: &File) -> Result<ShardContents, String> {
    let (columns, others) = (columns::read_all(file)?, FrameColumns::read(file)?);
    let is_sound = |encoded: &mut Vec<u8>, index| columns.is_sound(index, encoded);
    let sound: Vec<bool> = (0..columns.len()).into_par_iter().map_init(Vec::new, is_sound).collect();
    let frames: Vec<Option<Frame>> = (0..others.kind.len()).map(|index| others.frame(index)).collect();
    let sound_frames: Vec<bool> = frames.iter().map(Option::is_some).collect();
    let damage = first_bad(path, file, "checksum", "record", &sound)
        .or_else(|| first_bad(path, file, "frame_checksum", "frame", &sound_frames))
        .or_else(|| bad_keys(path, file));
    let frames = frames.into_iter().flatten().collect();
    if sound.iter().all(|sound| *sound) {
        return Ok(ShardContents { records: columns, frames, damage });
    }
    let mut records = Columns::default();
    (0..sound.len()).filter(|&index| sound[index]).for_each(|index| records.push_from(&columns, index));
    Ok(ShardContents { records, frames, damage })
}

/// The damage to the checksums of keys whose records are sound.
fn bad_keys(path: &Path, file: &File) -> Option<StoreError> {
    let why = file.link_exists(keys::CHECKSUMS).then(|| Keys::read(file).err()).flatten()?;
    let offset = file.dataset(keys::CHECKSUMS).ok().and_then(|dataset| dataset.offset()).unwrap_or(0);
    Some(StoreError::damaged(path, offset, why))
}

/// The damage to rows whose checksum does not match.
fn first_bad(path: &Path, file: &File, column: &str, noun: &str, rows: &[bool]) -> Option<StoreError> {
    let bad: Vec<usize> = (0..rows.len()).filter(|&index| !rows[index]).collect();
    let first = *bad.first()?;
    let checksums = file.dataset(column).ok().and_then(|dataset| dataset.offset()).unwrap_or(0);
    let others = if bad.len() == 1 { String::new() } else { format!(" (nor do {} others)", bad.len() - 1) };
    let what = format!("{noun} {first} of {} does not match its checksum{others}", rows.len());
    Some(StoreError::damaged(path, checksums + (first * CHECKSUM_BYTES) as u64, what))
}

/// The bytes of a file in memory behind its user block, and where in the file the columns lie.
fn image(records: &Columns, frames: &[Frame]) -> hdf5::Result<(Vec<u8>, Vec<Region>)> {
    let file = deterministic::create_in_memory(seal::BLOCK_BYTES as u64)?;
    text_attribute::write(&file, "title", TITLE)?;
    let mut datasets = columns::write(records, &file)?;
    datasets.push(keys::write(records, &file)?);
    datasets.extend(FrameColumns::of(frames).write(&file)?);
    let region = |dataset: &Dataset| Some(Region { offset: dataset.offset()?, length: dataset.storage_size() });
    let regions = datasets.iter().filter_map(region).collect();
    drop(datasets);
    let image = deterministic::image(&file)?;
    file.close()?;
    Ok((image, regions))
}

#[cfg(test)]
mod tests;
