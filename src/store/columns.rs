//! Records column by column: the form in which many of them are held, folded and stored.

use std::ops::Range;

use super::record::{CHECKSUM_BYTES, DONE, Record, checksum, class_of};
use crate::experiment::{Outcome, TaskFailure};

/// The length in bytes of the digest that names a task.
pub(super) const DIGEST_BYTES: usize = 32;

/// Columns of one entry per record but for `values` and `message`, which are those of all records in a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    pub(super) digest: Vec<u8>,
    pub(super) status: Vec<u8>,
    pub(super) values: Vec<f64>,
    pub(super) value_end: Vec<u64>,
    pub(super) message: Vec<u8>,
    pub(super) message_end: Vec<u64>,
    pub(super) checksum: Vec<u8>,
}

impl Columns {
    /// Those of some records.
    pub(super) fn of(records: &[Record]) -> Self {
        let mut columns = Self::default();
        records.iter().for_each(|record| columns.push(record));
        columns
    }

    /// Adds a record.
    pub(super) fn push(&mut self, record: &Record) {
        let mut encoded = Vec::new();
        record.encode_into(&mut encoded);
        self.push_encoded(&encoded);
    }

    /// Adds a record as [`Record`] encodes it; whether the bytes encode one.
    pub(super) fn push_encoded(&mut self, encoded: &[u8]) -> bool {
        let Some((digest, rest)) = encoded.split_first_chunk::<DIGEST_BYTES>() else { return false };
        let Some((status, body)) = rest.split_first() else { return false };
        if *status == DONE {
            let (values, []) = body.as_chunks::<8>() else { return false };
            self.values.extend(values.iter().map(|value| f64::from_le_bytes(*value)));
        } else if class_of(*status).is_some() && std::str::from_utf8(body).is_ok() {
            self.message.extend_from_slice(body);
        } else {
            return false;
        }
        self.digest.extend_from_slice(digest);
        self.status.push(*status);
        self.value_end.push(self.values.len() as u64);
        self.message_end.push(self.message.len() as u64);
        self.checksum.extend_from_slice(&checksum(encoded));
        true
    }

    /// Adds a record of others, which is sound.
    pub(super) fn push_from(&mut self, others: &Self, index: usize) {
        self.digest.extend_from_slice(others.digest(index));
        self.status.push(others.status[index]);
        self.values.extend_from_slice(others.values(index));
        self.value_end.push(self.values.len() as u64);
        self.message.extend_from_slice(part(&others.message, &others.message_end, index).unwrap_or_default());
        self.message_end.push(self.message.len() as u64);
        self.checksum.extend_from_slice(others.checksum(index));
    }

    /// Some of them.
    pub(super) fn slice(&self, indices: Range<usize>) -> Self {
        let mut part = Self::default();
        indices.for_each(|index| part.push_from(self, index));
        part
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.status.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.status.is_empty()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The digest that names a record.
    pub(super) fn digest(&self, index: usize) -> &[u8; DIGEST_BYTES] {
        &self.digest.as_chunks().0[index]
    }

    pub(super) fn checksum(&self, index: usize) -> &[u8; CHECKSUM_BYTES] {
        &self.checksum.as_chunks().0[index]
    }

    /// The values of a record; none if it has failed.
    pub(super) fn values(&self, index: usize) -> &[f64] {
        part(&self.values, &self.value_end, index).unwrap_or_default()
    }

    /// The bytes that the checksum of a record is of, unless the columns make no sense there.
    pub(super) fn encode_into(&self, index: usize, encoded: &mut Vec<u8>) -> Option<()> {
        encoded.clear();
        encoded.extend_from_slice(self.digest.as_chunks::<DIGEST_BYTES>().0.get(index)?);
        encoded.push(*self.status.get(index)?);
        // One of the two is empty: a task has values or a message.
        let values = part(&self.values, &self.value_end, index)?;
        encoded.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        encoded.extend_from_slice(part(&self.message, &self.message_end, index)?);
        Some(())
    }

    /// Whether a record is as it was written; `encoded` is memory to build it in.
    pub(super) fn is_sound(&self, index: usize, encoded: &mut Vec<u8>) -> bool {
        let noted = self.checksum.as_chunks::<CHECKSUM_BYTES>().0.get(index);
        self.encode_into(index, encoded).is_some()
            && noted == Some(&checksum(encoded))
            && Record::decode(encoded).is_some()
    }

    /// A record that is sound.
    pub fn record(&self, index: usize) -> Option<Record> {
        let mut encoded = Vec::new();
        self.encode_into(index, &mut encoded)?;
        Record::decode(&encoded)
    }

    /// All records.
    pub fn iter(&self) -> impl Iterator<Item = Record> {
        (0..self.len()).filter_map(|index| self.record(index))
    }

    /// Why a task failed, if it did.
    pub(super) fn failure(&self, index: usize) -> Option<TaskFailure> {
        if self.status[index] == DONE {
            return None;
        }
        match self.record(index)?.outcome {
            Outcome::Failed(failure) => Some(failure),
            Outcome::Done(_) => None,
        }
    }
}

impl IntoIterator for Columns {
    type Item = Record;
    type IntoIter = std::vec::IntoIter<Record>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<Record>>().into_iter()
    }
}

/// What belongs to the record at `index`, whatever nonsense a damaged `ends` holds.
pub(super) fn part<'a, T>(all: &'a [T], ends: &[u64], index: usize) -> Option<&'a [T]> {
    let start = index.checked_sub(1).map_or(Some(&0), |previous| ends.get(previous))?;
    let end = ends.get(index)?;
    all.get(usize::try_from(*start).ok()?..usize::try_from(*end).ok()?)
}
