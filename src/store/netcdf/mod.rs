//! A netCDF-4 file: named dimensions, variables on them, attributes of both.

mod check;
mod letters;
mod reader;
mod scale;

pub use reader::Reader;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, DatasetBuilder, Group as Folder, H5Type, Location};
use ndarray::{ArrayViewD, IxDyn};

use super::atomic::{self, Staged};
use super::{StoreError, deterministic, text_attribute};

/// What a netCDF-4 file holds. Order counts: it is the order in the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Netcdf<'a> {
    /// Of the file.
    pub attributes: Vec<(String, Attribute)>,
    /// In the order of their numbers in the file.
    pub dimensions: Vec<Dimension>,
    /// In the order in which they are written.
    pub variables: Vec<Variable<'a>>,
    /// Behind the variables.
    pub groups: Vec<Group<'a>>,
}

/// Variables without dimensions under a common name.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'a> {
    /// Unique among the groups, the variables and the dimensions.
    pub name: String,
    /// Of the group.
    pub attributes: Vec<(String, Attribute)>,
    /// In the order in which they are written. None has a dimension.
    pub variables: Vec<Variable<'a>>,
}

/// A named length, at least 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// Unique among the dimensions.
    pub name: String,
    /// At least 1.
    pub length: usize,
}

/// Array on dimensions, the last one fastest; without dimensions, one value.
///
/// A variable named like its only dimension is that dimension's coordinate variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable<'a> {
    /// Unique among the variables.
    pub name: String,
    /// The names of its dimensions, slowest first.
    pub dimensions: Vec<String>,
    /// As many as its dimensions have places.
    pub values: Array<'a>,
    /// In their order.
    pub attributes: Vec<(String, Attribute)>,
}

/// The values of a variable, the last dimension fastest. NaNs are stored bit by bit.
#[derive(Clone, Debug, PartialEq)]
pub enum Array<'a> {
    /// `double`.
    Number(Cow<'a, [f64]>),
    /// `int64`.
    Integer(Vec<i64>),
    /// `ubyte`.
    Byte(Vec<u8>),
    /// `string`: xarray selects by such texts and draws them as categories. The netCDF package of Octave reads no
    /// strings, and its `ncinfo` fails for a file that has any; it reads the other variables.
    Text(Vec<String>),
    /// One text as `char` with a dimension for its bytes, `string6` for six, which every netCDF program reads. The
    /// variable has no other dimension. xarray sees a text without dimensions, but draws no categories from such texts.
    Letters(String),
}

/// The value of an attribute. `_FillValue` has the type of its variable: one number, integer or byte.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// A text.
    Text(String),
    /// One whole number.
    Integer(i64),
    /// One number.
    Number(f64),
    /// The `flag_values` of a variable of bytes, for example.
    Bytes(Vec<u8>),
}

/// The attribute that names the value of what is missing.
pub const FILL_VALUE: &str = "_FillValue";

impl Variable<'_> {
    fn is_coordinate(&self) -> bool {
        self.dimensions.as_slice() == std::slice::from_ref(&self.name)
    }

    /// The text, if it is stored as letters.
    fn letters(&self) -> Option<&str> {
        if let Array::Letters(text) = &self.values { Some(text) } else { None }
    }

    /// Its dimensions as they are in the file.
    fn stored_dimensions(&self) -> Vec<String> {
        match self.letters() {
            Some(text) => vec![letters::dimension(letters::stored_length(text)).name],
            None => self.dimensions.clone(),
        }
    }

    /// Its attributes as they are in the file.
    fn stored_attributes(&self) -> Vec<(String, Attribute)> {
        let encoding = self.letters().map(|_| letters::encoding());
        encoding.into_iter().chain(self.attributes.iter().cloned()).collect()
    }

    fn fill_value(&self) -> Option<&Attribute> {
        self.attributes.iter().find(|(name, _)| name == FILL_VALUE).map(|(_, value)| value)
    }
}

impl Array<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Byte(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Letters(_) => 1,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Writes the file, replacing an older one at once. The same description gives the same bytes, always.
///
/// # Errors
/// The description contradicts itself, or the file cannot be written, or does not read back as written.
pub fn write(path: &Path, netcdf: &Netcdf) -> Result<(), StoreError> {
    stage(path, netcdf)?.commit()
}

/// Writes the file under a temporary name and compares it with the description: HDF5 keeps data until it closes a file,
/// and is silent about what it could not write then.
///
/// # Errors
/// See [`write`].
pub(crate) fn stage(path: &Path, netcdf: &Netcdf) -> Result<Staged, StoreError> {
    check::check(netcdf).map_err(|what| StoreError::Unwritable { path: path.into(), what })?;
    let staged = Staged::filled(path, |filling| {
        filling.by_path(|place| write_file(place, netcdf))?.map_err(StoreError::hdf5(path))
    })?;
    match Reader::open_as(staged.temporary_path(), path)?.first_difference(netcdf)? {
        None => Ok(staged),
        Some(difference) => Err(atomic::unequal(path, format!("{difference} does not read back as written"))),
    }
}

fn write_file(path: &Path, netcdf: &Netcdf) -> hdf5::Result<()> {
    let file = deterministic::create(path)?;
    write_attributes(&file, &netcdf.attributes)?;
    let dimensions = netcdf.stored_dimensions();
    for (id, dimension) in dimensions.iter().enumerate() {
        if !netcdf.variables.iter().any(|variable| variable.name == dimension.name) {
            scale::create_without_coordinate(&file, dimension, id)?;
        }
    }
    for variable in &netcdf.variables {
        let dataset = write_variable(&file, netcdf, variable)?;
        if let Some(id) = dimensions.iter().position(|dimension| dimension.name == variable.name) {
            scale::mark(&dataset, &variable.name, id)?;
        }
        write_attributes(&dataset, &variable.stored_attributes())?;
    }
    for group in &netcdf.groups {
        let folder = deterministic::group(&file, &group.name)?;
        write_attributes(&folder, &group.attributes)?;
        for variable in &group.variables {
            let dataset = write_variable(&folder, netcdf, variable)?;
            write_attributes(&dataset, &variable.stored_attributes())?;
        }
    }
    scale::attach(&file, netcdf)?;
    file.close()
}

fn write_variable(folder: &Folder, netcdf: &Netcdf, variable: &Variable) -> hdf5::Result<Dataset> {
    let shape: Vec<usize> = variable.dimensions.iter().filter_map(|name| netcdf.length_of(name)).collect();
    let mut builder = deterministic::dataset(folder);
    match variable.fill_value() {
        Some(Attribute::Number(fill)) => builder = builder.fill_value(*fill),
        Some(Attribute::Integer(fill)) => builder = builder.fill_value(*fill),
        Some(Attribute::Bytes(fill)) => builder = fill.iter().fold(builder, |builder, byte| builder.fill_value(*byte)),
        Some(Attribute::Text(_)) | None => {}
    }
    match &variable.values {
        Array::Number(values) => write_values(builder, &variable.name, &shape, values),
        Array::Integer(values) => write_values(builder, &variable.name, &shape, values),
        Array::Byte(values) => write_values(builder, &variable.name, &shape, values),
        Array::Text(values) => {
            let texts: Result<Vec<VarLenUnicode>, _> = values.iter().map(|text| text.parse()).collect();
            let texts = texts.map_err(|error| hdf5::Error::from(format!("{}: {error}", variable.name)))?;
            write_values(builder, &variable.name, &shape, &texts)
        }
        Array::Letters(text) => letters::write(builder, &variable.name, text),
    }
}

fn write_values<T: H5Type>(
    builder: DatasetBuilder,
    name: &str,
    shape: &[usize],
    values: &[T],
) -> hdf5::Result<Dataset> {
    let view = ArrayViewD::from_shape(IxDyn(shape), values)?;
    builder.with_data(view).create(name)
}

fn write_attributes(location: &Location, attributes: &[(String, Attribute)]) -> hdf5::Result<()> {
    for (name, attribute) in attributes {
        match attribute {
            Attribute::Text(text) => text_attribute::write_unterminated(location, name, text)?,
            Attribute::Integer(value) => write_numbers(location, name, &[*value])?,
            Attribute::Number(value) => write_numbers(location, name, &[*value])?,
            Attribute::Bytes(values) => write_numbers(location, name, values)?,
        }
    }
    Ok(())
}

/// netCDF wants even a single number as an array.
fn write_numbers<T: H5Type>(location: &Location, name: &str, values: &[T]) -> hdf5::Result<()> {
    location.new_attr_builder().with_data(values).create(name).map(|_| ())
}

impl Netcdf<'_> {
    fn length_of(&self, dimension: &str) -> Option<usize> {
        self.dimensions.iter().find(|candidate| candidate.name == dimension).map(|found| found.length)
    }

    /// All variables with their paths, in the order in which they are written.
    fn paths(&self) -> impl Iterator<Item = (String, &Variable<'_>)> {
        let of_root = self.variables.iter().map(|variable| (variable.name.clone(), variable));
        of_root.chain(self.groups.iter().flat_map(|group| {
            group.variables.iter().map(move |variable| (format!("{}/{}", group.name, variable.name), variable))
        }))
    }

    /// The dimensions, and behind them those of letters, the shortest first.
    fn stored_dimensions(&self) -> Vec<Dimension> {
        let letters = self.paths().filter_map(|(_, variable)| variable.letters());
        let lengths: BTreeSet<usize> = letters.map(letters::stored_length).collect();
        self.dimensions.iter().cloned().chain(lengths.into_iter().map(letters::dimension)).collect()
    }
}

#[cfg(test)]
mod tests;
