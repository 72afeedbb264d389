//! Where the values are: axes, labels, parameters that move together, those that do not move.

use super::words::{described, push, quantity};
use crate::experiment::{OwnDimension, Parameter, Unit, Value};
use crate::store::netcdf::{Array, Attribute, Group, Variable};
use crate::sweep::{Axis, Sweep};

/// Letters of the longest label of a joint point. Longer ones are left out, all of the axis: no figure has space for
/// them, and the axis of a design with many parameters would take megabytes of them.
const LONGEST_LABEL: usize = 60;

/// Letters of a `long_name`.
const LONGEST_NAME: usize = 45;

/// The coordinate of each axis, and of the replicates.
pub(super) fn of_axes(sweep: &Sweep) -> Vec<Variable<'static>> {
    let mut variables: Vec<Variable> = sweep.axes.iter().map(|axis| of_axis(sweep, axis)).collect();
    let numbers = Array::Integer((0..i64::from(sweep.most_replicates())).collect());
    let description = "repetition of the same point";
    let mut replicates = described("replicate", &["replicate".into()], numbers, Unit::NONE, "replicate", description);
    // The CF standard name of what numbers the members of a statistical sample; `cell_methods` refer to it.
    push(&mut replicates, "standard_name", "realization");
    variables.push(replicates);
    variables
}

/// The values of the one parameter that moves along the axis; else the index of the joint points.
fn of_axis(sweep: &Sweep, axis: &Axis) -> Variable<'static> {
    if axis.is_simple() {
        return parameter(declared(sweep, axis.positions[0]), &[axis.name()], axis.all_values());
    }
    let index = Array::Integer((0..axis.len() as i64).collect());
    let description = format!("index of the point at which {} move together", axis.names.join(", "));
    let name = joint_name(sweep, axis, "index of ");
    described(&axis.name(), &[axis.name()], index, Unit::NONE, &name, &description)
}

fn joint_name(sweep: &Sweep, axis: &Axis, before: &str) -> String {
    let labels: Vec<&str> = axis.positions.iter().map(|position| declared(sweep, *position).quantity.label).collect();
    let name = format!("{before}{}", labels.join(", "));
    if name.chars().count() <= LONGEST_NAME { name } else { format!("{before}joint points") }
}

/// What is not a coordinate of a dimension: labels of joint points, their parameters, and what the file fixes.
pub(super) fn auxiliary(sweep: &Sweep) -> Vec<Variable<'static>> {
    let mut variables = labels(sweep);
    for axis in sweep.axes.iter().filter(|axis| !axis.is_simple()) {
        for (index, position) in axis.positions.iter().enumerate() {
            variables.push(parameter(declared(sweep, *position), &[axis.name()], &axis.column(index)));
        }
    }
    variables.extend(fixed(sweep));
    variables
}

/// For each axis along which parameters move together, a text for each point, such as `diffusion = 0, decay = 0.3`.
pub(super) fn labels(sweep: &Sweep) -> Vec<Variable<'static>> {
    let joint = sweep.axes.iter().filter(|axis| !axis.is_simple());
    joint.filter_map(|axis| of_joint_points(sweep, axis)).collect()
}

fn of_joint_points(sweep: &Sweep, axis: &Axis) -> Option<Variable<'static>> {
    let label = |point: &[Value]| {
        let values = axis.names.iter().zip(point).map(|(name, value)| format!("{name} = {value}"));
        values.collect::<Vec<_>>().join(", ")
    };
    let labels: Vec<String> = axis.points().map(label).collect();
    if labels.iter().any(|label| label.chars().count() > LONGEST_LABEL) {
        return None;
    }
    let description = format!("values of {} that move together", axis.names.join(", "));
    let name = format!("{}_label", axis.name());
    let long_name = joint_name(sweep, axis, "");
    Some(described(&name, &[axis.name()], Array::Text(labels), Unit::NONE, &long_name, &description))
}

/// What `[fixed]` names, as scalars.
pub(super) fn fixed(sweep: &Sweep) -> Vec<Variable<'static>> {
    sweep
        .fixed
        .iter()
        .map(|position| parameter(declared(sweep, *position), &[], &[sweep.base.get(*position)]))
        .collect()
}

/// The values of all parameters that no axis moves.
pub(super) fn parameters(sweep: &Sweep) -> Group<'static> {
    let moves = |position: &usize| sweep.axes.iter().any(|axis| axis.positions.contains(position));
    let still = (0..sweep.declaration().parameters.len()).filter(|position| !moves(position));
    let variables = still.map(|position| parameter(declared(sweep, position), &[], &[sweep.base.get(position)]));
    let description = "the parameters that are not on an axis, with the values used, including defaults";
    Group {
        name: "parameters".into(),
        attributes: vec![("description".into(), Attribute::Text(description.into()))],
        variables: variables.collect(),
    }
}

pub(super) fn of_own_dimension(own: &OwnDimension) -> Variable<'static> {
    let values = Array::Number((0..own.length).map(own.coordinate).collect::<Vec<f64>>().into());
    quantity(&own.quantity, &[own.name().to_string()], values)
}

fn declared(sweep: &Sweep, position: usize) -> &'static Parameter {
    &sweep.declaration().parameters[position]
}

/// A parameter with its value at each place. Texts without dimensions are letters, which all programs read; xarray
/// wants strings for the texts of an axis.
fn parameter(parameter: &Parameter, dimensions: &[String], column: &[Value]) -> Variable<'static> {
    let integers =
        || column.iter().map(|value| if let Value::Integer(integer) = value { Some(*integer) } else { None });
    let numbers = || column.iter().map(|value| if let Value::Number(number) = value { Some(*number) } else { None });
    let values = match (integers().collect(), numbers().collect(), column) {
        (Some(integers), _, _) => Array::Integer(integers),
        (_, Some(numbers), _) => Array::Number(Vec::into(numbers)),
        (_, _, [text]) if dimensions.is_empty() => Array::Letters(text.to_string()),
        _ => Array::Text(column.iter().map(ToString::to_string).collect()),
    };
    quantity(&parameter.quantity, dimensions, values)
}
