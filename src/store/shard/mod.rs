//! A shard: many records in the columns of one HDF5 file.
//!
//! The file says by itself what it holds: each column has a `description`. A flipped bit costs one record, which
//! is named; a file whose structure is damaged gives no record at all. A wrong record is never given.

mod column;
mod columns;
mod frame_columns;

use std::path::Path;

use hdf5::{Dataset, File};
use rayon::prelude::*;

use columns::Columns;
use frame_columns::FrameColumns;

use super::frame::Frame;
use super::record::{CHECKSUM_BYTES, Record};
use super::seal::{self, Region};
use super::{StoreError, atomic, deterministic, text_attribute};

/// What could be read of a shard.
#[derive(Debug)]
pub struct ShardContents {
    /// The sound records, in the order in which they were written.
    pub records: Vec<Record>,
    /// The sound frames that are no records, likewise.
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
    write_with_frames(path, records, &[])
}

/// Writes records and other frames; HDF5 makes the file in memory, and its bytes go to the disk like all others.
///
/// # Errors
/// The file cannot be written, or does not read back as written.
pub(super) fn write_with_frames(path: &Path, records: &[Record], frames: &[Frame]) -> Result<(), StoreError> {
    let (image, regions) = image(records, frames).map_err(StoreError::hdf5(path))?;
    let bytes = seal::seal(&image, &regions).map_err(StoreError::io(path))?;
    drop(image);
    atomic::write_bytes(path, &bytes)
}

/// Reads what is sound. Damage is no error: it is told in what is returned.
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

/// HDF5 does not tell a file that it cannot read from one that it does not understand.
fn read_sealed(path: &Path) -> Result<ShardContents, StoreError> {
    let attempt = || File::open(path).map_err(|error| error.to_string()).and_then(|file| contents(path, &file));
    if let Ok(contents) = attempt() {
        return Ok(contents);
    }
    if path.to_str().is_none() {
        let why = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the path is not valid UTF-8");
        return Err(StoreError::io(path)(why));
    }
    atomic::hash(path)?;
    Ok(attempt().unwrap_or_else(|what| ShardContents::nothing(StoreError::damaged(path, 0, what))))
}

impl ShardContents {
    fn nothing(damage: StoreError) -> Self {
        Self { records: vec![], frames: vec![], damage: Some(damage) }
    }
}

fn contents(path: &Path, file: &File) -> Result<ShardContents, String> {
    let (columns, others) = (Columns::read(file)?, FrameColumns::read(file)?);
    let indices = (0..columns.status.len()).into_par_iter();
    let read: Vec<Option<Record>> =
        indices.map_init(Vec::new, |encoded, index| columns.record(index, encoded)).collect();
    let frames: Vec<Option<Frame>> = (0..others.kind.len()).map(|index| others.frame(index)).collect();
    let damage = first_bad(path, file, "checksum", "record", &read)
        .or_else(|| first_bad(path, file, "frame_checksum", "frame", &frames));
    let frames = frames.into_iter().flatten().collect();
    Ok(ShardContents { records: read.into_iter().flatten().collect(), frames, damage })
}

/// The damage to rows whose checksum does not match.
fn first_bad<T>(path: &Path, file: &File, column: &str, noun: &str, rows: &[Option<T>]) -> Option<StoreError> {
    let bad: Vec<usize> = (0..rows.len()).filter(|&index| rows[index].is_none()).collect();
    let first = *bad.first()?;
    let checksums = file.dataset(column).ok().and_then(|dataset| dataset.offset()).unwrap_or(0);
    let others = if bad.len() == 1 { String::new() } else { format!(" (nor do {} others)", bad.len() - 1) };
    let what = format!("{noun} {first} of {} does not match its checksum{others}", rows.len());
    Some(StoreError::damaged(path, checksums + (first * CHECKSUM_BYTES) as u64, what))
}

/// The bytes of a file in memory behind its user block, and where in the file the columns lie.
fn image(records: &[Record], frames: &[Frame]) -> hdf5::Result<(Vec<u8>, Vec<Region>)> {
    let file = deterministic::create_in_memory(seal::BLOCK_BYTES as u64)?;
    text_attribute::write(&file, "title", TITLE)?;
    let mut datasets = Columns::of(records).write(&file)?;
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
