//! A seal on an HDF5 file: a checksum of all of its bytes but the raw data of its columns.
//!
//! HDF5 may crash on a damaged file, so that a file must be known to be sound before HDF5 sees it. The raw data is left
//! out: its records have checksums of their own, and a flipped bit in one of them must not cost all the others.
//!
//! The seal lies in the user block, which HDF5 leaves to its users: magic text, BLAKE3 of the rest, offset and length
//! of each column's raw data.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::StoreError;

/// The length in bytes of the user block that the file must have.
pub(super) const BLOCK_BYTES: usize = 512;
const MAGIC: &[u8; 16] = b"microzone shard\n";
const DIGEST_BYTES: usize = 32;
const TABLE_START: usize = MAGIC.len() + DIGEST_BYTES;

/// Where the raw data of a column lies in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Region {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// Seals a file that nobody has open.
pub(super) fn seal(path: &Path, regions: &[Region]) -> io::Result<()> {
    let mut block = [0; BLOCK_BYTES];
    block[..MAGIC.len()].copy_from_slice(MAGIC);
    let mut regions = regions.to_vec();
    regions.sort_by_key(|region| region.offset);
    for (entry, region) in block[TABLE_START..].chunks_exact_mut(16).zip(&regions) {
        entry[..8].copy_from_slice(&region.offset.to_le_bytes());
        entry[8..].copy_from_slice(&region.length.to_le_bytes());
    }
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let digest = digest(&mut file, &block)?;
    block[MAGIC.len()..TABLE_START].copy_from_slice(&digest);
    file.rewind()?;
    file.write_all(&block)
}

/// Whether the seal is whole; an error of the kind [`StoreError::Damaged`] if not.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let damaged = |offset, what: &str| StoreError::Damaged { path: path.into(), offset, what: what.into() };
    let mut file = File::open(path).map_err(StoreError::io(path))?;
    let mut block = [0; BLOCK_BYTES];
    match file.read_exact(&mut block) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(damaged(0, "too short for a shard")),
        result => result.map_err(StoreError::io(path))?,
    }
    if !block.starts_with(MAGIC) {
        return Err(damaged(0, "not a shard"));
    }
    match digest(&mut file, &block) {
        Ok(digest) if digest == block[MAGIC.len()..TABLE_START] => Ok(()),
        Ok(_) => Err(damaged(MAGIC.len() as u64, "the checksum of the file's structure does not match")),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            let length = file.metadata().map_err(StoreError::io(path))?.len();
            Err(damaged(length, "the file ends before its columns do"))
        }
        Err(error) => Err(StoreError::io(path)(error)),
    }
}

/// Hashes the table of the block and what follows the block, without the regions in that table.
fn digest(file: &mut File, block: &[u8; BLOCK_BYTES]) -> io::Result<[u8; DIGEST_BYTES]> {
    let file_length = file.metadata()?.len();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&block[TABLE_START..]);
    let mut position = BLOCK_BYTES as u64;
    for entry in block[TABLE_START..].as_chunks::<8>().0.as_chunks::<2>().0 {
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

fn hash(file: &mut File, start: u64, end: u64, hasher: &mut blake3::Hasher) -> io::Result<()> {
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
        std::fs::write(&path, vec![7; 2000]).unwrap();
        let regions = [Region { offset: 1000, length: 50 }, Region { offset: 600, length: 100 }];
        seal(&path, &regions).unwrap();
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
