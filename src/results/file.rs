//! `results.h5`: merged results as one self-describing netCDF-4 file.

use std::path::Path;

use super::{Results, Series, Status};
use crate::experiment::{Kept, Parameter, Quantity, Value};
use crate::store::StoreError;
use crate::store::netcdf::{self, Attribute, Dimension, FILL_VALUE, Netcdf, Values, Variable};
use crate::sweep::Target;

/// Writes the file; the same results give the same bytes.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, results: &Results) -> Result<(), StoreError> {
    netcdf::write(path, &describe(results))
}

fn describe(results: &Results) -> Netcdf {
    let sweep = results.sweep;
    let axes: Vec<String> = sweep.axes.iter().map(crate::sweep::Axis::name).collect();
    let mut dimensions: Vec<Dimension> =
        axes.iter().zip(&sweep.axes).map(|(name, axis)| dimension(name, axis.len())).collect();
    dimensions.push(dimension("replicate", sweep.most_replicates() as usize));
    let mut variables = coordinates(results);
    let auxiliary = auxiliary_coordinates(results);
    let coordinates = auxiliary.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>().join(" ");
    variables.extend(auxiliary);
    for own in sweep.declaration().observables.iter().flat_map(|observable| observable.dimensions) {
        if !dimensions.iter().any(|known| known.name == own.name()) {
            dimensions.push(dimension(own.name(), own.length));
            let values = Values::Number((0..own.length).map(own.coordinate).collect());
            variables.push(quantity_variable(&own.quantity, &[own.name().to_string()], values));
        }
    }
    let mut data = vec![status_variable(results, &axes)];
    data.extend(precision_variable(results, &axes));
    results.series.iter().for_each(|series| data.extend(series_variables(series, &axes)));
    if !coordinates.is_empty() {
        data.iter_mut().for_each(|variable| push_text(variable, "coordinates", &coordinates));
    }
    variables.extend(data);
    Netcdf { attributes: root_attributes(results), dimensions, variables }
}

fn root_attributes(results: &Results) -> Vec<(String, Attribute)> {
    let sweep = results.sweep;
    let text = |name: &str, value: &str| (name.to_string(), Attribute::Text(value.to_string()));
    vec![
        text("Conventions", "CF-1.11"),
        text("title", &sweep.name),
        text("software", "microzone"),
        text("software_version", env!("CARGO_PKG_VERSION")),
        text("experiment", sweep.declaration().name),
        ("experiment_version".into(), Attribute::Integer(sweep.declaration().version.into())),
        text("sweep_digest", sweep.digest().to_hex().as_str()),
        ("seed".into(), Attribute::Integer(sweep.seed as i64)),
        text("streams", sweep.streams.name()),
        text("sweep", &sweep.text),
    ]
}

/// The coordinate of each axis along which one parameter moves, and of the replicates.
fn coordinates(results: &Results) -> Vec<Variable> {
    let sweep = results.sweep;
    let mut variables = Vec::new();
    for axis in &sweep.axes {
        if axis.is_simple() {
            let declared = declaration(results, axis.positions[0]);
            variables.push(parameter_variable(declared, &[axis.name()], &axis.column(0)));
        } else {
            let index = Values::Integer((0..axis.len() as i64).collect());
            let doc = format!("index of the point at which {} move together", axis.names.join(", "));
            variables.push(described(&axis.name(), &[axis.name()], index, "1", &doc));
        }
    }
    let replicates = Values::Integer((0..i64::from(sweep.most_replicates())).collect());
    variables.push(described("replicate", &["replicate".into()], replicates, "1", "repetition of the same point"));
    variables
}

/// Parameters that move together along an axis, and those that do not move at all.
fn auxiliary_coordinates(results: &Results) -> Vec<Variable> {
    let sweep = results.sweep;
    let mut variables = Vec::new();
    for axis in sweep.axes.iter().filter(|axis| !axis.is_simple()) {
        for (index, position) in axis.positions.iter().enumerate() {
            let column = axis.column(index);
            variables.push(parameter_variable(declaration(results, *position), &[axis.name()], &column));
        }
    }
    let swept = sweep.swept();
    for (position, (name, value)) in sweep.base.iter().enumerate() {
        if !swept.contains(&name) {
            variables.push(parameter_variable(declaration(results, position), &[], &[value]));
        }
    }
    variables
}

fn declaration<'a>(results: &'a Results, position: usize) -> &'a Parameter {
    &results.sweep.declaration().parameters[position]
}

fn parameter_variable(parameter: &Parameter, dimensions: &[String], column: &[Value]) -> Variable {
    let integers =
        || column.iter().map(|value| if let Value::Integer(integer) = value { Some(*integer) } else { None });
    let numbers = || column.iter().map(|value| if let Value::Number(number) = value { Some(*number) } else { None });
    let values = if let Some(integers) = integers().collect() {
        Values::Integer(integers)
    } else if let Some(numbers) = numbers().collect() {
        Values::Number(numbers)
    } else {
        Values::Text(column.iter().map(ToString::to_string).collect())
    };
    quantity_variable(&parameter.quantity, dimensions, values)
}

fn quantity_variable(quantity: &Quantity, dimensions: &[String], values: Values) -> Variable {
    described(quantity.name, dimensions, values, quantity.unit.udunits, quantity.sentence)
}

fn series_variables(series: &Series, axes: &[String]) -> Vec<Variable> {
    let observable = series.observable;
    let own: Vec<String> = observable.dimensions.iter().map(|own| own.name().to_string()).collect();
    let per_point = [axes, &own].concat();
    let per_task = [axes, &["replicate".to_string()], &own].concat();
    let number = |suffix: &str, dimensions: &[String], values: &[f64], doc: String| {
        let name = format!("{}{suffix}", observable.name());
        let mut variable =
            described(&name, dimensions, Values::Number(values.to_vec()), observable.quantity.unit.udunits, &doc);
        variable.attributes.push((FILL_VALUE.into(), Attribute::Number(f64::NAN)));
        variable
    };
    let doc = observable.quantity.sentence;
    let mut variables = match observable.kept {
        Kept::EveryReplicate => vec![
            number("", &per_task, &series.values, doc.to_string()),
            number("_mean", &per_point, &series.mean, format!("{doc}: mean over replicates")),
            number("_sem", &per_point, &series.standard_error, format!("{doc}: standard error of the mean")),
        ],
        Kept::FirstReplicate => vec![number("", &per_point, &series.values, format!("{doc}: first replicate only"))],
    };
    if let Some((theory, standard_error)) = &series.theory {
        variables.push(number("_theory", &per_point, theory, format!("{doc}: theory")));
        variables.push(number(
            "_theory_sem",
            &per_point,
            standard_error,
            format!("{doc}: standard error of the theory"),
        ));
    }
    variables
}

fn status_variable(results: &Results, axes: &[String]) -> Variable {
    let values = results.status.iter().map(|status| *status as u8).collect();
    let dimensions = [axes, &["replicate".to_string()]].concat();
    // Only with a precision is there anything that is not needed.
    let (flags, meanings) = match results.extents {
        None => (vec![Status::Missing, Status::Done, Status::Failed], "missing done failed"),
        Some(_) => {
            (vec![Status::Missing, Status::Done, Status::Failed, Status::NotNeeded], "missing done failed not_needed")
        }
    };
    let flags = flags.into_iter().map(|status| status as u8).collect();
    flag_variable("status", dimensions, values, "state of the task", flags, meanings)
}

/// Where each point stands with its precision, if the sweep asks for one.
fn precision_variable(results: &Results, axes: &[String]) -> Option<Variable> {
    let precision = results.sweep.precision?;
    let extents = results.extents.as_ref()?;
    let values = extents.iter().map(|extent| extent.target as u8).collect();
    let doc = format!(
        "whether the standard error of {} is at most {} of the mean",
        precision.observable.name(),
        precision.relative_error
    );
    let flags = [Target::Open, Target::Met, Target::NotMet].map(|target| target as u8).to_vec();
    Some(flag_variable("precision", axes.to_vec(), values, &doc, flags, "open met not_met"))
}

fn flag_variable(
    name: &str,
    dimensions: Vec<String>,
    values: Vec<u8>,
    doc: &str,
    flags: Vec<u8>,
    meanings: &str,
) -> Variable {
    Variable {
        name: name.into(),
        dimensions,
        values: Values::Byte(values),
        attributes: vec![
            ("long_name".into(), Attribute::Text(doc.into())),
            ("flag_values".into(), Attribute::Bytes(flags)),
            ("flag_meanings".into(), Attribute::Text(meanings.into())),
        ],
    }
}

fn dimension(name: &str, length: usize) -> Dimension {
    Dimension { name: name.to_string(), length }
}

fn described(name: &str, dimensions: &[String], values: Values, unit: &str, doc: &str) -> Variable {
    let mut variable =
        Variable { name: name.to_string(), dimensions: dimensions.to_vec(), values, attributes: Vec::new() };
    if !matches!(variable.values, Values::Text(_)) {
        push_text(&mut variable, "units", unit);
    }
    push_text(&mut variable, "long_name", doc);
    variable
}

fn push_text(variable: &mut Variable, name: &str, text: &str) {
    variable.attributes.push((name.to_string(), Attribute::Text(text.to_string())));
}
