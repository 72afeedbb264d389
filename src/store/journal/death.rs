//! The mark that a task leaves in the journal when it ends its process.
//!
//! A handler of signals writes it, so nothing here takes a lock or asks for memory.

use std::time::Duration;

use super::in_hand::{self, Computing, Item};
use super::{FRAME_HEAD, MARK};
use crate::experiment::{FailureClass, TaskFailure};
use crate::machine::files::File;
use crate::machine::{last_words, threads};
use crate::store::frame::kind;
use crate::store::record::{CHECKSUM_BYTES, checksum};

/// Takes the place of the signal where there was no more memory.
const OUT_OF_MEMORY: i32 = 0;
/// A task that takes all memory continues to do so.
const PATIENCE: Duration = Duration::from_secs(2);
const BODY_BYTES: usize = Item::BYTES + size_of::<i32>();

/// While it lives, marks go to the journal of this process.
pub(super) struct Target(());

impl Target {
    /// The file must outlive it, and append.
    pub(super) fn new(file: &File) -> Self {
        last_words::go_to(Some(file));
        Self(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        last_words::go_to(None);
    }
}

/// Notes that what this thread computes ends the process by a signal; whether there was anything to note.
pub(crate) fn note(signal: i32) -> bool {
    in_hand::take_own().is_some_and(|item| last_words::write(&frame(item, signal)))
}

/// Records that the task being computed ends the process for lack of memory, if there is only one. Another thread that
/// asks for memory lets the computing thread come to the same end, and record it.
pub(crate) fn note_out_of_memory() {
    match in_hand::computing() {
        Computing::Alone => {
            note(OUT_OF_MEMORY);
        }
        Computing::OneOther => threads::sleep(PATIENCE),
        Computing::Otherwise => {}
    }
}

/// A whole frame, made without allocating memory.
pub(super) fn frame(item: Item, signal: i32) -> [u8; FRAME_HEAD + 1 + BODY_BYTES] {
    let mut frame = [0; FRAME_HEAD + 1 + BODY_BYTES];
    let (head, content) = frame.split_at_mut(FRAME_HEAD);
    content[0] = kind::DIED;
    content[1..][..Item::BYTES].copy_from_slice(&item.encode());
    content[1 + Item::BYTES..].copy_from_slice(&signal.to_le_bytes());
    head[..MARK.len()].copy_from_slice(MARK);
    head[MARK.len()..][..4].copy_from_slice(&(content.len() as u32).to_le_bytes());
    head[MARK.len() + 4..][..CHECKSUM_BYTES].copy_from_slice(&checksum(content));
    frame
}

/// What a mark says: the item, and the signal.
pub(super) fn decode(body: &[u8]) -> Option<(Item, i32)> {
    let signal = body.get(Item::BYTES..)?.first_chunk()?;
    Some((Item::decode(body)?, i32::from_le_bytes(*signal)))
}

/// What has become of an item that ended its process.
pub(super) fn failure(signal: i32) -> TaskFailure {
    let reason = match signal {
        OUT_OF_MEMORY => "no memory was left, and no other task was in hand".into(),
        libc::SIGSEGV => "SIGSEGV (a stack overflow or an invalid memory access)".into(),
        libc::SIGABRT => "SIGABRT (it aborted)".into(),
        libc::SIGBUS => "SIGBUS (an invalid memory access)".into(),
        libc::SIGILL => "SIGILL (an invalid instruction)".into(),
        libc::SIGFPE => "SIGFPE (an arithmetic error)".into(),
        other => format!("signal {other}"),
    };
    TaskFailure { class: FailureClass::Died, message: reason }
}
