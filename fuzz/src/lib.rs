//! What the targets share.

use std::path::PathBuf;

/// The file of this process for readers that take paths, in memory.
pub fn scratch() -> PathBuf {
    format!("/dev/shm/microzone-fuzz-{}", std::process::id()).into()
}
