//! The first bytes of a journal or shard: what the file is, its format, and the program that wrote it.
//!
//! The stamp has a separate checksum, so that a newer format can be distinguished from a damaged file. All formats from
//! the second on have its layout: 16 bytes of name, the format (u32, little-endian), 28 bytes of program version
//! (UTF-8, filled up with NULs), and 16 bytes of BLAKE3 of what stands before.

use std::path::Path;

use super::StoreError;
use super::record::{CHECKSUM_BYTES, checksum};
use crate::machine::program;

/// The format of what this program writes, named after version 0.3. The first one, up to version 0.2, had no number.
pub(super) const FORMAT: u32 = 3;

/// The length of a stamp.
pub(super) const STAMP_BYTES: usize = 64;
const NAME_BYTES: usize = 16;
const PROGRAM_START: usize = NAME_BYTES + 4;
const CHECKSUM_START: usize = STAMP_BYTES - CHECKSUM_BYTES;

/// What a file says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) format: u32,
    pub(super) program: String,
}

impl Stamp {
    /// That of files of this program.
    pub(super) fn own() -> Self {
        Self { format: FORMAT, program: program::version().into() }
    }

    /// The bytes of a file with this name.
    pub(super) fn encode(&self, name: &[u8; NAME_BYTES]) -> [u8; STAMP_BYTES] {
        let mut bytes = [0; STAMP_BYTES];
        bytes[..NAME_BYTES].copy_from_slice(name);
        bytes[NAME_BYTES..PROGRAM_START].copy_from_slice(&self.format.to_le_bytes());
        for (place, byte) in bytes[PROGRAM_START..CHECKSUM_START].iter_mut().zip(self.program.bytes()) {
            *place = byte;
        }
        let sum = checksum(&bytes[..CHECKSUM_START]);
        bytes[CHECKSUM_START..].copy_from_slice(&sum);
        bytes
    }

    /// The inverse of [`Stamp::encode`]; `None` for bytes that are not a sound stamp with this name.
    pub(super) fn decode(name: &[u8; NAME_BYTES], bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.first_chunk::<STAMP_BYTES>().filter(|bytes| bytes.starts_with(name))?;
        if checksum(&bytes[..CHECKSUM_START]) != bytes[CHECKSUM_START..] {
            return None;
        }
        let format = u32::from_le_bytes(*bytes[NAME_BYTES..].first_chunk()?);
        let program = String::from_utf8_lossy(&bytes[PROGRAM_START..CHECKSUM_START]);
        Some(Self { format, program: program.trim_end_matches('\0').into() })
    }

    /// # Errors
    /// The file is of a format that this program does not know.
    pub(super) fn check(&self, path: &Path) -> Result<(), StoreError> {
        if self.format <= FORMAT {
            return Ok(());
        }
        Err(StoreError::newer(path, self.format, &self.program))
    }
}

/// Whether a number is that of a newer format; one that a single flipped bit makes of ours is taken for damage.
pub(super) fn is_newer(format: u32) -> bool {
    let (ours, theirs) = (FORMAT.to_string(), format.to_string());
    let flipped: u32 = ours.bytes().zip(theirs.bytes()).map(|(our, their)| (our ^ their).count_ones()).sum();
    format > FORMAT && (ours.len() != theirs.len() || flipped != 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &[u8; 16] = b"microzone thing\n";

    #[test]
    fn a_stamp_survives_its_encoding_and_no_flipped_bit_passes() {
        let stamp = Stamp { format: 7, program: "12.34.56-rc.1".into() };
        let bytes = stamp.encode(NAME);
        assert_eq!(Stamp::decode(NAME, &bytes), Some(stamp));
        assert_eq!(Stamp::decode(b"microzone other\n", &bytes), None);
        assert_eq!(Stamp::decode(NAME, &bytes[..63]), None);
        for bit in 0..8 * STAMP_BYTES {
            let mut flipped = bytes;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Stamp::decode(NAME, &flipped), None, "bit {bit}");
        }
    }

    #[test]
    fn a_newer_format_is_none_that_a_flipped_bit_makes() {
        assert_eq!((0..12).filter(|format| is_newer(*format)).collect::<Vec<_>>(), [4, 5, 6, 8, 9, 10, 11]);
    }

    #[test]
    fn a_newer_format_is_named_with_its_program() {
        assert!(Stamp::own().check(Path::new("a")).is_ok());
        let newer = Stamp { format: FORMAT + 1, program: "99.1.0".into() };
        let message = newer.check(Path::new("a")).unwrap_err().to_string();
        assert!(message.contains("99.1.0") && message.contains(program::version()), "{message}");
    }
}
