//! Dimension scales: how HDF5 says which dataset gives a dimension its name, in the dialect of netCDF-4.
//!
//! See the "HDF5 Dimension Scale Specification" and "NetCDF-4 file format" for the names of these attributes.

use hdf5::types::VarLenArray;
use hdf5::{Dataset, File, H5Type, ObjectReference, ObjectReference1};

use super::{Dimension, Netcdf, deterministic, text_attribute};

/// An entry of a scale's `REFERENCE_LIST`: a dataset that it serves, and along which of its axes.
#[derive(Clone, Copy, H5Type)]
#[repr(C)]
struct Use {
    dataset: ObjectReference1,
    dimension: i32,
}

/// Creates the scale of a dimension without a coordinate variable; netCDF knows it by this very sentence.
pub(super) fn create_without_coordinate(file: &File, dimension: &Dimension, id: usize) -> hdf5::Result<()> {
    let dataset =
        deterministic::dataset(file).empty::<f32>().shape([dimension.length]).create(dimension.name.as_str())?;
    let name = format!("This is a netCDF dimension but not a netCDF variable. {:10}", dimension.length);
    mark(&dataset, &name, id)
}

/// Makes a dataset the scale of the dimension with this number.
pub(super) fn mark(dataset: &Dataset, name: &str, id: usize) -> hdf5::Result<()> {
    text_attribute::write(dataset, "CLASS", "DIMENSION_SCALE")?;
    text_attribute::write(dataset, "NAME", name)?;
    let id = i32::try_from(id).map_err(|error| hdf5::Error::from(error.to_string()))?;
    dataset.new_attr::<i32>().create("_Netcdf4Dimid")?.write_scalar(&id)
}

/// Ties all variables to the scales of their dimensions, and the scales back to them. All datasets must exist.
pub(super) fn attach(file: &File, netcdf: &Netcdf) -> hdf5::Result<()> {
    let dimensions = netcdf.stored_dimensions();
    let mut uses = vec![Vec::new(); dimensions.len()];
    for (path, variable) in netcdf.paths().filter(|(_, variable)| !variable.is_coordinate()) {
        let dataset = ObjectReference1::create(file, &path)?;
        let names = variable.stored_dimensions();
        let mut scales = Vec::with_capacity(names.len());
        for (name, axis) in names.iter().zip(0..) {
            scales.push(VarLenArray::from_slice(&[ObjectReference1::create(file, name)?]));
            let used = dimensions.iter().zip(&mut uses).find(|(dimension, _)| dimension.name == *name);
            if let Some((_, uses)) = used {
                uses.push(Use { dataset, dimension: axis });
            }
        }
        if !scales.is_empty() {
            let target = file.dataset(&path)?;
            target.new_attr_builder().with_data(&scales).create("DIMENSION_LIST")?;
        }
    }
    for (dimension, uses) in dimensions.iter().zip(&uses).filter(|(_, uses)| !uses.is_empty()) {
        // Packed, since the padding of the C layout would carry whatever the memory held.
        file.dataset(&dimension.name)?.new_attr_builder().with_data(uses).packed(true).create("REFERENCE_LIST")?;
    }
    Ok(())
}

/// How many variables a scale serves, by its own list.
pub(super) fn uses(scale: &Dataset) -> hdf5::Result<usize> {
    match scale.attr_names()?.iter().any(|name| name == "REFERENCE_LIST") {
        true => Ok(scale.attr("REFERENCE_LIST")?.size()),
        false => Ok(0),
    }
}
