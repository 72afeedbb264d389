//! Reads a netCDF-4 file that this module wrote, and compares it with what was to be written.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use hdf5::types::{TypeDescriptor, VarLenArray, VarLenUnicode};
use hdf5::{Dataset, File, H5Type, Location, ObjectReference1};

use super::{Array, Attribute, Netcdf, Variable, letters, scale};
use crate::machine::files::ByPath;
use crate::store::{StoreError, guarded, text_attribute};

/// Numbers that are compared at a time.
const AT_ONCE: usize = 1 << 17;

/// A file open for reading. HDF5 may crash on a damaged one: compare its checksum first.
pub struct Reader {
    path: PathBuf,
    /// Where the file is for now.
    location: ByPath,
    file: File,
}

impl Reader {
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_as(path, path)
    }

    /// Opens a file that errors call by the name that it will have.
    pub(super) fn open_as(path: &Path, name: &Path) -> Result<Self, StoreError> {
        let location = ByPath::of(path).map_err(StoreError::io(name))?;
        let file = guarded::open(&location).map_err(StoreError::hdf5(name))?;
        Ok(Self { path: name.into(), location, file })
    }

    /// A text attribute of the file, if it has one of this name.
    pub fn text(&self, name: &str) -> Option<String> {
        text_attribute::read(&self.file, name).ok()
    }

    /// The values of a variable, if there is one of this name; that of one in a group is `group/variable`.
    ///
    /// # Errors
    /// They cannot be read, or are of a type that this program never writes.
    pub fn array(&self, name: &str) -> Result<Option<Array<'static>>, StoreError> {
        if !self.has(name) {
            return Ok(None);
        }
        let read = || guarded::dataset(&self.file, name).and_then(|dataset| values(&dataset, &self.location));
        read().map(Some).map_err(StoreError::hdf5(&self.path))
    }

    /// Whether there is a variable of this name.
    fn has(&self, name: &str) -> bool {
        // HDF5 takes a path whose group is missing for an error.
        let folder = name.rsplit_once('/').map(|(folder, _)| folder);
        folder.is_none_or(|folder| self.file.link_exists(folder)) && self.file.link_exists(name)
    }

    /// The first variable whose values are not those wanted, bit by bit, of those whose path is to be compared.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn first_other_values(
        &self,
        wanted: &Netcdf,
        is_compared: impl Fn(&str) -> bool,
    ) -> Result<Option<String>, StoreError> {
        for (path, variable) in wanted.paths().filter(|(path, _)| is_compared(path)) {
            let is_equal = match &variable.values {
                Array::Number(wanted) => self.has_numbers(&path, wanted)?,
                wanted => self.array(&path)?.is_some_and(|found| found.same_bits(wanted)),
            };
            if !is_equal {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// Whether a variable has these numbers, bit by bit. They are read some at a time, from where HDF5 says that they
    /// lie in a row.
    fn has_numbers(&self, name: &str, wanted: &[f64]) -> Result<bool, StoreError> {
        if !self.has(name) {
            return Ok(false);
        }
        let place = || -> hdf5::Result<Option<(Dataset, u64)>> {
            let dataset = guarded::dataset(&self.file, name)?;
            let is_alike = dataset.dtype()?.is::<f64>() && dataset.size() == wanted.len();
            let offset = dataset.offset().filter(|_| is_alike);
            Ok(offset.map(|offset| (dataset, offset)))
        };
        let Some((_, offset)) = place().map_err(StoreError::hdf5(&self.path))? else {
            return Ok(self.array(name)?.is_some_and(|found| found.same_bits(&Array::Number(wanted.into()))));
        };
        let mut raw = self.location.open().map_err(StoreError::io(&self.path))?;
        raw.seek(SeekFrom::Start(offset)).map_err(StoreError::io(&self.path))?;
        let mut bytes = vec![0; 8 * AT_ONCE.min(wanted.len())];
        for wanted in wanted.chunks(AT_ONCE) {
            let bytes = &mut bytes[..8 * wanted.len()];
            raw.read_exact(bytes).map_err(StoreError::io(&self.path))?;
            let found = bytes.as_chunks::<8>().0.iter().map(|found| u64::from_le_bytes(*found));
            if !found.eq(wanted.iter().map(|value| value.to_bits())) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The first thing in which the file is not the one described.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn first_difference(&self, wanted: &Netcdf) -> Result<Option<String>, StoreError> {
        if let Some(name) = self.first_other_values(wanted, |_| true)? {
            return Ok(Some(format!("variable {name:?}")));
        }
        self.first_other_structure(wanted).map_err(StoreError::hdf5(&self.path))
    }

    fn first_other_structure(&self, wanted: &Netcdf) -> hdf5::Result<Option<String>> {
        if let Some(name) = first_other_attribute(&self.file, &wanted.attributes) {
            return Ok(Some(format!("attribute {name:?}")));
        }
        let dimensions = wanted.stored_dimensions();
        let length_of = |name: &String| dimensions.iter().find(|known| known.name == *name).map(|known| known.length);
        for (path, variable) in wanted.paths() {
            let dataset = self.file.dataset(&path)?;
            let shape: Vec<usize> = variable.stored_dimensions().iter().filter_map(length_of).collect();
            if dataset.shape() != shape || !self.has_scales(&dataset, variable)? {
                return Ok(Some(format!("the dimensions of {path:?}")));
            }
            if let Some(name) = first_other_attribute(&dataset, &variable.stored_attributes()) {
                return Ok(Some(format!("attribute {name:?} of {path:?}")));
            }
        }
        for group in &wanted.groups {
            if let Some(name) = first_other_attribute(&*self.file.group(&group.name)?, &group.attributes) {
                return Ok(Some(format!("attribute {name:?} of {:?}", group.name)));
            }
        }
        for dimension in &dimensions {
            let dataset = self.file.dataset(&dimension.name)?;
            let uses = wanted.paths().filter(|(_, variable)| !variable.is_coordinate());
            let uses = uses.flat_map(|(_, variable)| variable.stored_dimensions());
            let uses = uses.filter(|name| *name == dimension.name).count();
            if dataset.shape() != [dimension.length] || scale::uses(&dataset)? != uses {
                return Ok(Some(format!("dimension {:?}", dimension.name)));
            }
        }
        Ok(None)
    }

    /// Whether the dimensions of a variable point at the scales that give them their names.
    fn has_scales(&self, dataset: &Dataset, variable: &Variable) -> hdf5::Result<bool> {
        let dimensions = variable.stored_dimensions();
        if dimensions.is_empty() || variable.is_coordinate() {
            return Ok(true);
        }
        let lists: Vec<VarLenArray<ObjectReference1>> = dataset.attr("DIMENSION_LIST")?.read_raw()?;
        let name_of = |list: &VarLenArray<ObjectReference1>| match list.as_slice() {
            [reference] => self.file.dereference(reference).and_then(|object| match object {
                hdf5::ReferencedObject::Dataset(scale) => Ok(scale.name()),
                _ => Err("a dimension is not a dataset".into()),
            }),
            _ => Err("a dimension with several scales".into()),
        };
        let names: Vec<String> = lists.iter().map(name_of).collect::<hdf5::Result<_>>()?;
        Ok(names.iter().map(|name| name.trim_start_matches('/')).eq(dimensions.iter().map(String::as_str)))
    }
}

impl Array<'_> {
    /// Whether both hold the same values, NaNs bit by bit.
    pub fn same_bits(&self, other: &Array) -> bool {
        match (self, other) {
            (Self::Number(ours), Array::Number(theirs)) => {
                ours.iter().map(|value| value.to_bits()).eq(theirs.iter().map(|value| value.to_bits()))
            }
            (Self::Integer(ours), Array::Integer(theirs)) => ours == theirs,
            (Self::Byte(ours), Array::Byte(theirs)) => ours == theirs,
            (Self::Text(ours), Array::Text(theirs)) => ours == theirs,
            (Self::Letters(ours), Array::Letters(theirs)) => ours == theirs,
            _ => false,
        }
    }
}

fn values(dataset: &Dataset, location: &ByPath) -> hdf5::Result<Array<'static>> {
    let datatype = dataset.dtype()?;
    if datatype.is::<f64>() {
        dataset.read_raw().map(|values| Array::Number(values.into()))
    } else if datatype.is::<i64>() {
        dataset.read_raw().map(Array::Integer)
    } else if datatype.is::<u8>() {
        dataset.read_raw().map(Array::Byte)
    } else if datatype.is::<VarLenUnicode>() {
        guarded::texts(dataset, location).map(Array::Text)
    } else if guarded::is_text(&datatype) && datatype.to_descriptor()? == TypeDescriptor::FixedAscii(1) {
        letters::read(dataset).map(Array::Letters)
    } else {
        Err("values of a type that is never written".into())
    }
}

fn first_other_attribute(location: &Location, wanted: &[(String, Attribute)]) -> Option<String> {
    let differs = |(name, value): &&(String, Attribute)| !is_as_wanted(location, name, value).unwrap_or(false);
    wanted.iter().find(differs).map(|(name, _)| name.clone())
}

fn is_as_wanted(location: &Location, name: &str, wanted: &Attribute) -> hdf5::Result<bool> {
    Ok(match wanted {
        Attribute::Text(text) => text_attribute::read(location, name)? == *text,
        Attribute::Integer(value) => read_numbers::<i64>(location, name)? == [*value],
        Attribute::Number(value) => {
            read_numbers::<f64>(location, name)?.iter().map(|found| found.to_bits()).eq([value.to_bits()])
        }
        Attribute::Bytes(values) => read_numbers::<u8>(location, name)? == *values,
    })
}

fn read_numbers<T: H5Type>(location: &Location, name: &str) -> hdf5::Result<Vec<T>> {
    location.attr(name)?.read_raw()
}
