//! The superblock, with which HDF5 begins to read a file.
//!
//! It may name a block for a file driver, or an extension, of any length that it claims, for which HDF5 takes memory
//! before it looks for the end of the file.

use std::io::{Read, Seek, SeekFrom};

use crate::machine::files::File;
use crate::store::seal::BLOCK_BYTES;

const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";
const BYTES: usize = 56;

/// For each version that this program writes: what stands behind the signature, and where in the file's superblock the
/// address is that no file of this program has. Each begins with the version, and ends with 8 bytes per address and 8
/// per length.
const WRITTEN: [(&[u8], usize); 2] = [
    // In between: the versions of the free space, the root group and the shared headers, and a zero. The address is
    // that of a block for a file driver.
    (&[0, 0, 0, 0, 0, 8, 8], 48),
    // The address is that of the extension.
    (&[2, 8, 8], 20),
];
const NO_ADDRESS: [u8; 8] = [0xff; 8];

/// Whether the superblock is as this program writes it: at the start of the file, or behind a seal.
///
/// # Errors
/// It is not, or cannot be read.
pub(super) fn check(file: &mut File) -> Result<(), String> {
    // HDF5 takes the first signature that it finds.
    for offset in [0, BLOCK_BYTES as u64] {
        let mut bytes = Vec::with_capacity(BYTES);
        let place = file.seek(SeekFrom::Start(offset));
        place
            .and_then(|_| file.by_ref().take(BYTES as u64).read_to_end(&mut bytes))
            .map_err(|error| error.to_string())?;
        if let Some(block) = bytes.strip_prefix(SIGNATURE) {
            return is_written(block).then_some(()).ok_or("its superblock is not one that this program writes".into());
        }
    }
    Err("it is not an HDF5 file".into())
}

fn is_written(block: &[u8]) -> bool {
    WRITTEN.iter().any(|(start, address)| {
        let address = block.get(address - SIGNATURE.len()..).unwrap_or_default();
        block.starts_with(start) && address.starts_with(&NO_ADDRESS)
    })
}
