//! What makes a description one that can be written, checked before a byte is.

use std::collections::BTreeSet;

use super::{Array, Attribute, Group, Netcdf, Variable};

/// The first contradiction in the description, if there is one.
pub(super) fn check(netcdf: &Netcdf) -> Result<(), String> {
    check_attributes("the file", &netcdf.attributes)?;
    let mut names = BTreeSet::new();
    for dimension in &netcdf.stored_dimensions() {
        check_name(&dimension.name)?;
        if !names.insert(dimension.name.clone()) {
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
        check_variable(netcdf, &variable.name, variable)?;
    }
    for group in &netcdf.groups {
        check_name(&group.name)?;
        if !names.insert(&group.name) || netcdf.stored_dimensions().iter().any(|known| known.name == group.name) {
            return Err(format!("something else is named like the group {:?}", group.name));
        }
        check_group(netcdf, group)?;
    }
    Ok(())
}

fn check_group(netcdf: &Netcdf, group: &Group) -> Result<(), String> {
    check_attributes(&format!("the group {:?}", group.name), &group.attributes)?;
    let mut names = BTreeSet::new();
    for variable in &group.variables {
        let path = format!("{}/{}", group.name, variable.name);
        if !names.insert(&variable.name) {
            return Err(format!("two variables are named {path:?}"));
        }
        if !variable.dimensions.is_empty() {
            return Err(format!("variable {path:?}, which is in a group, has dimensions"));
        }
        check_variable(netcdf, &path, variable)?;
    }
    Ok(())
}

/// `name` is its path, for messages.
fn check_variable(netcdf: &Netcdf, name: &str, variable: &Variable) -> Result<(), String> {
    check_name(&variable.name)?;
    let is_dimension = netcdf.stored_dimensions().iter().any(|dimension| dimension.name == name);
    if is_dimension && !variable.is_coordinate() {
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
    let contains_nul = match &variable.values {
        Array::Text(texts) => texts.iter().any(|text| text.contains('\0')),
        Array::Letters(text) => text.contains('\0'),
        _ => false,
    };
    if contains_nul {
        return Err(format!("variable {name:?}: a text contains a NUL"));
    }
    if variable.letters().is_some() && !variable.dimensions.is_empty() {
        return Err(format!("variable {name:?}: letters have no dimensions but their own"));
    }
    check_attributes(name, &variable.stored_attributes())?;
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
