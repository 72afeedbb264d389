//! HDF5 files whose bytes depend on their contents only.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use hdf5::file::{FileBuilder, LibraryVersion};
use hdf5::plist::file_create::{AttrCreationOrder, LinkCreationOrder};
use hdf5::{DatasetBuilder, File, Group, h5call};
use hdf5_sys::h5f::H5Fget_file_image;

/// How much more memory HDF5 takes at a time for a file in memory.
const INCREMENT: usize = 1 << 20;

/// Creates an HDF5 file.
///
/// Its format is the format of HDF5 1.8, whatever the library, so that old and new readers open it. Links and
/// attributes keep the order of their creation, which netCDF-4 shows as the order of variables. No times are stored.
pub(super) fn create(path: &Path) -> hdf5::Result<File> {
    let mut options = options(0);
    options.access_plist().libver_bounds(LibraryVersion::V18, LibraryVersion::V18);
    options.create(path)
}

/// Creates an HDF5 file that exists in memory only, behind a user block of this many bytes (a power of two from 512).
pub(super) fn create_in_memory(user_block: u64) -> hdf5::Result<File> {
    // HDF5 takes two files in memory of the same name for the same file.
    static NAMES: AtomicU64 = AtomicU64::new(0);
    let mut options = options(user_block);
    // A superblock without a checksum: HDF5 1.10 clears flags in the image of a newer one and leaves its checksum.
    options.access_plist().libver_bounds(LibraryVersion::Earliest, LibraryVersion::V18);
    options.access_plist().core_options(INCREMENT, false);
    options.create(format!("memory-{}", NAMES.fetch_add(1, Ordering::Relaxed)))
}

/// The bytes of a file in memory, without its user block.
pub(super) fn image(file: &File) -> hdf5::Result<Vec<u8>> {
    file.flush()?;
    // SAFETY: without a buffer HDF5 only returns the length; the id is that of an open file.
    let length = h5call!(H5Fget_file_image(file.id(), std::ptr::null_mut(), 0))?;
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    // SAFETY: HDF5 writes at most as many bytes as the buffer has.
    let written = h5call!(H5Fget_file_image(file.id(), bytes.as_mut_ptr().cast(), bytes.len()))?;
    if usize::try_from(written) == Ok(bytes.len()) { Ok(bytes) } else { Err("the image of a file is cut".into()) }
}

fn options(user_block: u64) -> FileBuilder {
    let mut options = File::with_options();
    options
        .create_plist()
        .userblock(user_block)
        .obj_track_times(false)
        .attr_creation_order(AttrCreationOrder::Indexed)
        .link_creation_order(LinkCreationOrder::Indexed);
    options
}

/// Creates a group in such a file.
pub(super) fn group(file: &File, name: &str) -> hdf5::Result<Group> {
    let mut builder = file.create_group_builder().obj_track_times(false);
    let options = builder.create_plist();
    options.attr_creation_order(AttrCreationOrder::Indexed).link_creation_order(LinkCreationOrder::Indexed);
    builder.create(name)
}

/// A builder of an unchunked dataset of such a file or group.
pub(super) fn dataset(group: &Group) -> DatasetBuilder {
    group.new_dataset_builder().obj_track_times(false).attr_creation_order(AttrCreationOrder::Indexed).no_chunk()
}
