//! The records of a shard, column by column.

use hdf5::{Dataset, File};

use super::column::{add, add_rows, part, read};
use crate::experiment::Outcome;
use crate::store::record::{self, CHECKSUM_BYTES, Record};

const DIGEST_BYTES: usize = 32;

/// Columns of one entry per record but for `values` and `message`, which are those of all records in a row.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Columns {
    pub(super) digest: Vec<u8>,
    pub(super) status: Vec<u8>,
    pub(super) values: Vec<f64>,
    pub(super) value_end: Vec<u64>,
    pub(super) message: Vec<u8>,
    pub(super) message_end: Vec<u64>,
    pub(super) checksum: Vec<u8>,
}

impl Columns {
    pub(super) fn of(records: &[Record]) -> Self {
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
    pub(super) fn record(&self, index: usize, encoded: &mut Vec<u8>) -> Option<Record> {
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

    pub(super) fn write(&self, file: &File) -> hdf5::Result<Vec<Dataset>> {
        let datasets = [
            add_rows::<DIGEST_BYTES>(file, "digest", &self.digest, "BLAKE3 that names the task")?,
            add(
                file,
                "status",
                &self.status,
                "1: done; failed: 2 model, 3 censored above, 4 censored below, 5 panic, 6 died, 7 time",
            )?,
            add(file, "values", &self.values, "observables of the done tasks, in the order of the catalogue")?,
            add(file, "value_end", &self.value_end, "where the values of the task end; they start at the last end")?,
            add(file, "message", &self.message, "why tasks failed, in UTF-8")?,
            add(file, "message_end", &self.message_end, "where the message of the task ends, likewise")?,
            add_rows::<CHECKSUM_BYTES>(
                file,
                "checksum",
                &self.checksum,
                "start of the BLAKE3 of digest, status, values (little-endian) and message",
            )?,
        ];
        Ok(datasets.into())
    }

    pub(super) fn read(file: &File) -> Result<Self, String> {
        let columns = Self {
            digest: read(file, "digest")?,
            status: read(file, "status")?,
            values: read(file, "values")?,
            value_end: read(file, "value_end")?,
            message: read(file, "message")?,
            message_end: read(file, "message_end")?,
            checksum: read(file, "checksum")?,
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
