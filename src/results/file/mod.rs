//! `results.h5`: merged results as one self-describing netCDF-4 file that figures can be drawn from directly.
//!
//! It follows the CF conventions 1.11 in metadata that other programs may read: `units` are spelled for UDUNITS,
//! `cell_methods`, `ancillary_variables`, `flag_values`, and the standard names `realization` and `status_flag`.

mod coordinates;
mod observed;
mod words;

use std::path::Path;

use super::Results;
use crate::machine::program;
use crate::store::StoreError;
use crate::store::atomic::Staged;
use crate::store::netcdf::{self, Attribute, Dimension, Netcdf, Reader};

/// Writes the file under a temporary name and compares it with the results; the same results give the same bytes.
///
/// # Errors
/// The file cannot be written, or does not read back as written.
pub(crate) fn stage(path: &Path, results: &Results) -> Result<Staged, StoreError> {
    netcdf::stage(path, &describe(results))
}

/// The first variable whose values are not those of the file, which another version may have written. Theories are not
/// compared, because they have separate versions; nor is what only repeats the text of the sweep (labels, and the
/// values that do not move), because versions differ in where they have it.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn first_other_values(path: &Path, results: &Results) -> Result<Option<String>, StoreError> {
    let theories = results.series.iter().map(|series| format!("{}_theory", series.observable.name()));
    let theories: Vec<String> = theories.collect();
    let mut repeated = coordinates::labels(results.sweep);
    repeated.extend(coordinates::fixed(results.sweep));
    let is_compared = |path: &str| {
        !path.contains('/')
            && !theories.iter().any(|theory| path.starts_with(theory.as_str()))
            && !repeated.iter().any(|variable| variable.name == path)
    };
    Reader::open(path)?.first_other_values(&describe(results), is_compared)
}

fn describe<'a>(results: &'a Results) -> Netcdf<'a> {
    let sweep = results.sweep;
    let axes: Vec<String> = sweep.axes.iter().map(crate::sweep::Axis::name).collect();
    let mut dimensions: Vec<Dimension> =
        axes.iter().zip(&sweep.axes).map(|(name, axis)| dimension(name, axis.len())).collect();
    dimensions.push(dimension("replicate", sweep.most_replicates() as usize));
    let mut variables = coordinates::of_axes(sweep);
    let auxiliary = coordinates::auxiliary(sweep);
    let names = auxiliary.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>().join(" ");
    variables.extend(auxiliary);
    for own in sweep.declaration().observables.iter().flat_map(|observable| observable.dimensions) {
        if !dimensions.iter().any(|known| known.name == own.name()) {
            dimensions.push(dimension(own.name(), own.length));
            variables.push(coordinates::of_own_dimension(own));
        }
    }
    let mut data = observed::variables(results, &axes);
    if !names.is_empty() {
        data.iter_mut().for_each(|variable| words::push(variable, "coordinates", &names));
    }
    variables.extend(data);
    let groups = vec![coordinates::parameters(sweep)];
    Netcdf { attributes: root_attributes(results), dimensions, variables, groups }
}

fn root_attributes(results: &Results) -> Vec<(String, Attribute)> {
    let sweep = results.sweep;
    let text = |name: &str, value: &str| (name.to_string(), Attribute::Text(value.to_string()));
    vec![
        text("Conventions", "CF-1.11"),
        text("title", sweep.title.as_deref().unwrap_or(&sweep.name)),
        text("software", "microzone"),
        text("software_version", program::version()),
        text("experiment", sweep.declaration().name),
        ("experiment_version".into(), Attribute::Integer(sweep.declaration().version.into())),
        text("sweep_digest", sweep.digest().to_hex().as_str()),
        ("seed".into(), Attribute::Integer(sweep.seed as i64)),
        text("streams", sweep.streams.name()),
        text("sweep", &sweep.text),
        text("records", &results.records),
    ]
}

fn dimension(name: &str, length: usize) -> Dimension {
    Dimension { name: name.to_string(), length }
}

#[cfg(test)]
mod tests;
