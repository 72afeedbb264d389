//! A shard: many records in the columns of one HDF5 file.
//!
//! The file says by itself what it holds: each column has a `description`. A flipped bit costs one record, which
//! is named; a file whose structure is damaged gives no record at all. A wrong record is never given.

use std::path::Path;

use hdf5::{Dataset, File, H5Type};
use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

use super::record::{self, CHECKSUM_BYTES, Record};
use super::seal::{self, Region};
use super::{StoreError, atomic, deterministic, text_attribute};
use crate::experiment::Outcome;

/// What could be read of a shard.
#[derive(Debug)]
pub struct ShardContents {
    /// The sound records, in the order in which they were written.
    pub records: Vec<Record>,
    /// What is wrong with the file, of the kind [`StoreError::Damaged`]; `None` for a sound one.
    pub damage: Option<StoreError>,
}

const TITLE: &str = "Records of finished tasks, one an entry of the columns";
const DIGEST_BYTES: usize = 32;

/// The columns, of one entry per record but for `values` and `message`, which are those of all records in a row.
#[derive(Debug, Default, PartialEq)]
struct Columns {
    digest: Vec<u8>,
    status: Vec<u8>,
    values: Vec<f64>,
    value_end: Vec<u64>,
    message: Vec<u8>,
    message_end: Vec<u64>,
    checksum: Vec<u8>,
}

/// Writes the records, replacing an older file at once. The same records give the same bytes, always.
pub fn write(path: &Path, records: &[Record]) -> Result<(), StoreError> {
    let columns = Columns::of(records);
    atomic::replace(path, |temporary| {
        let regions = columns.write(temporary).map_err(StoreError::hdf5(path))?;
        seal::seal(temporary, &regions).map_err(StoreError::io(path))
    })
}

/// Reads the sound records. Damage is no error: it is told in what is returned.
pub fn read(path: &Path) -> Result<ShardContents, StoreError> {
    match seal::check(path) {
        Err(damage @ StoreError::Damaged { .. }) => Ok(ShardContents { records: vec![], damage: Some(damage) }),
        Err(error) => Err(error),
        Ok(()) => {
            let file = File::open(path).map_err(StoreError::hdf5(path))?;
            Ok(contents(path, &file))
        }
    }
}

fn contents(path: &Path, file: &File) -> ShardContents {
    let columns = match Columns::read(file) {
        Ok(columns) => columns,
        Err(what) => {
            let damage = StoreError::Damaged { path: path.into(), offset: 0, what };
            return ShardContents { records: vec![], damage: Some(damage) };
        }
    };
    let indices = (0..columns.status.len()).into_par_iter();
    let read: Vec<Option<Record>> =
        indices.map_init(Vec::new, |encoded, index| columns.record(index, encoded)).collect();
    let bad: Vec<usize> = (0..read.len()).filter(|&index| read[index].is_none()).collect();
    let records = read.into_iter().flatten().collect();
    let damage = bad.first().map(|&first| {
        let checksums = file.dataset("checksum").ok().and_then(|dataset| dataset.offset()).unwrap_or(0);
        let others = if bad.len() == 1 { String::new() } else { format!(" (nor do {} others)", bad.len() - 1) };
        StoreError::Damaged {
            path: path.into(),
            offset: checksums + (first * CHECKSUM_BYTES) as u64,
            what: format!("record {first} of {} does not match its checksum{others}", columns.status.len()),
        }
    });
    ShardContents { records, damage }
}

impl Columns {
    fn of(records: &[Record]) -> Self {
        let mut columns = Self::default();
        let mut encoded = Vec::new();
        for record in records {
            encoded.clear();
            record.encode_into(&mut encoded);
            columns.digest.extend_from_slice(&record.digest);
            columns.status.push(encoded[DIGEST_BYTES]);
            match &record.outcome {
                Outcome::Done(values) => columns.values.extend_from_slice(values),
                Outcome::Failed(failure) => columns.message.extend_from_slice(failure.message.as_bytes()),
            }
            columns.value_end.push(columns.values.len() as u64);
            columns.message_end.push(columns.message.len() as u64);
            columns.checksum.extend_from_slice(&record::checksum(&encoded));
        }
        columns
    }

    /// The record at this index if it is sound; `encoded` is room to build it in.
    fn record(&self, index: usize, encoded: &mut Vec<u8>) -> Option<Record> {
        encoded.clear();
        encoded.extend_from_slice(self.digest.as_chunks::<DIGEST_BYTES>().0.get(index)?);
        encoded.push(*self.status.get(index)?);
        // One of the two is empty: a task has values or a message.
        let values = part(&self.values, &self.value_end, index)?;
        encoded.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        encoded.extend_from_slice(part(&self.message, &self.message_end, index)?);
        let checksum = self.checksum.as_chunks::<CHECKSUM_BYTES>().0.get(index)?;
        (record::checksum(encoded) == *checksum).then(|| Record::decode(encoded))?
    }

    /// Writes the file and tells where in it the columns lie.
    fn write(&self, path: &Path) -> hdf5::Result<Vec<Region>> {
        let file = deterministic::create(path, seal::BLOCK_BYTES as u64)?;
        text_attribute::write(&file, "title", TITLE)?;
        let datasets = [
            add_rows::<DIGEST_BYTES>(&file, "digest", &self.digest, "BLAKE3 that names the task")?,
            add(
                &file,
                "status",
                &self.status,
                "1: done; failed: 2 model, 3 censored above, 4 censored below, 5 panic, 6 died, 7 time",
            )?,
            add(&file, "values", &self.values, "observables of the done tasks, in the order of the catalogue")?,
            add(&file, "value_end", &self.value_end, "where the values of the task end; they start at the last end")?,
            add(&file, "message", &self.message, "why tasks failed, in UTF-8")?,
            add(&file, "message_end", &self.message_end, "where the message of the task ends, likewise")?,
            add_rows::<CHECKSUM_BYTES>(
                &file,
                "checksum",
                &self.checksum,
                "start of the BLAKE3 of digest, status, values (little-endian) and message",
            )?,
        ];
        let region = |dataset: &Dataset| Some(Region { offset: dataset.offset()?, length: dataset.storage_size() });
        let regions = datasets.iter().filter_map(region).collect();
        drop(datasets);
        file.close()?;
        Ok(regions)
    }

    fn read(file: &File) -> Result<Self, String> {
        let columns = Self {
            digest: column(file, "digest")?,
            status: column(file, "status")?,
            values: column(file, "values")?,
            value_end: column(file, "value_end")?,
            message: column(file, "message")?,
            message_end: column(file, "message_end")?,
            checksum: column(file, "checksum")?,
        };
        let records = columns.status.len();
        let lengths = [
            columns.digest.len() / DIGEST_BYTES,
            columns.value_end.len(),
            columns.message_end.len(),
            columns.checksum.len() / CHECKSUM_BYTES,
        ];
        if lengths.iter().any(|&length| length != records) {
            return Err(format!("the columns of {records} records have lengths {lengths:?}"));
        }
        Ok(columns)
    }
}

/// What belongs to the record at `index`, whatever nonsense a damaged `ends` holds.
fn part<'a, T>(all: &'a [T], ends: &[u64], index: usize) -> Option<&'a [T]> {
    let start = index.checked_sub(1).map_or(Some(&0), |previous| ends.get(previous))?;
    let end = ends.get(index)?;
    all.get(usize::try_from(*start).ok()?..usize::try_from(*end).ok()?)
}

fn add<T: H5Type>(file: &File, name: &str, values: &[T], description: &str) -> hdf5::Result<Dataset> {
    let dataset = deterministic::dataset(file).with_data(ArrayView1::from(values)).create(name)?;
    text_attribute::write(&dataset, "description", description)?;
    Ok(dataset)
}

fn add_rows<const WIDTH: usize>(file: &File, name: &str, bytes: &[u8], description: &str) -> hdf5::Result<Dataset> {
    let rows = ArrayView2::from_shape((bytes.len() / WIDTH, WIDTH), bytes)?;
    let dataset = deterministic::dataset(file).with_data(rows).create(name)?;
    text_attribute::write(&dataset, "description", description)?;
    Ok(dataset)
}

/// The whole column, unless it claims to be larger than the file, so that no length makes us ask for absurd memory.
fn column<T: H5Type>(file: &File, name: &str) -> Result<Vec<T>, String> {
    let dataset = file.dataset(name).map_err(|error| format!("column {name:?}: {error}"))?;
    let bytes = dataset.shape().iter().try_fold(size_of::<T>(), |bytes, &length| bytes.checked_mul(length));
    if bytes.is_none_or(|bytes| bytes as u64 > file.size()) {
        return Err(format!("column {name:?} is larger than the file"));
    }
    dataset.read_raw().map_err(|error| format!("column {name:?}: {error}"))
}

#[cfg(test)]
mod tests;
