//! Reads a journal, whole or torn or damaged.

use std::collections::BTreeSet;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::death;
use super::in_hand::Item;
use super::{BACKLOG, FRAME_HEAD, MARK, NAME, lock_file};
use crate::experiment::{Outcome, TaskFailure};
use crate::machine::coverage::reached;
use crate::machine::files::{Access, File};
use crate::machine::sabotage::{Defect, has};
use crate::store::columns::Columns;
use crate::store::frame::{Frame, kind};
use crate::store::record::{CHECKSUM_BYTES, Record, checksum};
use crate::store::stamp::{STAMP_BYTES, Stamp};
use crate::store::{StoreError, lease, ownership};

/// The header and the mark of the first format, whose frames are records without a kind.
const FIRST_HEADER: &[u8; 8] = b"MZJRNL1\n";
const FIRST_MARK: &[u8; 4] = b"\xf1MZ\n";
/// What is read of a file at a time.
const BUFFER: usize = 1 << 20;
/// More than a dying process may write behind the mark of its death: what its writer has taken, and what waits.
const TAIL: u64 = 2 * BACKLOG as u64;
/// How many times the length of a file may be hashed at heads of frames that are none.
const TIMES_IN_VAIN: usize = 8;
/// As many zeros at the end of a file cannot have been written.
const UNWRITTEN: usize = 8;

/// What a journal holds.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Scan {
    pub records: Columns,
    /// The frames that are not records, without marks of starts.
    pub frames: Vec<Frame>,
    /// What was started and has no outcome here.
    pub open: BTreeSet<Item>,
    /// What a share means to compute, whether it has an outcome or not.
    pub taken: BTreeSet<Item>,
    /// The length of the file without a torn tail.
    pub good_length: u64,
    /// Whether a task has recorded that it ended the process.
    pub has_death: bool,
    /// The first byte that neither a good frame nor a torn tail explains.
    pub damaged_at: Option<u64>,
}

/// A frame found in the bytes, and where it ends.
struct Found {
    kind: u8,
    body: std::ops::Range<usize>,
}

/// Every good frame of a journal's bytes; `boot` is the boot id of this machine now.
///
/// A torn tail is what an interrupted append leaves: the beginning of a frame, or blocks of zeros, and nothing good
/// behind it. If the machine has lost its power since, or was another one, any stretch behind what was surely synced
/// may be torn, because the disk takes blocks in any order. Any other stretch without a good frame is damage; good
/// frames behind it are still found.
pub(crate) fn scan(bytes: &[u8], boot: &str) -> Scan {
    let mut scan = Scan::default();
    let (mut offset, has_header) = match header_length(bytes) {
        Some(length) => (length, true),
        None if is_torn_header(bytes) => return scan,
        None => (0, false),
    };
    let mut bad = Vec::new();
    let mut search = Search::new(bytes);
    while offset < bytes.len() {
        if let Some(found) = search.frame_at(offset) {
            offset = found.body.end;
            scan.take(found.kind, &bytes[found.body]);
        } else if let Some(next) = search.next_good_frame(offset + 1) {
            bad.push(offset as u64);
            offset = next;
        } else {
            bad.extend((!is_torn(&bytes[offset..])).then_some(offset as u64));
            break;
        }
    }
    scan.good_length = offset as u64;
    // The header is synced before anything else is written.
    let (synced, is_of_this_boot) = (scan.synced(), scan.was_written_under(boot));
    let must_be_whole = |offset: &u64| *offset < synced || is_of_this_boot;
    scan.damaged_at = match has_header {
        // Nobody has seen whether the rest is good, so none of it may be cut off.
        true if search.has_given_up() => bad.first().copied().or(Some(offset as u64)),
        true => bad.into_iter().find(must_be_whole),
        false => Some(0),
    };
    scan
}

impl Scan {
    /// How many bytes are surely on the disk.
    fn synced(&self) -> u64 {
        let marks = self.frames.iter().filter(|frame| frame.kind == kind::SYNCED);
        marks.filter_map(|mark| mark.body.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))).max().unwrap_or(0)
    }

    /// Whether the machine has been up since. Journals of the first format do not contain this; they count as if it
    /// had.
    fn was_written_under(&self, boot: &str) -> bool {
        self.writer().and_then(lease::boot_of).is_none_or(|written| written == boot)
    }

    /// Takes in a good frame.
    pub(in crate::store) fn take(&mut self, kind: u8, body: &[u8]) {
        match kind {
            kind::STARTED => self.open.extend(Item::decode(body)),
            kind::PADDING => {}
            kind::TAKEN => self.taken.extend(body.chunks_exact(Item::BYTES).filter_map(Item::decode)),
            kind::DIED => self.take_death(body),
            kind::RESULT if self.records.push_encoded(body) => self.close(kind, body),
            _ => {
                self.close(kind, body);
                self.frames.push(Frame { kind, body: body.to_vec() });
            }
        }
    }

    /// An outcome has come of what was started.
    fn close(&mut self, kind: u8, body: &[u8]) {
        if let (kind::RESULT | kind::THEORY, Some(digest)) = (kind, body.first_chunk()) {
            self.open.remove(&Item { kind, digest: *digest });
        }
    }

    /// What has ended its process has failed.
    fn take_death(&mut self, body: &[u8]) {
        let Some((item, signal)) = death::decode(body) else { return };
        self.has_death = true;
        self.fail(item, death::failure(signal));
    }

    /// Gives an item a failure for its outcome.
    pub(in crate::store) fn fail(&mut self, item: Item, failure: TaskFailure) {
        self.open.remove(&item);
        let record = Record { digest: item.digest, outcome: Outcome::Failed(failure) };
        match item.kind {
            kind::THEORY => {
                let mut body = Vec::new();
                record.encode_into(&mut body);
                self.frames.push(Frame { kind: kind::THEORY, body });
            }
            _ => self.records.push(&record),
        }
    }

    /// Whether the writer ended in order, so that what is open was left on purpose.
    pub(in crate::store) fn has_ended(&self) -> bool {
        self.frames.iter().any(|frame| frame.kind == kind::ENDED)
    }

    /// What the journal records about its writer, as [`lease::this_process`] gave it.
    pub(in crate::store) fn writer(&self) -> Option<&[u8]> {
        self.frames.iter().find(|frame| frame.kind == kind::RUN).map(|run| &run.body[..])
    }
}

fn header_length(bytes: &[u8]) -> Option<usize> {
    match bytes.starts_with(FIRST_HEADER) {
        true => Some(FIRST_HEADER.len()),
        false => Stamp::decode(NAME, bytes).map(|_| STAMP_BYTES),
    }
}

/// Whether an interrupted first write explains the whole file.
fn is_torn_header(bytes: &[u8]) -> bool {
    let written = &bytes[..bytes.len() - zeros_behind(bytes)];
    let is_short = bytes.len() < STAMP_BYTES || bytes.len() - written.len() >= UNWRITTEN;
    let begins = |header: &[u8]| written.starts_with(header) || header.starts_with(written);
    is_short && written.len() < STAMP_BYTES && (begins(NAME) || begins(FIRST_HEADER))
}

/// Looks for good frames, and gives up where somebody has made that endless.
///
/// Damage leaves hardly any head of a frame whose content is another one. A file full of such heads, each with a length
/// of its whole rest, would be hashed from each of them to the end.
struct Search<'a> {
    bytes: &'a [u8],
    /// Bytes that may still be hashed for nothing.
    patience: usize,
}

impl<'a> Search<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, patience: bytes.len().saturating_mul(TIMES_IN_VAIN).saturating_add(BUFFER) }
    }

    fn has_given_up(&self) -> bool {
        self.patience == 0
    }

    fn frame_at(&mut self, offset: usize) -> Option<Found> {
        let (length, sum) = frame_head(&self.bytes[offset..])?;
        let start = offset + FRAME_HEAD;
        let end = start.checked_add(length)?;
        let content = self.bytes.get(start..end)?;
        if self.has_given_up() {
            return None;
        }
        if checksum(content) != sum && !has(Defect::WrongChecksumAccepted) {
            reached("a frame had another checksum");
            self.patience = self.patience.saturating_sub(content.len());
            return None;
        }
        if self.bytes[offset..].starts_with(FIRST_MARK) {
            return Record::decode(content).map(|_| Found { kind: kind::RESULT, body: start..end });
        }
        content.first().map(|kind| Found { kind: *kind, body: start + 1..end })
    }

    fn next_good_frame(&mut self, from: usize) -> Option<usize> {
        let is_mark = |window: &[u8]| window == MARK || window == FIRST_MARK;
        let marks = self.bytes.get(from..)?.windows(MARK.len()).enumerate().filter(|(_, window)| is_mark(window));
        marks.map(|(index, _)| from + index).find(|offset| self.frame_at(*offset).is_some())
    }
}

fn frame_head(bytes: &[u8]) -> Option<(usize, [u8; CHECKSUM_BYTES])> {
    let rest = bytes.strip_prefix(MARK).or_else(|| bytes.strip_prefix(FIRST_MARK))?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let sum = rest.first_chunk::<CHECKSUM_BYTES>()?;
    Some((u32::from_le_bytes(*length) as usize, *sum))
}

/// Whether an interrupted append explains these last bytes of a file.
fn is_torn(tail: &[u8]) -> bool {
    // Blocks that were never written read as zeros.
    if zeros_behind(tail) >= UNWRITTEN {
        return true;
    }
    match frame_head(tail) {
        Some((length, _)) => length > tail.len() - FRAME_HEAD,
        None => {
            let begins = |mark: &[u8]| mark.starts_with(tail) || tail.starts_with(mark);
            tail.len() < FRAME_HEAD && (begins(MARK) || begins(FIRST_MARK))
        }
    }
}

fn zeros_behind(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|byte| **byte == 0).count()
}

/// Scans a journal file; a torn tail is left out.
///
/// # Errors
/// The file cannot be read, or is of a newer format.
pub(crate) fn read(path: &Path) -> Result<Scan, StoreError> {
    let mut file = File::open(path, Access::ReadUnlinked).map_err(StoreError::io(path))?;
    read_open(path, &mut file)
}

fn read_open(path: &Path, file: &mut File) -> Result<Scan, StoreError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(StoreError::io(path))?;
    if let Some(stamp) = Stamp::decode(NAME, &bytes) {
        stamp.check(path)?;
    }
    Ok(scan(&bytes, &lease::own_boot()))
}

/// Whether a journal says that a task has ended its process, which it says at its end.
pub(crate) fn has_death(path: &Path) -> bool {
    let tail = tail(path).unwrap_or_default();
    let mut search = Search::new(&tail);
    let mut offset = 0;
    while let Some(found) = search.next_good_frame(offset).and_then(|start| search.frame_at(start)) {
        if found.kind == kind::DIED {
            return true;
        }
        offset = found.body.end;
    }
    false
}

fn tail(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path, Access::ReadUnlinked)?;
    file.seek(SeekFrom::Start(file.len()?.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Shows the frames of a journal that has ended in order, one after the other, without holding the file; whether all of
/// it was good.
///
/// # Errors
/// The file cannot be read, or what is shown is refused.
pub(crate) fn stream(
    path: &Path,
    mut show: impl FnMut(u8, &[u8]) -> Result<(), StoreError>,
) -> Result<bool, StoreError> {
    let file = File::open(path, Access::ReadUnlinked).map_err(StoreError::io(path))?;
    let mut left = file.len().map_err(StoreError::io(path))?;
    let mut reader = BufReader::with_capacity(BUFFER, file);
    let mut stamp = [0; STAMP_BYTES];
    let mut head = [0; FRAME_HEAD];
    let mut content = Vec::new();
    if left < STAMP_BYTES as u64 {
        return Ok(false);
    }
    reader.read_exact(&mut stamp).map_err(StoreError::io(path))?;
    if Stamp::decode(NAME, &stamp).is_none() {
        return Ok(false);
    }
    left -= STAMP_BYTES as u64;
    while left > 0 {
        if left < FRAME_HEAD as u64 {
            return Ok(false);
        }
        reader.read_exact(&mut head).map_err(StoreError::io(path))?;
        left -= FRAME_HEAD as u64;
        let Some((length, sum)) = frame_head(&head).filter(|(length, _)| *length as u64 <= left) else {
            return Ok(false);
        };
        content.resize(length, 0);
        reader.read_exact(&mut content).map_err(StoreError::io(path))?;
        left -= length as u64;
        match content.split_first() {
            Some((kind, body)) if head.starts_with(MARK) && checksum(&content) == sum => show(*kind, body)?,
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Opens a journal that a dead run left, cuts it back to its last good frame, and scans it.
///
/// # Errors
/// Its writer is still alive, it is not ours, or the file cannot be read, cut or synced.
pub(crate) fn recover(path: &Path) -> Result<Scan, StoreError> {
    let mut file = ownership::open(path, Access::ReadAndWrite)?;
    lock_file(&file, path)?;
    let scan = read_open(path, &mut file)?;
    if scan.damaged_at.is_none() {
        let cut = file.set_len(scan.good_length);
        cut.and_then(|()| make_durable(&mut file, &scan)).map_err(StoreError::io(path))?;
    }
    Ok(scan)
}

/// Syncs a dead journal. If that fails, the system takes for written what the disk may not have, so that this is
/// written once more: some of it may have been published.
fn make_durable(file: &mut File, scan: &Scan) -> std::io::Result<()> {
    file.sync_data().or_else(|_| {
        let synced = scan.synced().min(scan.good_length);
        let mut rest = vec![0; (scan.good_length - synced) as usize];
        file.seek(SeekFrom::Start(synced))?;
        file.read_exact(&mut rest)?;
        file.write_all_at(&rest, synced)?;
        file.sync_data()
    })
}
