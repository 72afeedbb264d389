//! Opens HDF5 files that anybody may have written.
//!
//! A checksum shows that a file is as it was written, and not by whom. HDF5 follows links into other files, collects
//! values from other files, decompresses whatever a chunk holds, takes memory for blocks of any length, decodes
//! headers past their end, and gives values to a dataset of any size that was never written. This program writes none
//! of these, and so it reads none.

mod header;
mod superblock;
mod texts;

use std::collections::BTreeSet;

use hdf5::plist::dataset_create::Layout;
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, Datatype, File, LinkType, LocationType};
use hdf5_sys::h5t::{H5T_class_t, H5Tget_class};

use crate::machine::files::ByPath;

/// Opens a file whose checksum has been compared.
pub(super) fn open(location: &ByPath) -> hdf5::Result<File> {
    let mut bytes = location.open().map_err(|error| error.to_string())?;
    let start = superblock::check(&mut bytes)?;
    let file = File::open(location.path())?;
    check_objects(&file, |address| header::check(&mut bytes, start.saturating_add(address)))?;
    Ok(file)
}

/// Opens a dataset of the file, or of one of its groups, whose values lie one behind the other in this file.
pub(super) fn dataset(file: &File, path: &str) -> hdf5::Result<Dataset> {
    let dataset = file.dataset(path)?;
    check_storage(&dataset, file.size())?;
    Ok(dataset)
}

/// Checks the link to each object, and its header, before HDF5 reads it.
fn check_objects(file: &File, mut check_header: impl FnMut(u64) -> Result<(), String>) -> hdf5::Result<()> {
    let mut groups = vec![file.group("/")?];
    // A group may contain itself.
    let mut seen = BTreeSet::new();
    while let Some(group) = groups.pop() {
        group.iter_visit_default(|name, link| {
            if link.link_type != LinkType::Hard {
                return Err(format!("{name:?} is a link, which is not followed").into());
            }
            let address = header::address(&group, name)?;
            check_header(address).map_err(|error| format!("{name:?}: {error}"))?;
            if seen.insert(address) && group.loc_type_by_name(name)? == LocationType::Group {
                groups.push(group.group(name)?);
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn check_storage(dataset: &Dataset, file_size: u64) -> hdf5::Result<()> {
    let options = dataset.dcpl()?;
    let is_plain = matches!(options.get_layout()?, Layout::Contiguous | Layout::Compact);
    if !is_plain || options.has_filters() || !options.get_external()?.is_empty() {
        return Err("its values do not lie in the file as this program writes them".into());
    }
    let datatype = dataset.dtype()?;
    let bytes_of_one = if datatype.is::<VarLenUnicode>() { texts::BYTES_OF_PLACE } else { datatype.size() };
    let shape = dataset.space()?.shape();
    let bytes = shape.iter().try_fold(bytes_of_one, |bytes, length| bytes.checked_mul(*length));
    match bytes.map(|bytes| bytes as u64) {
        Some(bytes) if bytes == dataset.storage_size() && bytes <= file_size => Ok(()),
        _ => Err("it has more values than the file holds".into()),
    }
}

/// Whether a type is one of texts of any kind. Other types may be nested deeper than the stack is.
pub(super) fn is_text(datatype: &Datatype) -> bool {
    // SAFETY: the id is that of an open datatype.
    hdf5::sync::sync(|| unsafe { H5Tget_class(datatype.id()) }) == H5T_class_t::H5T_STRING
}

/// The texts of a dataset of variable length, which is in this file.
pub(super) fn texts(dataset: &Dataset, location: &ByPath) -> hdf5::Result<Vec<String>> {
    match (dataset.size(), dataset.offset()) {
        (0, _) => Ok(Vec::new()),
        (count, Some(offset)) => texts::read(location, offset, count).map_err(hdf5::Error::from),
        (_, None) => Err("its values do not lie in the file as this program writes them".into()),
    }
}

#[cfg(test)]
mod tests;
