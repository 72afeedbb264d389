//! A rank's journal: an append-only file of checksummed frames, written as tasks finish.
//!
//! After a [stamp](super::stamp) come frames: a 4-byte mark, the length of the content (u32, little-endian), its
//! checksum, the content: the [kind](super::frame::kind) of the frame (1 byte) and its body. Frames reach the operating
//! system as they come, so a killed process loses none; the disk is synced every second, so a lost node loses at most
//! that. What has been synced is noted by a frame of its own: what the power took with it must lie behind.

mod scan;

pub(super) use scan::{Scan, read, recover, stream};

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::frame::kind;
use super::record::{CHECKSUM_BYTES, Record, checksum};
use super::stamp::Stamp;
use super::{StoreError, atomic, lock};

const NAME: &[u8; 16] = b"microzone journ\n";
const MARK: &[u8; 4] = b"\xf2MZ\n";
const FRAME_HEAD: usize = MARK.len() + 4 + CHECKSUM_BYTES;
const SYNC_INTERVAL: Duration = Duration::from_secs(1);
/// Records in flight between the computing threads and the writer before the former wait.
const BACKLOG: usize = 1 << 14;

/// A journal open for appending from any number of threads; one thread of its own writes.
pub(crate) struct Journal {
    path: PathBuf,
    entries: SyncSender<Entry>,
    records: AtomicUsize,
    cells: AtomicUsize,
    writer: Mutex<Option<JoinHandle<Result<(), StoreError>>>>,
}

/// A journal whose records are all on the disk.
#[derive(Debug)]
pub(crate) struct Finished {
    pub path: PathBuf,
    /// How many records of tasks were appended.
    pub records: usize,
    /// How many of theory cells.
    pub cells: usize,
}

enum Entry {
    /// With its kind.
    Record(u8, Record),
    End,
}

/// The journal's writer has stopped; [`Journal::finish`] tells why.
#[derive(Debug)]
pub(crate) struct Closed;

impl Journal {
    /// Creates the journal file, which begins with `writer`, a text that says who writes it. Where the file system can,
    /// it stays locked until [`Journal::finish`] or the death of the process.
    ///
    /// # Errors
    /// The file exists already, or cannot be created or locked.
    pub(crate) fn create(path: &Path, writer: &str) -> Result<Self, StoreError> {
        let mut file = OpenOptions::new().append(true).create_new(true).open(path).map_err(StoreError::io(path))?;
        lock_file(&file, path)?;
        let mut head = Stamp::own().encode(NAME).to_vec();
        frame_into(kind::RUN, &mut head, |body| body.extend_from_slice(writer.as_bytes()));
        file.write_all(&head).and_then(|()| file.sync_all()).map_err(StoreError::io(path))?;
        // Else a lost node could lose the name of the file, and with it what has been synced since.
        atomic::sync_folder_of(path)?;
        let (entries, inbox) = sync_channel(BACKLOG);
        let owned = path.to_path_buf();
        let writer = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || write_all(&file, &inbox).map_err(StoreError::io(owned)))
            .map_err(StoreError::no_thread(path))?;
        let (records, cells) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Ok(Self { path: path.into(), entries, records, cells, writer: Mutex::new(Some(writer)) })
    }

    /// Appends the record of a task.
    ///
    /// # Errors
    /// The writer has stopped, for a reason that [`Journal::finish`] tells.
    pub(crate) fn append(&self, record: Record) -> Result<(), Closed> {
        self.append_as(kind::RESULT, record, &self.records)
    }

    /// Appends the record of a theory cell.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub(crate) fn append_theory(&self, record: Record) -> Result<(), Closed> {
        self.append_as(kind::THEORY, record, &self.cells)
    }

    fn append_as(&self, kind: u8, record: Record, count: &AtomicUsize) -> Result<(), Closed> {
        self.entries.send(Entry::Record(kind, record)).map_err(|_| Closed)?;
        count.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Makes everything durable and closes the file; later records are refused.
    ///
    /// # Errors
    /// The first error that the writer met, such as a full disk.
    pub(crate) fn finish(&self) -> Result<Finished, StoreError> {
        // A writer that has failed is gone already, and its error is what counts.
        let _ = self.entries.send(Entry::End);
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        match writer.map(JoinHandle::join) {
            Some(Ok(written)) => written?,
            Some(Err(_)) => {
                return Err(StoreError::io(&self.path)(std::io::Error::other("the journal's writer panicked")));
            }
            None => {}
        }
        let appended = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        Ok(Finished { path: self.path.clone(), records: appended(&self.records), cells: appended(&self.cells) })
    }
}

/// Takes the lock that shows to others that the writer of a journal lives, where the file system can.
///
/// # Errors
/// Another process has it.
fn lock_file(file: &File, path: &Path) -> Result<(), StoreError> {
    match lock::try_lock(file) {
        Ok(_) => Ok(()),
        Err(TryLockError::Error(error)) => Err(StoreError::io(path)(error)),
        Err(TryLockError::WouldBlock) => {
            Err(StoreError::Locked { path: path.into(), holder: "a rank still writes this journal".into() })
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
                        Entry::Record(kind, record) => {
                            frame_into(kind, &mut buffer, |body| record.encode_into(body));
                        }
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
            buffer.clear();
            frame_into(kind::ENDED, &mut buffer, |_| {});
            file.write_all(&buffer)?;
            return file.sync_data();
        }
        if dirty && last_sync.elapsed() >= SYNC_INTERVAL {
            file.sync_data()?;
            let synced = file.metadata()?.len();
            buffer.clear();
            frame_into(kind::SYNCED, &mut buffer, |body| body.extend_from_slice(&synced.to_le_bytes()));
            file.write_all(&buffer)?;
            last_sync = Instant::now();
            dirty = false;
        }
    }
}

fn frame_into(kind: u8, buffer: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    let start = buffer.len();
    buffer.extend_from_slice(MARK);
    buffer.resize(start + FRAME_HEAD, 0);
    buffer.push(kind);
    fill(buffer);
    let sum = checksum(&buffer[start + FRAME_HEAD..]);
    let length = (buffer.len() - start - FRAME_HEAD) as u32;
    buffer[start + MARK.len()..][..4].copy_from_slice(&length.to_le_bytes());
    buffer[start + MARK.len() + 4..][..CHECKSUM_BYTES].copy_from_slice(&sum);
}

#[cfg(test)]
mod tests;
