//! The names and states of the records of a shard, under a separate checksum: counting records needs no value.

use hdf5::{Dataset, File};

use super::column::{add_rows, read};
use crate::store::columns::{Columns, DIGEST_BYTES};
use crate::store::record::CHECKSUM_BYTES;

/// The name of the column of checksums.
pub(super) const CHECKSUMS: &str = "key_checksum";
/// Records whose keys share a checksum.
const BLOCK: usize = 1024;

/// Digest, status and checksum of each record.
pub(in crate::store) struct Keys {
    pub(in crate::store) digest: Vec<u8>,
    pub(in crate::store) status: Vec<u8>,
    pub(in crate::store) checksum: Vec<u8>,
}

impl Keys {
    pub(super) fn of(columns: Columns) -> Self {
        let Columns { digest, status, checksum, .. } = columns;
        Self { digest, status, checksum }
    }

    /// Reads the keys of all records.
    ///
    /// # Errors
    /// A block of them is not as it was written, or the file is of a version that had no checksums of keys.
    pub(super) fn read(file: &File) -> Result<Self, String> {
        let noted: Vec<u8> = read(file, CHECKSUMS)?;
        let keys =
            Self { digest: read(file, "digest")?, status: read(file, "status")?, checksum: read(file, "checksum")? };
        let records = keys.status.len();
        let lengths = [keys.digest.len() / DIGEST_BYTES, keys.checksum.len() / CHECKSUM_BYTES];
        match lengths == [records; 2] && sums(&keys.digest, &keys.status, &keys.checksum) == noted {
            true => Ok(keys),
            false => Err("the names and states of the records do not match their checksum".into()),
        }
    }
}

/// Writes the checksums of the keys.
pub(super) fn write(columns: &Columns, file: &File) -> hdf5::Result<Dataset> {
    let sums = sums(&columns.digest, &columns.status, &columns.checksum);
    let description = "start of the BLAKE3 of the digests, the statuses and the checksums of 1024 records in a row";
    add_rows::<CHECKSUM_BYTES>(file, CHECKSUMS, &sums, description)
}

/// The checksum of each block, in a row.
fn sums(digest: &[u8], status: &[u8], checksum: &[u8]) -> Vec<u8> {
    let digests = digest.chunks(BLOCK * DIGEST_BYTES);
    let blocks = digests.zip(status.chunks(BLOCK)).zip(checksum.chunks(BLOCK * CHECKSUM_BYTES));
    let of_block = |((digest, status), checksum): ((&[u8], &[u8]), &[u8])| {
        let mut hasher = blake3::Hasher::new();
        hasher.update(digest).update(status).update(checksum);
        hasher.finalize().as_bytes()[..CHECKSUM_BYTES].to_vec()
    };
    blocks.flat_map(of_block).collect()
}
