//! The superblock, with which HDF5 begins to read a file.
//!
//! It may name a block for a file driver, or an extension, of any length that it claims, for which HDF5 takes memory
//! before it looks for the end of the file. HDF5 takes what it says for the end of the file.

use std::io::{Read, Seek, SeekFrom};

use super::header;
use crate::machine::files::File;
use crate::store::seal::BLOCK_BYTES;

const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";
const BYTES: usize = 72;

/// How a version that this program writes begins behind the signature, and where in the superblock its addresses are.
struct Version {
    /// Begins with the version, and ends with 8 bytes per address and 8 per length.
    start: &'static [u8],
    /// The address that no file of this program has.
    none: usize,
    /// The address of the superblock, from which HDF5 counts the others but that of the end.
    base: usize,
    /// The address of the end of the file.
    end: usize,
    /// The address of the header of the root group.
    root: usize,
}

const WRITTEN: [Version; 2] = [
    // Behind the version: those of the free space, the root group and the shared headers, and a zero. No file has a
    // block for a file driver.
    Version { start: &[0, 0, 0, 0, 0, 8, 8], none: 48, base: 24, end: 40, root: 64 },
    // No file has an extension.
    Version { start: &[2, 8, 8], none: 20, base: 12, end: 28, root: 36 },
];
const NO_ADDRESS: u64 = u64::MAX;

/// Where the superblock is, at the start of the file or behind a seal, if it is as this program writes it.
///
/// # Errors
/// It is not, or cannot be read; or there is no root group.
pub(super) fn check(file: &mut File) -> Result<u64, String> {
    let length = file.len().map_err(|error| error.to_string())?;
    // HDF5 takes the first signature that it finds.
    for offset in [0, BLOCK_BYTES as u64] {
        let mut bytes = Vec::with_capacity(BYTES);
        let place = file.seek(SeekFrom::Start(offset));
        place
            .and_then(|_| file.by_ref().take(BYTES as u64).read_to_end(&mut bytes))
            .map_err(|error| error.to_string())?;
        if bytes.starts_with(SIGNATURE) {
            let root = WRITTEN.iter().find_map(|version| version.root(&bytes, offset, length));
            let root = root.ok_or("its superblock is not one that this program writes")?;
            header::check(file, offset.saturating_add(root))?;
            return Ok(offset);
        }
    }
    Err("it is not an HDF5 file".into())
}

impl Version {
    /// The address of the root group, if a superblock is of this version.
    fn root(&self, superblock: &[u8], offset: u64, length: u64) -> Option<u64> {
        let address = |place: usize| superblock.get(place..)?.first_chunk().copied().map(u64::from_le_bytes);
        let is_written = superblock[SIGNATURE.len()..].starts_with(self.start)
            && address(self.none) == Some(NO_ADDRESS)
            && address(self.base) == Some(offset)
            && address(self.end) == Some(length);
        if is_written { address(self.root) } else { None }
    }
}
