//! One column of a shard.

use std::ops::Range;

use hdf5::{Dataset, File, H5Type};
use ndarray::{ArrayView1, ArrayView2, s};

use crate::store::{deterministic, text_attribute};

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

/// Some rows of a column; its other dimension, if it has one, in a row.
pub(super) fn read_rows<T: H5Type>(file: &File, name: &str, rows: Range<usize>) -> Result<Vec<T>, String> {
    let dataset = file.dataset(name).map_err(|error| format!("column {name:?}: {error}"))?;
    let shape = dataset.shape();
    let has_rows = shape.first().is_some_and(|length| rows.start <= rows.end && rows.end <= *length);
    if !has_rows {
        return Err(format!("column {name:?} has no rows {rows:?}"));
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let read = match shape.len() {
        1 => dataset.read_slice_1d::<T, _>(s![rows]).map(|array| array.into_raw_vec_and_offset().0),
        _ => dataset.read_slice_2d::<T, _>(s![rows, ..]).map(|array| array.into_raw_vec_and_offset().0),
    };
    read.map_err(|error| format!("column {name:?}: {error}"))
}
