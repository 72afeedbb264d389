//! Text attributes as netCDF and the dimension scales of HDF5 want them: of fixed length, with a NUL at the end.
//!
//! The `hdf5` crate pads fixed strings with NULs instead of terminating them, and has no fixed strings of a length
//! known at run time. Hence the calls of the C library here.

use hdf5::types::TypeDescriptor;
use hdf5::{Attribute, Datatype, Location, h5call};
use hdf5_sys::h5a::{H5Aread, H5Awrite};
use hdf5_sys::h5t::{H5T_str_t, H5Tset_strpad};

/// Adds a UTF-8 attribute to a file, a group or a dataset.
pub(super) fn write(location: &Location, name: &str, text: &str) -> hdf5::Result<()> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    let datatype = terminated(bytes.len())?;
    let attribute = location.new_attr_builder().empty_as(&datatype).create(name)?;
    write_value(&attribute, &datatype, &bytes)
}

/// Reads such an attribute.
pub(super) fn read(location: &Location, name: &str) -> hdf5::Result<String> {
    let attribute = location.attr(name)?;
    let TypeDescriptor::FixedUnicode(length) = attribute.dtype()?.to_descriptor()? else {
        return Err(format!("attribute {name:?} is no text of fixed length").into());
    };
    let datatype = terminated(length)?;
    let mut bytes = vec![0; length];
    // SAFETY: the attribute is a scalar of a text of this length, which HDF5 writes to as many bytes.
    h5call!(H5Aread(attribute.id(), datatype.id(), bytes.as_mut_ptr().cast()))?;
    bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(length));
    String::from_utf8(bytes).map_err(|error| hdf5::Error::from(error.to_string()))
}

fn terminated(length: usize) -> hdf5::Result<Datatype> {
    let datatype = Datatype::from_descriptor(&TypeDescriptor::FixedUnicode(length))?;
    // SAFETY: the id is that of a string type that this function has just made and nothing else uses.
    h5call!(H5Tset_strpad(datatype.id(), H5T_str_t::H5T_STR_NULLTERM))?;
    Ok(datatype)
}

fn write_value(attribute: &Attribute, datatype: &Datatype, bytes: &[u8]) -> hdf5::Result<()> {
    // SAFETY: the attribute is a scalar of this type, whose size is the length of the bytes that HDF5 reads.
    h5call!(H5Awrite(attribute.id(), datatype.id(), bytes.as_ptr().cast())).map(|_| ())
}
