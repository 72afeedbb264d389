//! Variables with their words: label, sentence, unit.

use crate::experiment::{Quantity, Unit};
use crate::store::netcdf::{Array, Attribute, Variable};

/// A variable of a declared quantity.
pub(super) fn quantity<'a>(quantity: &Quantity, dimensions: &[String], values: Array<'a>) -> Variable<'a> {
    described(quantity.name, dimensions, values, quantity.unit, quantity.label, &quantity.explained())
}

/// A variable with its unit, unless it has none, a short `long_name` for axes of figures, and a whole sentence.
pub(super) fn described<'a>(
    name: &str,
    dimensions: &[String],
    values: Array<'a>,
    unit: Unit,
    label: &str,
    description: &str,
) -> Variable<'a> {
    let mut variable =
        Variable { name: name.to_string(), dimensions: dimensions.to_vec(), values, attributes: Vec::new() };
    if !unit.is_none() {
        push(&mut variable, "units", unit.udunits);
    }
    push(&mut variable, "long_name", label);
    push(&mut variable, "description", description);
    variable
}

/// Adds a text attribute.
pub(super) fn push(variable: &mut Variable, name: &str, text: &str) {
    variable.attributes.push((name.to_string(), Attribute::Text(text.to_string())));
}
