//! The columns of a shard in its file.

use std::ops::Range;

use hdf5::{Dataset, File};
use rayon::prelude::*;

use super::column::{add, add_rows, check_parts, length, read, read_rows};
use super::keys::Keys;
use crate::experiment::TaskFailure;
use crate::store::columns::{Columns, DIGEST_BYTES};
use crate::store::record::{CHECKSUM_BYTES, DONE};

/// Bytes of values that are read at a time.
const AT_ONCE: u64 = 1 << 23;
/// Records that are read at a time, at most.
const MOST_AT_ONCE: usize = 1 << 14;

pub(super) fn write(columns: &Columns, file: &File) -> hdf5::Result<Vec<Dataset>> {
    let datasets = [
        add_rows::<DIGEST_BYTES>(file, "digest", &columns.digest, "BLAKE3 that names the task")?,
        add(
            file,
            "status",
            &columns.status,
            "1: done; failed: 2 model, 3 censored above, 4 censored below, 5 panic, 6 died, 7 time",
        )?,
        add(file, "values", &columns.values, "observables of the done tasks, in the order of the catalogue")?,
        add(file, "value_end", &columns.value_end, "where the values of the task end; they start at the last end")?,
        add(file, "message", &columns.message, "why tasks failed, in UTF-8")?,
        add(file, "message_end", &columns.message_end, "where the message of the task ends, likewise")?,
        add_rows::<CHECKSUM_BYTES>(
            file,
            "checksum",
            &columns.checksum,
            "start of the BLAKE3 of digest, status, values (little-endian) and message",
        )?,
    ];
    Ok(datasets.into())
}

/// All columns, sound or not.
pub(super) fn read_all(file: &File) -> Result<Columns, String> {
    let columns = Columns {
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
    check_parts("values", &columns.value_end, columns.values.len())?;
    check_parts("message", &columns.message_end, columns.message.len())?;
    Ok(columns)
}

/// Why the failed ones of some records failed, with their places.
///
/// # Errors
/// A message is not as it was written.
pub(super) fn read_failures(file: &File, keys: &Keys) -> Result<Vec<(usize, TaskFailure)>, String> {
    let failed: Vec<usize> = (0..keys.status.len()).filter(|&index| keys.status[index] != DONE).collect();
    if failed.is_empty() {
        return Ok(Vec::new());
    }
    let columns = Columns {
        digest: keys.digest.clone(),
        status: keys.status.clone(),
        checksum: keys.checksum.clone(),
        message: read(file, "message")?,
        message_end: read(file, "message_end")?,
        // A failed task has no values.
        values: Vec::new(),
        value_end: vec![0; keys.status.len()],
    };
    check_parts("message", &columns.message_end, columns.message.len())?;
    let mut encoded = Vec::new();
    let failure = |index: usize| {
        let sound = columns.is_sound(index, &mut encoded).then(|| columns.failure(index)).flatten();
        sound.map(|failure| (index, failure)).ok_or_else(|| String::from("a message is not as it was written"))
    };
    failed.into_iter().map(failure).collect()
}

/// Reads all records, some at a time; what is read is as it was written.
///
/// # Errors
/// A record is not as it was written, or cannot be read.
pub(super) fn read_in_parts(file: &File, mut take: impl FnMut(Columns)) -> Result<(), String> {
    let (records, values) = (length::<u8>(file, "status")?, length::<f64>(file, "values")?);
    let bytes_of_one = (8 * values as u64).div_ceil(records.max(1) as u64).max(1);
    let at_once = ((AT_ONCE / bytes_of_one) as usize).clamp(1, MOST_AT_ONCE);
    let mut start = 0;
    while start < records {
        let end = (start + at_once).min(records);
        let columns = read_part(file, start..end)?;
        let is_sound = |encoded: &mut Vec<u8>, index| columns.is_sound(index, encoded);
        if !(0..columns.len()).into_par_iter().map_init(Vec::new, is_sound).all(|sound| sound) {
            return Err("a record is not as it was written".into());
        }
        take(columns);
        start = end;
    }
    Ok(())
}

fn read_part(file: &File, rows: Range<usize>) -> Result<Columns, String> {
    let (values, value_end) = read_parts_of(file, "values", "value_end", &rows)?;
    let (message, message_end) = read_parts_of(file, "message", "message_end", &rows)?;
    Ok(Columns {
        digest: read_rows(file, "digest", rows.clone())?,
        status: read_rows(file, "status", rows.clone())?,
        values,
        value_end,
        message,
        message_end,
        checksum: read_rows(file, "checksum", rows)?,
    })
}

/// What belongs to some records, and where the part of each ends.
fn read_parts_of<T: hdf5::H5Type>(
    file: &File,
    name: &str,
    ends: &str,
    rows: &Range<usize>,
) -> Result<(Vec<T>, Vec<u64>), String> {
    let before: Vec<u64> = if rows.start == 0 { vec![0] } else { read_rows(file, ends, rows.start - 1..rows.start)? };
    let mut ends: Vec<u64> = read_rows(file, ends, rows.clone())?;
    let (start, end) = (before[0], ends.last().copied().unwrap_or(before[0]));
    let all = read_rows(file, name, start as usize..end as usize)?;
    ends.iter_mut().for_each(|end| *end = end.wrapping_sub(start));
    Ok((all, ends))
}
