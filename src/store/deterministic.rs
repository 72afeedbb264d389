//! HDF5 files whose bytes depend on their contents only.

use std::path::Path;

use hdf5::file::LibraryVersion;
use hdf5::plist::file_create::{AttrCreationOrder, LinkCreationOrder};
use hdf5::{DatasetBuilder, File};

/// Creates an HDF5 file that starts with a user block of this many bytes (0, or a power of two from 512).
///
/// Its format is that of HDF5 1.8, whatever the library, so that old and new readers open it. Links and attributes
/// keep the order of their creation, which netCDF-4 shows as the order of variables. No times are stored.
pub(super) fn create(path: &Path, user_block: u64) -> hdf5::Result<File> {
    let mut options = File::with_options();
    options.access_plist().libver_bounds(LibraryVersion::V18, LibraryVersion::V18);
    options
        .create_plist()
        .userblock(user_block)
        .obj_track_times(false)
        .attr_creation_order(AttrCreationOrder::Indexed)
        .link_creation_order(LinkCreationOrder::Indexed);
    options.create(path)
}

/// A builder of an unchunked dataset of such a file.
pub(super) fn dataset(file: &File) -> DatasetBuilder {
    file.new_dataset_builder().obj_track_times(false).attr_creation_order(AttrCreationOrder::Indexed).no_chunk()
}
