//! What makes a description one that can be written, checked before a byte is.

use std::collections::BTreeSet;

use super::{Array, Attribute, Netcdf, Variable};

/// The first contradiction in the description, if there is one.
pub(super) fn check(netcdf: &Netcdf) -> Result<(), String> {
    check_attributes("the file", &netcdf.attributes)?;
    let mut names = BTreeSet::new();
    for dimension in &netcdf.dimensions {
        check_name(&dimension.name)?;
        if !names.insert(&dimension.name) {
            return Err(format!("two dimensions are named {:?}", dimension.name));
        }
        if dimension.length == 0 {
            return Err(format!("dimension {:?} has no length", dimension.name));
        }
    }
    let mut names = BTreeSet::new();
    for variable in &netcdf.variables {
        if !names.insert(&variable.name) {
            return Err(format!("two variables are named {:?}", variable.name));
        }
        check_variable(netcdf, variable)?;
    }
    Ok(())
}

fn check_variable(netcdf: &Netcdf, variable: &Variable) -> Result<(), String> {
    let name = &variable.name;
    check_name(name)?;
    if netcdf.length_of(name).is_some() && !variable.is_coordinate() {
        return Err(format!("variable {name:?} is named like a dimension that is not its only one"));
    }
    let mut size = Some(1_usize);
    for dimension in &variable.dimensions {
        let length =
            netcdf.length_of(dimension).ok_or_else(|| format!("variable {name:?}: no dimension {dimension:?}"))?;
        size = size.and_then(|size| size.checked_mul(length));
    }
    if size != Some(variable.values.len()) {
        let dimensions = &variable.dimensions;
        return Err(format!("variable {name:?}: {} values do not fill {dimensions:?}", variable.values.len()));
    }
    if let Array::Text(texts) = &variable.values
        && texts.iter().any(|text| text.contains('\0'))
    {
        return Err(format!("variable {name:?}: a text contains a NUL"));
    }
    check_attributes(name, &variable.attributes)?;
    match (&variable.values, variable.fill_value()) {
        (_, None)
        | (Array::Number(_), Some(Attribute::Number(_)))
        | (Array::Integer(_), Some(Attribute::Integer(_))) => Ok(()),
        (Array::Byte(_), Some(Attribute::Bytes(bytes))) if bytes.len() == 1 => Ok(()),
        _ => Err(format!("variable {name:?}: the fill value is not one value of its type")),
    }
}

fn check_attributes(owner: &str, attributes: &[(String, Attribute)]) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for (name, value) in attributes {
        check_name(name)?;
        if !names.insert(name) {
            return Err(format!("two attributes of {owner} are named {name:?}"));
        }
        if matches!(value, Attribute::Text(text) if text.contains('\0')) {
            return Err(format!("attribute {name:?} of {owner} contains a NUL"));
        }
        if matches!(value, Attribute::Bytes(bytes) if bytes.is_empty()) {
            return Err(format!("attribute {name:?} of {owner} is empty"));
        }
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name == "." || name.contains(['/', '\0']) {
        return Err(format!("{name:?} cannot be a name"));
    }
    Ok(())
}
