//! A text without dimensions as an array of `char`, as classic netCDF has it.
//!
//! To HDF5 a `char` is a text of one byte that a NUL may end, which the `hdf5` crate cannot describe. Hence the calls
//! of the C library here.

use hdf5::types::TypeDescriptor;
use hdf5::{Dataset, DatasetBuilder, Datatype, h5call};
use hdf5_sys::h5d::{H5Dread, H5Dwrite};
use hdf5_sys::h5p::H5P_DEFAULT;
use hdf5_sys::h5s::H5S_ALL;
use hdf5_sys::h5t::{H5T_str_t, H5Tset_strpad};

use super::{Attribute, Dimension};

/// How many bytes the text takes in the file: at least 1, because a dimension of netCDF has a length.
pub(super) fn stored_length(text: &str) -> usize {
    text.len().max(1)
}

/// The dimension of texts of this many bytes; xarray gives it the same name.
pub(super) fn dimension(length: usize) -> Dimension {
    Dimension { name: format!("string{length}"), length }
}

/// The attribute by which xarray and netCDF4-python know how to decode the bytes.
pub(super) fn encoding() -> (String, Attribute) {
    ("_Encoding".into(), Attribute::Text("utf-8".into()))
}

pub(super) fn write(builder: DatasetBuilder, name: &str, text: &str) -> hdf5::Result<Dataset> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(stored_length(text), 0);
    let datatype = char_type()?;
    let dataset = builder.empty_as(&datatype).shape([bytes.len()]).create(name)?;
    // SAFETY: the dataset has as many values of one byte as HDF5 reads here.
    h5call!(H5Dwrite(dataset.id(), datatype.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.as_ptr().cast()))?;
    Ok(dataset)
}

/// The text of a dataset that is one.
pub(super) fn read(dataset: &Dataset) -> hdf5::Result<String> {
    let mut bytes = vec![0; dataset.size()];
    let datatype = char_type()?;
    // SAFETY: HDF5 writes as many values of one byte as the dataset has.
    h5call!(H5Dread(dataset.id(), datatype.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.as_mut_ptr().cast()))?;
    bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
    String::from_utf8(bytes).map_err(|error| hdf5::Error::from(error.to_string()))
}

fn char_type() -> hdf5::Result<Datatype> {
    let datatype = Datatype::from_descriptor(&TypeDescriptor::FixedAscii(1))?;
    // SAFETY: the id is that of a string type that this function has just made and nothing else uses.
    h5call!(H5Tset_strpad(datatype.id(), H5T_str_t::H5T_STR_NULLTERM))?;
    Ok(datatype)
}
