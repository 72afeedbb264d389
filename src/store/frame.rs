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
    /// The journal ended in order; no body.
    pub(crate) const ENDED: u8 = 6;
    /// So many bytes of the journal are surely on the disk (u64, little-endian).
    pub(crate) const SYNCED: u8 = 7;
    // Kept for what later versions write: 4 the start of a task, 5 its death.
}

/// A frame that is no result. It is carried along from journal to shard, byte for byte, whether its kind is known or
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
