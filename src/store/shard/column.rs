//! One column of a shard.

use std::ops::Range;

use hdf5::{Dataset, File, H5Type};
use ndarray::{ArrayView1, ArrayView2, s};

use crate::store::{deterministic, guarded, text_attribute};

/// How many times as long as a column its parts may be together.
const OVERLAPS: u64 = 16;

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

/// The whole column.
pub(super) fn read<T: H5Type>(file: &File, name: &str) -> Result<Vec<T>, String> {
    let read = open::<T>(file, name).and_then(|dataset| dataset.read_raw());
    read.map_err(|error| format!("column {name:?}: {error}"))
}

/// How many values the column has.
pub(super) fn length<T: H5Type>(file: &File, name: &str) -> Result<usize, String> {
    open::<T>(file, name).map(|dataset| dataset.size()).map_err(|error| format!("column {name:?}: {error}"))
}

/// A column of these values, of which no length makes us ask for absurd memory.
fn open<T: H5Type>(file: &File, name: &str) -> hdf5::Result<Dataset> {
    let dataset = guarded::dataset(file, name)?;
    if dataset.dtype()?.is::<T>() { Ok(dataset) } else { Err("its values are of another type".into()) }
}

/// Whether parts of a column can be those of records one behind the other. Damage makes some parts overlap; where all
/// do, a small file would have records without end.
pub(super) fn check_parts(name: &str, ends: &[u64], length: usize) -> Result<(), String> {
    let starts = std::iter::once(&0).chain(ends);
    let lengths = starts.zip(ends).map(|(start, end)| end.saturating_sub(*start)).filter(|part| *part <= length as u64);
    let total = lengths.fold(0_u64, u64::saturating_add);
    match total > OVERLAPS * (length as u64 + 1) {
        true => Err(format!("the parts of column {name:?} overlap")),
        false => Ok(()),
    }
}

/// Some rows of a column; its other dimension, if it has one, in a row.
pub(super) fn read_rows<T: H5Type>(file: &File, name: &str, rows: Range<usize>) -> Result<Vec<T>, String> {
    let dataset = open::<T>(file, name).map_err(|error| format!("column {name:?}: {error}"))?;
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
