//! What a journal is made of: frames of a kind and a body.

use super::Record;

/// The kinds of frames. A number is never given another meaning.
pub(crate) mod kind {
    /// Who writes this journal: program version, host, boot id, process; JSON.
    pub(crate) const RUN: u8 = 1;
    /// The outcome of a task, as [`Record`](crate::store::Record) encodes it.
    pub(crate) const RESULT: u8 = 2;
    /// The theory of a cell, encoded likewise.
    pub(crate) const THEORY: u8 = 3;
    /// A thread begins a task or a theory cell: the kind of its outcome (1 byte) and its digest.
    pub(crate) const STARTED: u8 = 4;
    /// A task or a theory cell has ended its process: the same, and the signal (i32, little-endian), or 0 where there
    /// was no more memory.
    pub(crate) const DIED: u8 = 5;
    /// The journal ended in order; no body.
    pub(crate) const ENDED: u8 = 6;
    /// This many bytes of the journal are certainly on the disk (u64, little-endian).
    pub(crate) const SYNCED: u8 = 7;
    /// A task or a theory cell was in hand when its process was killed from outside; JSON, a
    /// [`Loss`](crate::store::suspects::Loss).
    pub(crate) const LOST: u8 = 8;
    /// A share means to compute these tasks and theory cells: kind and digest of each.
    pub(crate) const TAKEN: u8 = 9;
    /// Zeros, so that what follows lies in another sector of the disk.
    pub(crate) const PADDING: u8 = 10;
}

/// A frame that is not a result. It is carried along from journal to shard, byte for byte, whether its kind is known or
/// not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// A number of a fixed meaning.
    pub kind: u8,
    /// What the kind says it is.
    pub body: Vec<u8>,
}

impl Frame {
    /// The theory of a cell, if it is that.
    pub(crate) fn cell(&self) -> Option<Record> {
        (self.kind == kind::THEORY).then(|| Record::decode(&self.body)).flatten()
    }

    /// Whether it describes the journal, not a task.
    pub(crate) fn is_of_the_journal(&self) -> bool {
        matches!(self.kind, kind::RUN | kind::ENDED | kind::SYNCED)
    }
}
