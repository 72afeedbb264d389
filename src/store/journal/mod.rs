//! A rank's journal: an append-only file of checksummed frames, written as tasks finish.
//!
//! After a [stamp](super::stamp) come frames: a 4-byte mark, the length of the content (u32, little-endian), its
//! checksum, the content: the [kind](super::frame::kind) of the frame (1 byte) and its body. Frames reach the operating
//! system as they come, so a killed process loses none; the disk is synced every second, so a lost node loses at most
//! that. A separate kind of frame records what has been synced: whatever a power cut destroyed must lie behind it.
//!
//! A task is marked when it starts; if it ends its process by a signal, the handler of the signal writes a mark of that
//! too. What was started and has no outcome, in a journal that did not end in order, was in hand when its process died.

pub(crate) mod death;
mod in_hand;
mod scan;

pub(crate) use in_hand::{InHand, Item};
pub(crate) use scan::has_death;
#[cfg(feature = "fuzzing")]
pub(super) use scan::scan;
pub(super) use scan::{Scan, read, recover, stream};

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::frame::kind;
use super::record::{CHECKSUM_BYTES, Record, checksum};
use super::stamp::Stamp;
use super::{StoreError, atomic, lock};
use crate::machine::clock::Moment;
use crate::machine::files::{File, TryLockError};
use crate::machine::sabotage::{Defect, has};
use crate::machine::threads::{self, News, Thread};

pub(super) const NAME: &[u8; 16] = b"microzone journ\n";
pub(super) const MARK: &[u8; 4] = b"\xf2MZ\n";
pub(super) const FRAME_HEAD: usize = MARK.len() + 4 + CHECKSUM_BYTES;
const SYNC_INTERVAL: Duration = Duration::from_secs(1);
/// The writer gathers frames for this long before it writes them at once.
const GATHER_INTERVAL: Duration = Duration::from_millis(1);
/// Tasks that one frame names.
const ITEMS_OF_FRAME: usize = 1 << 14;
/// What a disk writes as a whole.
const SECTOR: usize = 512;
/// Bytes that wait for the writer before the computing threads do.
const BACKLOG: usize = 1 << 22;

/// A journal open for appending from any number of threads; a separate thread writes.
pub(crate) struct Journal {
    path: PathBuf,
    queue: Arc<Queue>,
    records: AtomicUsize,
    cells: AtomicUsize,
    writer: Mutex<Option<Thread>>,
    /// How the writer has ended; nothing before, and if it has panicked.
    written: Arc<Mutex<Option<Result<(), StoreError>>>>,
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

/// Frames on their way to the writer.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    /// There is something to write.
    news: News,
    /// The writer has taken what there was.
    taken: News,
}

#[derive(Default)]
struct Waiting {
    frames: Vec<u8>,
    /// Nothing comes any more.
    ended: bool,
    /// Nothing is written any more.
    closed: bool,
}

/// The journal's writer has stopped; [`Journal::finish`] returns the reason.
#[derive(Debug)]
pub(crate) struct Closed;

impl Journal {
    /// Creates the journal file, which begins with `writer`, a text that says who writes it. Where the file system can,
    /// it stays locked until [`Journal::finish`] or the death of the process.
    ///
    /// # Errors
    /// The file exists already, or cannot be created or locked.
    pub(crate) fn create(path: &Path, writer: &str) -> Result<Self, StoreError> {
        let mut head = Stamp::own().encode(NAME).to_vec();
        frame_into(kind::RUN, &mut head, |body| body.extend_from_slice(writer.as_bytes()));
        pad(&mut head, 0);
        // Else a lost node could lose the name of the file, and with it what has been synced since.
        let mut file = atomic::appendable(path, &head, |file| lock_file(file, path))?;
        let queue = Arc::new(Queue::default());
        // Before any task can begin.
        let target = death::Target::new(&file);
        let (owned, inbox) = (path.to_path_buf(), Arc::clone(&queue));
        let written = Arc::default();
        let outcome = Arc::clone(&written);
        let write = move || {
            let _closing = Closing(&inbox);
            let _target = target;
            let written = write_all(&mut file, &inbox).map_err(StoreError::io(owned));
            *threads::lock(&outcome) = Some(written);
        };
        let writer = threads::start("journal", write).map_err(StoreError::no_thread(path))?;
        let (records, cells) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Ok(Self { path: path.into(), queue, records, cells, writer: Mutex::new(Some(writer)), written })
    }

    /// Marks the start of what this thread computes until the guard is dropped.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub(crate) fn start(&self, item: Item) -> Result<InHand, Closed> {
        let mut frame = Vec::with_capacity(FRAME_HEAD + 1 + Item::BYTES);
        frame_into(kind::STARTED, &mut frame, |body| body.extend_from_slice(&item.encode()));
        self.queue.add(&frame)?;
        Ok(InHand::take(item))
    }

    /// Tells other shares what this one means to compute.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub(crate) fn take(&self, items: &[Item]) -> Result<(), Closed> {
        for some in items.chunks(ITEMS_OF_FRAME) {
            let mut frame = Vec::with_capacity(FRAME_HEAD + 1 + some.len() * Item::BYTES);
            frame_into(kind::TAKEN, &mut frame, |body| some.iter().for_each(|item| body.extend(item.encode())));
            self.queue.add(&frame)?;
        }
        Ok(())
    }

    /// Appends the record of a task.
    ///
    /// # Errors
    /// The writer has stopped, for a reason that [`Journal::finish`] returns.
    pub(crate) fn append(&self, record: &Record) -> Result<(), Closed> {
        self.append_as(kind::RESULT, record, &self.records)
    }

    /// Appends the record of a theory cell.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub(crate) fn append_theory(&self, record: &Record) -> Result<(), Closed> {
        self.append_as(kind::THEORY, record, &self.cells)
    }

    fn append_as(&self, kind: u8, record: &Record, count: &AtomicUsize) -> Result<(), Closed> {
        let mut frame = Vec::with_capacity(FRAME_HEAD + 64);
        frame_into(kind, &mut frame, |body| record.encode_into(body));
        self.queue.add(&frame)?;
        count.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Makes everything durable and closes the file; later records are refused.
    ///
    /// # Errors
    /// The first error that the writer met, such as a full disk.
    pub(crate) fn finish(&self) -> Result<Finished, StoreError> {
        self.queue.end();
        let writer = threads::lock(&self.writer).take();
        if let Some(writer) = writer {
            writer.join();
            let panicked = || Err(StoreError::io(&self.path)(std::io::Error::other("the journal's writer panicked")));
            threads::lock(&self.written).take().unwrap_or_else(panicked)?;
        }
        let appended = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        Ok(Finished { path: self.path.clone(), records: appended(&self.records), cells: appended(&self.cells) })
    }
}

/// Closes the queue however the writer ends, so that nothing waits for a writer that is gone.
struct Closing<'a>(&'a Queue);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.taken.tell();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        threads::lock(&self.waiting)
    }

    fn add(&self, frame: &[u8]) -> Result<(), Closed> {
        let mut waiting = self.lock();
        while waiting.frames.len() > BACKLOG && !waiting.closed {
            waiting = self.taken.wait(&self.waiting, waiting, None);
        }
        if waiting.closed || waiting.ended {
            return Err(Closed);
        }
        let is_news = waiting.frames.is_empty();
        waiting.frames.extend_from_slice(frame);
        drop(waiting);
        if is_news {
            self.news.tell();
        }
        Ok(())
    }

    fn end(&self) {
        self.lock().ended = true;
        self.news.tell();
    }

    /// Waits for frames, at most so long, and moves those that there are into the buffer, which is empty; whether these
    /// are the last ones.
    fn take(&self, buffer: &mut Vec<u8>, patience: Duration) -> bool {
        let mut waiting = self.lock();
        if waiting.frames.is_empty() && !waiting.ended {
            waiting = self.news.wait(&self.waiting, waiting, Some(patience));
        }
        std::mem::swap(&mut waiting.frames, buffer);
        let ended = waiting.ended;
        drop(waiting);
        self.taken.tell();
        ended
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

/// Writes what there is until the end.
fn write_all(file: &mut File, queue: &Queue) -> std::io::Result<()> {
    let mut synced = file.len()?;
    let mut buffer = Vec::new();
    let mut last_sync = Moment::now();
    let mut dirty = false;
    loop {
        let patience = if dirty { SYNC_INTERVAL.saturating_sub(last_sync.elapsed()) } else { SYNC_INTERVAL };
        buffer.clear();
        let ended = queue.take(&mut buffer, patience);
        if !buffer.is_empty() {
            file.write_all(&buffer)?;
            dirty = true;
        }
        if ended {
            buffer.clear();
            frame_into(kind::ENDED, &mut buffer, |_| {});
            file.write_all(&buffer)?;
            return sync_or_cut(file, synced);
        }
        if dirty && last_sync.elapsed() >= SYNC_INTERVAL {
            // What has been synced shares no sector with what comes: a sector may go bad while it is written again.
            buffer.clear();
            pad(&mut buffer, file.len()?);
            file.write_all(&buffer)?;
            if !has(Defect::MarkedBeforeSync) {
                sync_or_cut(file, synced)?;
            }
            synced = file.len()?;
            buffer.clear();
            frame_into(kind::SYNCED, &mut buffer, |body| body.extend_from_slice(&synced.to_le_bytes()));
            file.write_all(&buffer)?;
            last_sync = Moment::now();
            dirty = false;
        }
        threads::sleep(GATHER_INTERVAL);
    }
}

/// Makes what has been written durable. If that fails, what has come since the last time is cut off: a later sync would
/// succeed without it, so that nobody must read and publish it.
fn sync_or_cut(file: &File, synced: u64) -> std::io::Result<()> {
    file.sync_data().inspect_err(|_| {
        // The error that led here is what counts.
        let _ = file.set_len(synced).and_then(|()| file.sync_all());
    })
}

/// Fills the sector up that follows these bytes, which lie at an offset of the file.
fn pad(buffer: &mut Vec<u8>, offset: u64) {
    let end = offset as usize + buffer.len() + FRAME_HEAD + 1;
    let missing = end.next_multiple_of(SECTOR) - end;
    frame_into(kind::PADDING, buffer, |body| body.resize(body.len() + missing, 0));
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
