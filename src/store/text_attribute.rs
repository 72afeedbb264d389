//! Text attributes of fixed length, in UTF-8.
//!
//! netCDF shows them as `char`. Texts of variable length, which h5py shows as `str`, would be strings there, and Octave
//! would show nothing of a file that has any.
//!
//! The `hdf5` crate pads fixed strings with NULs instead of terminating them, and has no fixed strings of a length
//! known at run time. Hence the calls of the C library here.

use hdf5::types::TypeDescriptor;
use hdf5::{Attribute, Datatype, Location, h5call};
use hdf5_sys::h5a::{H5Aread, H5Awrite};
use hdf5_sys::h5t::{H5T_str_t, H5Tset_strpad};

use super::guarded;
use crate::machine::files::LONGEST_TEXT;

/// Adds an attribute to a file, a group or a dataset, with a NUL at its end as the dimension scales of HDF5 want it.
pub(super) fn write(location: &Location, name: &str, text: &str) -> hdf5::Result<()> {
    write_bytes(location, name, &[text.as_bytes(), &[0]].concat())
}

/// Adds an attribute as netCDF itself writes it. A NUL at its end would be a letter of it in Octave.
pub(super) fn write_unterminated(location: &Location, name: &str, text: &str) -> hdf5::Result<()> {
    // HDF5 has no texts of length 0.
    write_bytes(location, name, if text.is_empty() { &[0] } else { text.as_bytes() })
}

fn write_bytes(location: &Location, name: &str, bytes: &[u8]) -> hdf5::Result<()> {
    let datatype = terminated(bytes.len())?;
    let attribute = location.new_attr_builder().empty_as(&datatype).create(name)?;
    write_value(&attribute, &datatype, bytes)
}

/// Reads an attribute of either kind.
pub(super) fn read(location: &Location, name: &str) -> hdf5::Result<String> {
    let attribute = location.attr(name)?;
    let found = attribute.dtype()?;
    // A descriptor of another class may be nested without end.
    let is_text = guarded::is_text(&found) && attribute.space()?.size() == 1;
    let descriptor = if is_text { Some(found.to_descriptor()?) } else { None };
    let Some(TypeDescriptor::FixedUnicode(length)) = descriptor else {
        return Err(format!("attribute {name:?} is not one text of fixed length").into());
    };
    if length as u64 > LONGEST_TEXT {
        return Err(format!("attribute {name:?} is too long").into());
    }
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
