//! A seal on an HDF5 file: a checksum of all of its bytes but the raw data of its columns.
//!
//! HDF5 may crash on a damaged file, so that a file must be known to be sound before HDF5 sees it. The raw data is left
//! out: its records have separate checksums, and a flipped bit in one of them must not cost all the others.
//!
//! The seal lies in the user block, which HDF5 leaves to its users: a [stamp](super::stamp), BLAKE3 of the rest, and
//! offset and length of each column's raw data. In the first format there are 16 bytes of text in place of the stamp.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use super::StoreError;
use super::stamp::{STAMP_BYTES, Stamp};
use crate::machine::files::{Access, File};

/// The length in bytes of the user block that the file must have.
pub(super) const BLOCK_BYTES: usize = 512;
const NAME: &[u8; 16] = b"microzone shard ";
const FIRST_NAME: &[u8; 16] = b"microzone shard\n";
const DIGEST_BYTES: usize = 32;

/// Where the raw data of a column lies in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Region {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// Puts a sealed block before the other bytes of a file.
pub(super) fn seal(rest: Vec<u8>, regions: &[Region]) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; BLOCK_BYTES];
    bytes[..STAMP_BYTES].copy_from_slice(&Stamp::own().encode(NAME));
    let mut regions = regions.to_vec();
    regions.sort_by_key(|region| region.offset);
    let table = STAMP_BYTES + DIGEST_BYTES;
    for (entry, region) in bytes[table..].chunks_exact_mut(16).zip(&regions) {
        entry[..8].copy_from_slice(&region.offset.to_le_bytes());
        entry[8..].copy_from_slice(&region.length.to_le_bytes());
    }
    bytes.extend_from_slice(&rest);
    drop(rest);
    let length = bytes.len() as u64;
    let digest = digest(&mut Cursor::new(&bytes), length, &bytes[table..BLOCK_BYTES])?;
    bytes[STAMP_BYTES..table].copy_from_slice(&digest);
    Ok(bytes)
}

/// Whether the seal is whole.
///
/// # Errors
/// [`StoreError::Damaged`] if it is not, [`StoreError::Newer`] if the file is of a newer format.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let damaged = |offset, what: &str| StoreError::damaged(path, offset, what);
    let mut file = File::open(path, Access::Read).map_err(StoreError::io(path))?;
    let mut block = [0; BLOCK_BYTES];
    match file.read_exact(&mut block) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(damaged(0, "too short for a shard")),
        result => result.map_err(StoreError::io(path))?,
    }
    let start = match Stamp::decode(NAME, &block) {
        Some(stamp) => stamp.check(path).map(|()| STAMP_BYTES)?,
        None if block.starts_with(FIRST_NAME) => FIRST_NAME.len(),
        None => return Err(damaged(0, "not a shard")),
    };
    let table = start + DIGEST_BYTES;
    let length = file.len().map_err(StoreError::io(path))?;
    match digest(&mut file, length, &block[table..]) {
        Ok(digest) if digest == block[start..table] => Ok(()),
        Ok(_) => Err(damaged(start as u64, "the checksum of the file's structure does not match")),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(damaged(length, "the file ends before its columns do"))
        }
        Err(error) => Err(StoreError::io(path)(error)),
    }
}

/// Hashes the table of the block and what follows the block, without the regions in that table.
fn digest(file: &mut (impl Read + Seek), file_length: u64, table: &[u8]) -> io::Result<[u8; DIGEST_BYTES]> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(table);
    let mut position = BLOCK_BYTES as u64;
    for entry in table.as_chunks::<8>().0.as_chunks::<2>().0 {
        let [offset, length] = entry.map(u64::from_le_bytes);
        if length == 0 {
            continue;
        }
        let end = offset.checked_add(length).filter(|&end| offset >= position && end <= file_length);
        let end = end.ok_or(io::ErrorKind::InvalidData)?;
        hash(file, position, offset, &mut hasher)?;
        position = end;
    }
    hash(file, position, file_length, &mut hasher)?;
    Ok(hasher.finalize().into())
}

/// Makes the seal of these bytes whole, whatever they are.
#[cfg(feature = "fuzzing")]
pub(super) fn reseal(bytes: &mut [u8]) {
    if bytes.len() < BLOCK_BYTES {
        return;
    }
    bytes[..STAMP_BYTES].copy_from_slice(&Stamp::own().encode(NAME));
    let table = STAMP_BYTES + DIGEST_BYTES;
    let length = bytes.len() as u64;
    if let Ok(digest) = digest(&mut Cursor::new(&bytes[..]), length, &bytes[table..BLOCK_BYTES]) {
        bytes[STAMP_BYTES..table].copy_from_slice(&digest);
    }
}

fn hash(file: &mut (impl Read + Seek), start: u64, end: u64, hasher: &mut blake3::Hasher) -> io::Result<()> {
    file.seek(SeekFrom::Start(start))?;
    io::copy(&mut file.take(end - start), hasher).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_regions_is_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let regions = [Region { offset: 1000, length: 50 }, Region { offset: 600, length: 100 }];
        std::fs::write(&path, seal(vec![7; 1488], &regions).unwrap()).unwrap();
        check(&path).unwrap();
        let sound = std::fs::read(&path).unwrap();
        for position in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[position] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            let left_out = (600..700).contains(&position) || (1000..1050).contains(&position);
            assert_eq!(check(&path).is_ok(), left_out, "byte {position}");
        }
        for length in [0, 100, 511, 512, 650, 1020, 1999] {
            std::fs::write(&path, &sound[..length]).unwrap();
            assert!(matches!(check(&path), Err(StoreError::Damaged { .. })), "cut to {length} bytes");
        }
        std::fs::write(&path, [sound, vec![0]].concat()).unwrap();
        assert!(matches!(check(&path), Err(StoreError::Damaged { .. })));
    }
}
