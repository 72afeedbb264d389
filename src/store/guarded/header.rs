//! The headers of objects.
//!
//! HDF5 1.10 decodes a header of the first version, which has no checksum, past the bytes that it has read, and what
//! lies behind them in memory may make it ask for any amount (found by `cargo fuzz`). The start of a header, which it
//! decodes before it knows the length, has to lie in the file, too.

use std::ffi::CString;
use std::io::{Read, Seek, SeekFrom};

use hdf5::{Group, h5call};
use hdf5_sys::h5l::{H5L_info1_t, H5Lget_info1};
use hdf5_sys::h5p::H5P_DEFAULT;

use crate::machine::files::File;

const SIGNATURE: &[u8; 4] = b"OHDR";
/// What HDF5 may decode of a header before it knows the length: signature, version, flags, four times, two limits of
/// the attributes and the length. A header that this program writes is longer.
const BYTES_OF_START: usize = 4 + 1 + 1 + 16 + 4 + 8;

/// Whether this place of the file has the start of a header of the version that this program writes, which has a
/// checksum.
///
/// # Errors
/// It has not, or cannot be read.
pub(super) fn check(file: &mut File, place: u64) -> Result<(), String> {
    let mut start = [0; BYTES_OF_START];
    let read = file.seek(SeekFrom::Start(place)).and_then(|_| file.read_exact(&mut start));
    read.map_err(|error| format!("no header can be read at byte {place}: {error}"))?;
    match start.starts_with(SIGNATURE) {
        true => Ok(()),
        false => Err(format!("at byte {place} is no header that this program writes")),
    }
}

/// The address of the header of an object, which is not read.
pub(super) fn address(group: &Group, name: &str) -> hdf5::Result<u64> {
    let name = CString::new(name).map_err(|error| hdf5::Error::from(error.to_string()))?;
    let mut link = H5L_info1_t::default();
    // SAFETY: the id is that of an open group; name and link live until the call returns.
    #[allow(deprecated, reason = "HDF5 1.10 has no other; from 1.12 on it is there for files as ours")]
    h5call!(H5Lget_info1(group.id(), name.as_ptr(), &raw mut link, H5P_DEFAULT))?;
    // SAFETY: a link that is neither soft nor external has an address.
    Ok(unsafe { *link.u.address() })
}
