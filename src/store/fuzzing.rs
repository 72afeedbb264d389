//! What the readers of this module make of arbitrary bytes: an error or damage, and never a record that is not sound.
//!
//! Checksums keep almost all arbitrary bytes out, so that each reader is also shown bytes with the checksums that
//! somebody who wants to do harm would give them.

use std::io::Write;
use std::path::Path;

use super::checksums::Checksums;
use super::columns::{Columns, DIGEST_BYTES};
use super::journal::{self, Scan};
use super::record::{CHECKSUM_BYTES, Record, checksum};
use super::run_record::{self, RunRecord};
use super::stamp::{STAMP_BYTES, Stamp};
use super::suspects::Suspects;
use super::{Frame, Records, Rules, StoreError, seal, shard};
use crate::machine::files::{Access, File};

/// A journal as it is, and with whole checksums.
pub(crate) fn journal(bytes: &[u8], scratch: &Path) {
    read_journal(bytes, scratch);
    read_journal(&mended_journal(bytes), scratch);
}

fn read_journal(bytes: &[u8], scratch: &Path) {
    let mut scan = journal::scan(bytes, "");
    assert!(scan.good_length <= bytes.len() as u64 && scan.damaged_at <= Some(bytes.len() as u64));
    let records = check_records(&scan.records);
    if !is_one_in(16, bytes) {
        return;
    }
    let mut suspects = Suspects::default();
    suspects.add(&scan.frames);
    suspects.judge(&mut [(Path::new("run-0001-rank-0000.journal"), &mut scan)]);
    assert!(scan.records.len() >= records && suspects.evidence() <= scan.records.len() + bytes.len());
    put(scratch, bytes);
    let mut streamed = Scan::default();
    let whole = journal::stream(scratch, |kind, body| {
        streamed.take(kind, body);
        Ok(())
    });
    let found = journal::read(scratch);
    if let (Ok(true), Ok(found)) = (whole, found) {
        assert_eq!(found.damaged_at, None);
        // By their checksums: a NaN is equal to nothing.
        assert!(streamed.records.checksum == found.records.checksum && streamed.frames == found.frames);
    }
}

/// The same frames with the marks and checksums of good ones; the bytes decide about their lengths.
fn mended_journal(bytes: &[u8]) -> Vec<u8> {
    let mut mended = Stamp::own().encode(journal::NAME).to_vec();
    let mut rest = bytes.get(STAMP_BYTES..).unwrap_or_default();
    while let Some((head, after)) = rest.split_at_checked(journal::FRAME_HEAD) {
        let length = head[journal::MARK.len()..].first_chunk().map_or(0, |length| u32::from_le_bytes(*length));
        let (content, after) = after.split_at(after.len().min(length as usize % (1 << 12)));
        mended.extend_from_slice(journal::MARK);
        mended.extend_from_slice(&(content.len() as u32).to_le_bytes());
        mended.extend_from_slice(&checksum(content));
        mended.extend_from_slice(content);
        rest = after;
    }
    mended
}

/// A record, as a journal has it.
pub(crate) fn record(bytes: &[u8]) {
    let mut columns = Columns::default();
    let decoded = Record::decode(bytes);
    assert_eq!(columns.push_encoded(bytes), decoded.is_some());
    let Some(record) = decoded else { return };
    let mut encoded = Vec::new();
    record.encode_into(&mut encoded);
    assert_eq!(encoded, bytes);
    check_records(&columns);
}

/// A shard as it is, and some as a sound one with the columns that the bytes describe: to write and read one takes HDF5
/// milliseconds.
pub(crate) fn shard(bytes: &[u8], scratch: &Path) {
    if !is_one_in(32, bytes) {
        put(scratch, bytes);
        return read_shard(scratch);
    }
    let (columns, frames) = columns_of(bytes);
    if shard::write_with_frames(scratch, &columns, &frames).is_ok() {
        read_shard(scratch);
    }
}

/// A shard whose seal is whole, whatever its structure is. HDF5 itself may crash.
pub(crate) fn sealed_shard(bytes: &[u8], scratch: &Path) {
    let mut bytes = bytes.to_vec();
    seal::reseal(&mut bytes);
    put(scratch, &bytes);
    read_shard(scratch);
}

fn read_shard(path: &Path) {
    let Ok(read) = shard::read(path) else { return };
    let sound = check_records(&read.records);
    if let Ok(keys) = shard::read_keys(path) {
        let mut records = Records::default();
        records.add_keys(&keys);
        assert!(records.len() <= keys.keys.status.len());
    }
    let mut visited = 0;
    let damage = shard::visit(path, &mut |columns| visited += check_records(columns));
    assert!(visited >= sound || damage.is_err());
}

/// Columns of a shard with any lengths and contents, some with whole checksums.
fn columns_of(bytes: &[u8]) -> (Columns, Vec<Frame>) {
    let mut source = bytes.iter().copied();
    let mut next = || source.next().unwrap_or(0);
    let (count, values, letters) = (usize::from(next() % 32), usize::from(next()), usize::from(next()));
    let mut columns = Columns {
        digest: (0..count * DIGEST_BYTES).map(|place| (place / DIGEST_BYTES) as u8).collect(),
        values: (0..values).map(|_| f64::from_le_bytes(std::array::from_fn(|_| next()))).collect(),
        message: (0..letters).map(|_| next()).collect(),
        ..Columns::default()
    };
    // Small numbers, so that many of them are in order.
    let mut end = |_| match next() {
        255 => u64::from_le_bytes(std::array::from_fn(|_| next())),
        small => small.into(),
    };
    columns.value_end = (0..count).map(&mut end).collect();
    columns.message_end = (0..count).map(&mut end).collect();
    columns.status = (0..count).map(|place| end(place) as u8 % 9).collect();
    let mut encoded = Vec::new();
    for index in 0..count {
        let sum = columns.encode_into(index, &mut encoded).map(|()| checksum(&encoded));
        columns.checksum.extend_from_slice(&sum.unwrap_or([0; CHECKSUM_BYTES]));
    }
    let frames = (0..end(0) % 8).map(|kind| Frame { kind: kind as u8, body: vec![kind as u8; end(0) as usize % 64] });
    (columns, frames.collect())
}

/// How many records there are, each of which can be had.
fn check_records(columns: &Columns) -> usize {
    let mut records = Records::default();
    records.add_columns(columns);
    assert_eq!(columns.iter().count(), columns.len());
    columns.len()
}

/// The record of a run.
pub(crate) fn run_record(bytes: &[u8]) -> Option<RunRecord> {
    let record = run_record::parse(Path::new("run-0001.json"), bytes).ok().flatten()?;
    let left = record.tasks.left().saturating_add(record.theory.left());
    assert!(left >= record.theory.left());
    Some(record)
}

/// The checksums of a directory.
pub(crate) fn checksums(bytes: &[u8]) {
    let parse = |bytes: &[u8]| Checksums::parse(Path::new("checksums.b3"), bytes);
    let Ok(checksums) = parse(bytes) else { return };
    let text = checksums.text();
    assert_eq!(parse(text.as_bytes()).ok(), Some(checksums), "{text}");
}

/// The rules of a directory.
pub(crate) fn rules(text: &str) {
    let is_expected = |error: &StoreError| matches!(error, StoreError::Damaged { .. } | StoreError::Newer { .. });
    assert!(Rules::parse(Path::new("format.json"), text).err().as_ref().is_none_or(is_expected));
}

/// Whether these bytes are among those for which there is time for more, always the same ones.
pub(crate) fn is_one_in(count: u8, bytes: &[u8]) -> bool {
    blake3::hash(bytes).as_bytes()[0].is_multiple_of(count)
}

/// Writes a file for a reader that takes paths; where that fails there is nothing to find out.
pub(crate) fn put(scratch: &Path, bytes: &[u8]) {
    let is_written = File::open(scratch, Access::ReadAndWriteOrNew)
        .and_then(|mut file| file.set_len(0).and_then(|()| file.write_all(bytes)))
        .is_ok();
    assert!(is_written, "{} cannot be written", scratch.display());
}
