//! One column of a shard.

use hdf5::{Dataset, File, H5Type};
use ndarray::{ArrayView1, ArrayView2};

use crate::store::{deterministic, text_attribute};

/// What belongs to the record at `index`, whatever nonsense a damaged `ends` holds.
pub(super) fn part<'a, T>(all: &'a [T], ends: &[u64], index: usize) -> Option<&'a [T]> {
    let start = index.checked_sub(1).map_or(Some(&0), |previous| ends.get(previous))?;
    let end = ends.get(index)?;
    all.get(usize::try_from(*start).ok()?..usize::try_from(*end).ok()?)
}

pub(super) fn add<T: H5Type>(file: &File, name: &str, values: &[T], description: &str) -> hdf5::Result<Dataset> {
    let dataset = deterministic::dataset(file).with_data(ArrayView1::from(values)).create(name)?;
    text_attribute::write(&dataset, "description", description)?;
    Ok(dataset)
}

pub(super) fn add_rows<const WIDTH: usize>(
    file: &File,
    name: &str,
    bytes: &[u8],
    description: &str,
) -> hdf5::Result<Dataset> {
    let rows = ArrayView2::from_shape((bytes.len() / WIDTH, WIDTH), bytes)?;
    let dataset = deterministic::dataset(file).with_data(rows).create(name)?;
    text_attribute::write(&dataset, "description", description)?;
    Ok(dataset)
}

/// The whole column, unless it claims to be larger than the file, so that no length makes us ask for absurd memory.
pub(super) fn read<T: H5Type>(file: &File, name: &str) -> Result<Vec<T>, String> {
    let dataset = file.dataset(name).map_err(|error| format!("column {name:?}: {error}"))?;
    let bytes = dataset.shape().iter().try_fold(size_of::<T>(), |bytes, &length| bytes.checked_mul(length));
    if bytes.is_none_or(|bytes| bytes as u64 > file.size()) {
        return Err(format!("column {name:?} is larger than the file"));
    }
    dataset.read_raw().map_err(|error| format!("column {name:?}: {error}"))
}
