//! A rank's journal: an append-only file of checksummed records, written as tasks finish.
//!
//! After an 8-byte header come frames: a 4-byte mark, the length of the record (u32, little-endian), its checksum, the
//! record. Frames reach the operating system as they come, so a killed process loses none; the disk is synced every
//! second, so a lost node loses at most that.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::StoreError;
use super::record::{CHECKSUM_BYTES, Record, checksum};

const HEADER: &[u8; 8] = b"MZJRNL1\n";
const MARK: &[u8; 4] = b"\xf1MZ\n";
const FRAME_HEAD: usize = MARK.len() + 4 + CHECKSUM_BYTES;
const SYNC_INTERVAL: Duration = Duration::from_secs(1);
/// Records in flight between the computing threads and the writer before the former wait.
const BACKLOG: usize = 1 << 14;

/// A journal open for appending from any number of threads; one thread of its own writes.
pub(crate) struct Journal {
    path: PathBuf,
    entries: SyncSender<Entry>,
    writer: Mutex<Option<JoinHandle<Result<(), StoreError>>>>,
}

enum Entry {
    Record(Record),
    End,
}

/// The journal's writer has stopped; [`Journal::finish`] tells why.
#[derive(Debug)]
pub(crate) struct Closed;

impl Journal {
    /// Creates the journal file; it stays locked until [`Journal::finish`] or the death of the process.
    ///
    /// # Errors
    /// The file exists already, or cannot be created or locked.
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        let mut file = OpenOptions::new().append(true).create_new(true).open(path).map_err(StoreError::io(path))?;
        file.try_lock().map_err(std::io::Error::from).map_err(StoreError::io(path))?;
        file.write_all(HEADER).map_err(StoreError::io(path))?;
        let (entries, inbox) = sync_channel(BACKLOG);
        let owned = path.to_path_buf();
        let writer = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || write_all(&file, &inbox).map_err(StoreError::io(owned)))
            .map_err(StoreError::io(path))?;
        Ok(Self { path: path.to_path_buf(), entries, writer: Mutex::new(Some(writer)) })
    }

    /// # Errors
    /// The writer has stopped, for a reason that [`Journal::finish`] tells.
    pub(crate) fn append(&self, record: Record) -> Result<(), Closed> {
        self.entries.send(Entry::Record(record)).map_err(|_| Closed)
    }

    /// Makes everything durable and closes the file; later records are refused.
    ///
    /// # Errors
    /// The first error that the writer met, such as a full disk.
    pub(crate) fn finish(&self) -> Result<&Path, StoreError> {
        // A writer that has failed is gone already, and its error is what counts.
        let _ = self.entries.send(Entry::End);
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        match writer.map(JoinHandle::join) {
            Some(Ok(written)) => written.map(|()| self.path.as_path()),
            Some(Err(_)) => Err(StoreError::io(&self.path)(std::io::Error::other("the journal's writer panicked"))),
            None => Ok(&self.path),
        }
    }
}

fn write_all(mut file: &File, inbox: &Receiver<Entry>) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    let mut last_sync = Instant::now();
    let mut dirty = false;
    loop {
        let patience = if dirty { SYNC_INTERVAL.saturating_sub(last_sync.elapsed()) } else { SYNC_INTERVAL };
        let mut ended = false;
        match inbox.recv_timeout(patience) {
            Ok(first) => {
                buffer.clear();
                for entry in std::iter::once(first).chain(inbox.try_iter().take(BACKLOG)) {
                    match entry {
                        Entry::Record(record) => frame_into(&record, &mut buffer),
                        Entry::End => ended = true,
                    }
                }
                file.write_all(&buffer)?;
                dirty = true;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => ended = true,
        }
        if ended {
            return file.sync_data();
        }
        if dirty && last_sync.elapsed() >= SYNC_INTERVAL {
            file.sync_data()?;
            last_sync = Instant::now();
            dirty = false;
        }
    }
}

fn frame_into(record: &Record, buffer: &mut Vec<u8>) {
    let start = buffer.len();
    buffer.extend_from_slice(MARK);
    buffer.resize(start + FRAME_HEAD, 0);
    record.encode_into(buffer);
    let sum = checksum(&buffer[start + FRAME_HEAD..]);
    let length = (buffer.len() - start - FRAME_HEAD) as u32;
    buffer[start + MARK.len()..][..4].copy_from_slice(&length.to_le_bytes());
    buffer[start + MARK.len() + 4..][..CHECKSUM_BYTES].copy_from_slice(&sum);
}

/// What a journal holds.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Scan {
    pub records: Vec<Record>,
    /// The length of the file without a torn tail.
    pub good_length: u64,
    /// The first byte that neither a good record nor a torn tail explains.
    pub damaged_at: Option<u64>,
}

/// Every good record of a journal's bytes.
///
/// A torn tail is what an interrupted append leaves: the beginning of a frame, or blocks of zeros, and nothing good
/// behind it. Any other stretch without a good frame is damage; good records behind it are still found.
pub(crate) fn scan(bytes: &[u8]) -> Scan {
    let mut scan = Scan::default();
    if HEADER.starts_with(bytes) {
        return scan;
    }
    let mut offset = if bytes.starts_with(HEADER) { HEADER.len() } else { 0 };
    if offset == 0 {
        scan.damaged_at = Some(0);
    }
    while offset < bytes.len() {
        if let Some((record, next)) = frame_at(bytes, offset) {
            scan.records.push(record);
            offset = next;
        } else if let Some(next) = next_good_frame(bytes, offset + 1) {
            scan.damaged_at.get_or_insert(offset as u64);
            offset = next;
        } else {
            if !is_torn(&bytes[offset..]) {
                scan.damaged_at.get_or_insert(offset as u64);
            }
            break;
        }
    }
    scan.good_length = offset as u64;
    scan
}

fn frame_at(bytes: &[u8], offset: usize) -> Option<(Record, usize)> {
    let (length, sum) = frame_head(&bytes[offset..])?;
    let start = offset + FRAME_HEAD;
    let body = bytes.get(start..start.checked_add(length)?)?;
    (checksum(body) == sum).then(|| Record::decode(body))?.map(|record| (record, start + length))
}

fn frame_head(bytes: &[u8]) -> Option<(usize, [u8; CHECKSUM_BYTES])> {
    let rest = bytes.strip_prefix(MARK)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let sum = rest.first_chunk::<CHECKSUM_BYTES>()?;
    Some((u32::from_le_bytes(*length) as usize, *sum))
}

fn next_good_frame(bytes: &[u8], from: usize) -> Option<usize> {
    let marks = bytes.get(from..)?.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    marks.map(|(index, _)| from + index).find(|offset| frame_at(bytes, *offset).is_some())
}

/// Whether an interrupted append explains these last bytes of a file.
fn is_torn(tail: &[u8]) -> bool {
    // Blocks that were never written read as zeros.
    let written = tail.len() - tail.iter().rev().take_while(|byte| **byte == 0).count();
    if tail.len() - written >= 8 {
        return true;
    }
    match frame_head(tail) {
        Some((length, _)) => length > tail.len() - FRAME_HEAD,
        None => tail.len() < FRAME_HEAD && (MARK.starts_with(tail) || tail.starts_with(MARK)),
    }
}

/// Scans a journal file; a torn tail is left out.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn read(path: &Path) -> Result<Scan, StoreError> {
    std::fs::read(path).map(|bytes| scan(&bytes)).map_err(StoreError::io(path))
}

/// Opens a journal that a dead run left, cuts it back to its last good record, and scans it.
///
/// # Errors
/// Its writer is still alive, or the file cannot be read or cut.
pub(crate) fn recover(path: &Path) -> Result<Scan, StoreError> {
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(StoreError::io(path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(StoreError::Locked {
                path: path.to_path_buf(),
                holder: "a rank still writes this journal".into(),
            });
        }
        Err(TryLockError::Error(error)) => return Err(StoreError::io(path)(error)),
    }
    let scan = read(path)?;
    if scan.damaged_at.is_none() {
        file.set_len(scan.good_length).map_err(StoreError::io(path))?;
    }
    Ok(scan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Outcome, TaskFailure};

    fn records(count: u8) -> Vec<Record> {
        let outcome = |i| {
            if i % 3 == 2 {
                Outcome::Failed(TaskFailure::model(format!("task {i}")))
            } else {
                Outcome::Done(vec![f64::from(i); 2])
            }
        };
        (0..count).map(|i| Record { digest: [i; 32], outcome: outcome(i) }).collect()
    }

    fn journal_bytes(records: &[Record]) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        records.iter().for_each(|record| frame_into(record, &mut bytes));
        bytes
    }

    #[test]
    fn a_journal_cut_anywhere_keeps_every_whole_record_and_is_not_called_damaged() {
        let all = records(4);
        let bytes = journal_bytes(&all);
        let ends: Vec<usize> = (0..=4).map(|n| journal_bytes(&all[..n]).len()).collect();
        for cut in 0..=bytes.len() {
            let whole = ends.iter().filter(|end| **end <= cut).count().saturating_sub(1);
            let scan = scan(&bytes[..cut]);
            assert_eq!((scan.records.len(), scan.damaged_at), (whole, None), "cut at {cut}");
            assert_eq!(
                scan.good_length as usize,
                if cut < HEADER.len() + 1 { scan.good_length as usize } else { ends[whole] }
            );
        }
    }

    #[test]
    fn any_flipped_byte_loses_one_record_at_most_and_never_passes_unseen() {
        let all = records(4);
        let bytes = journal_bytes(&all);
        let last = journal_bytes(&all[..3]).len();
        for position in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[position] ^= 0x10;
            let scan = scan(&flipped);
            assert!(scan.records.iter().all(|record| all.contains(record)), "a wrong record at {position}");
            assert!(scan.records.len() >= 3, "byte {position}");
            // In the last frame a longer length cannot be told from a torn append; everything else can.
            let length_field = last + MARK.len()..last + MARK.len() + 4;
            assert!(scan.damaged_at.is_some() || length_field.contains(&position), "byte {position} passed unseen");
        }
    }

    #[test]
    fn unwritten_blocks_at_the_end_are_a_torn_tail() {
        let all = records(3);
        let mut bytes = journal_bytes(&all);
        let good = bytes.len();
        bytes.extend_from_slice(&[0; 4096]);
        assert_eq!(scan(&bytes), Scan { records: all, good_length: good as u64, damaged_at: None });
    }

    #[test]
    fn what_is_appended_from_many_threads_is_all_there_and_locked_while_it_grows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.journal");
        let journal = Journal::create(&path).unwrap();
        let all = records(90);
        std::thread::scope(|scope| {
            for part in all.chunks(30) {
                let journal = &journal;
                scope.spawn(move || part.iter().for_each(|record| journal.append(record.clone()).unwrap()));
            }
        });
        assert!(matches!(recover(&path), Err(StoreError::Locked { .. })));
        journal.finish().unwrap();
        let mut found = recover(&path).unwrap().records;
        found.sort_by_key(|record| record.digest);
        assert_eq!(found, all);
    }
}
