//! Ways to open a file.

/// How a file is opened. Nothing is written through a symbolic link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It must be there, and may be a link.
    Read,
    /// It must be there: a file that only this program writes, and never as a link.
    ReadUnlinked,
    /// It must be there.
    ReadAndWrite,
    /// It must not be there yet.
    New,
    /// It must not be there yet. What is written goes behind the end.
    NewToAppend,
    /// It is there, or is made.
    ReadAndWriteOrNew,
}
