//! `results.h5`: merged results as one self-describing netCDF-4 file.

use std::path::Path;

use super::{Results, Series, Status};
use crate::experiment::{Kept, Parameter, Quantity, Unit, Value};
use crate::store::StoreError;
use crate::store::atomic::Staged;
use crate::store::netcdf::{self, Array, Attribute, Dimension, FILL_VALUE, Netcdf, Reader, Variable};
use crate::sweep::Target;

/// Writes the file under a temporary name and compares it with the results; the same results give the same bytes.
///
/// # Errors
/// The file cannot be written, or does not read back as written.
pub(crate) fn stage(path: &Path, results: &Results) -> Result<Staged, StoreError> {
    netcdf::stage(path, &describe(results))
}

/// The first variable whose values are not those of the file, which another version may have written; theories are not
/// compared, because they have versions of their own.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn first_other_values(path: &Path, results: &Results) -> Result<Option<String>, StoreError> {
    let theories = results.series.iter().map(|series| format!("{}_theory", series.observable.name()));
    let theories: Vec<String> = theories.collect();
    let is_compared = |name: &str| !theories.iter().any(|theory| name.starts_with(theory.as_str()));
    Reader::open(path)?.first_other_values(&describe(results), is_compared)
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
            let values = Array::Number((0..own.length).map(own.coordinate).collect());
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
        text("records", &results.records),
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
            let index = Array::Integer((0..axis.len() as i64).collect());
            let description = format!("index of the point at which {} move together", axis.names.join(", "));
            variables.push(described_variable(
                &axis.name(),
                &[axis.name()],
                index,
                Unit::NONE,
                "joint point",
                &description,
            ));
        }
    }
    let replicates = Array::Integer((0..i64::from(sweep.most_replicates())).collect());
    let description = "repetition of the same point";
    variables.push(described_variable(
        "replicate",
        &["replicate".into()],
        replicates,
        Unit::NONE,
        "replicate",
        description,
    ));
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
        Array::Integer(integers)
    } else if let Some(numbers) = numbers().collect() {
        Array::Number(numbers)
    } else {
        Array::Text(column.iter().map(ToString::to_string).collect())
    };
    quantity_variable(&parameter.quantity, dimensions, values)
}

fn quantity_variable(quantity: &Quantity, dimensions: &[String], values: Array) -> Variable {
    described_variable(quantity.name, dimensions, values, quantity.unit, quantity.label, &quantity.explained())
}

fn series_variables(series: &Series, axes: &[String]) -> Vec<Variable> {
    let observable = series.observable;
    let own: Vec<String> = observable.dimensions.iter().map(|own| own.name().to_string()).collect();
    let per_point = [axes, &own].concat();
    let per_task = [axes, &["replicate".to_string()], &own].concat();
    let Quantity { name, label, unit, .. } = observable.quantity;
    let sentence = observable.quantity.explained();
    let number = |suffix: &str, dimensions: &[String], values: &[f64], statistic: &str, description: String| {
        let label = if statistic.is_empty() { label.to_string() } else { format!("{label} ({statistic})") };
        let values = Array::Number(values.to_vec());
        let mut variable =
            described_variable(&format!("{name}{suffix}"), dimensions, values, unit, &label, &description);
        variable.attributes.push((FILL_VALUE.into(), Attribute::Number(f64::NAN)));
        variable
    };
    let mut variables = match observable.kept {
        Kept::EveryReplicate => vec![
            number("", &per_task, &series.values, "", sentence.clone()),
            number("_mean", &per_point, &series.mean, "mean", format!("{sentence}: mean over replicates")),
            number(
                "_sem",
                &per_point,
                &series.standard_error,
                "s.e.m.",
                format!("{sentence}: standard error of the mean"),
            ),
        ],
        Kept::FirstReplicate => {
            vec![number("", &per_point, &series.values, "", format!("{sentence}: first replicate only"))]
        }
    };
    if let Some((theory, error)) = &series.theory {
        variables.push(number("_theory", &per_point, theory, "theory", format!("{sentence}: theory")));
        let description = format!("{sentence}: standard error of the theory");
        variables.push(number("_theory_sem", &per_point, error, "theory, s.e.m.", description));
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
    let texts = ["state of the task", "whether the task is missing, done or has failed"];
    flag_variable("status", dimensions, values, texts, flags, meanings)
}

/// Where each point stands with its precision, if the sweep asks for one.
fn precision_variable(results: &Results, axes: &[String]) -> Option<Variable> {
    let precision = results.sweep.precision?;
    let extents = results.extents.as_ref()?;
    let values = extents.iter().map(|extent| extent.target as u8).collect();
    let description = format!(
        "whether the standard error of {} is at most {} of the mean",
        precision.observable.name(),
        precision.relative_error
    );
    let flags = [Target::Open, Target::Met, Target::NotMet].map(|target| target as u8).to_vec();
    let texts = ["state of the precision", &description];
    Some(flag_variable("precision", axes.to_vec(), values, texts, flags, "open met not_met"))
}

fn flag_variable(
    name: &str,
    dimensions: Vec<String>,
    values: Vec<u8>,
    [label, description]: [&str; 2],
    flags: Vec<u8>,
    meanings: &str,
) -> Variable {
    Variable {
        name: name.into(),
        dimensions,
        values: Array::Byte(values),
        attributes: vec![
            ("long_name".into(), Attribute::Text(label.into())),
            ("description".into(), Attribute::Text(description.into())),
            ("flag_values".into(), Attribute::Bytes(flags)),
            ("flag_meanings".into(), Attribute::Text(meanings.into())),
        ],
    }
}

fn dimension(name: &str, length: usize) -> Dimension {
    Dimension { name: name.to_string(), length }
}

fn described_variable(
    name: &str,
    dimensions: &[String],
    values: Array,
    unit: Unit,
    label: &str,
    description: &str,
) -> Variable {
    let mut variable =
        Variable { name: name.to_string(), dimensions: dimensions.to_vec(), values, attributes: Vec::new() };
    if !unit.is_none() {
        push_text(&mut variable, "units", unit.udunits);
    }
    push_text(&mut variable, "long_name", label);
    push_text(&mut variable, "description", description);
    variable
}

fn push_text(variable: &mut Variable, name: &str, text: &str) {
    variable.attributes.push((name.to_string(), Attribute::Text(text.to_string())));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::Contents;
    use crate::sweep::{Identities, Sweep};

    fn described_file(text: &str) -> Netcdf {
        let sweep = Arc::new(Sweep::parse(Path::new("words.toml"), text.into()).unwrap());
        describe(&Results::merge(&sweep, &Identities::new(&sweep), &Contents::default()).unwrap())
    }

    fn text<'a>(variable: &'a Variable, name: &str) -> Option<&'a str> {
        variable.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| match value {
            Attribute::Text(text) => text.as_str(),
            _ => panic!("{name} of {} is no text", variable.name),
        })
    }

    #[test]
    fn every_variable_has_a_label_for_an_axis_a_sentence_and_no_unit_of_one() {
        let zip = "experiment = \"capacity\"\nreplicates = 2\n[[zip]]\ninput_coding = [0.1, 0.5]\n\
                   output_coding = [0.1, 0.5]\n[precision]\nobservable = \"capacity\"\n\
                   relative_error = 0.1\nmax_replicates = 9\n";
        let plain = crate::catalogue::catalogue().iter();
        let plain = plain.map(|known| format!("experiment = {:?}\n", known.declaration().name));
        for rest in plain.chain([zip.to_string()]) {
            let file = described_file(&format!("[sweep]\nname = \"words\"\n{rest}"));
            assert!(file.variables.len() > 4, "{rest}");
            for variable in &file.variables {
                let name = &variable.name;
                let label = text(variable, "long_name").unwrap();
                assert!((1..=45).contains(&label.chars().count()), "{name}: {label}");
                assert!(!label.contains('_'), "{name}: {label}");
                assert!(!text(variable, "description").unwrap().is_empty(), "{name}");
                assert_ne!(text(variable, "units"), Some("1"), "{name}");
            }
        }
    }
}
