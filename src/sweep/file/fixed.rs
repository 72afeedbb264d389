//! `[fixed]`: what is the same at every point.

use toml::de::DeValue;

use super::document::{Entry, Section};
use super::grid::Grid;
use super::names;
use super::problems::{Problems, Reported};
use crate::experiment::{Declaration, Parameters, Value};

/// The parameters that no axis moves, as the file has them, else the defaults; and which ones the file has, by
/// catalogue position, sorted.
pub(super) fn read(
    file: &Section,
    declaration: &'static Declaration,
    grid: &Grid,
    problems: &mut Problems,
) -> (Parameters, Vec<usize>) {
    let mut base = Parameters::defaults(declaration.parameters);
    let mut fixed = Vec::new();
    let section = problems.keep(file.section("fixed"));
    for entry in section.ok().flatten().iter().flat_map(Section::entries) {
        if let Ok((position, value)) = read_value(&entry, declaration, grid, problems) {
            base.set(position, value);
            fixed.push(position);
        }
    }
    // What an axis moves has its first value here, so that the base depends on the meaning of the file alone.
    for axis in &grid.axes {
        axis.positions.iter().zip(axis.point(0)).for_each(|(position, value)| base.set(*position, *value));
    }
    fixed.sort_unstable();
    (base, fixed)
}

fn read_value(
    entry: &Entry,
    declaration: &'static Declaration,
    grid: &Grid,
    problems: &mut Problems,
) -> Result<(usize, Value), Reported> {
    let (position, parameter) = problems.keep(names::parameter(declaration, entry))?;
    if grid.swept.contains(&position) {
        let what = "this parameter is also an axis; fix it or sweep it, not both";
        return Err(problems.add(entry.problem_of_name(what)));
    }
    if let kind @ (DeValue::Array(_) | DeValue::Table(_)) = entry.value() {
        let what = match kind {
            DeValue::Array(_) => "a list where one value is expected; move it to [grid]",
            _ => "a table where one value is expected; a range is an axis: move it to [grid]",
        };
        return Err(problems.add(entry.problem(what)));
    }
    let literal = problems.keep(entry.literal())?;
    let value = problems.keep(parameter.accept(&literal).map_err(|what| entry.problem(what)))?;
    Ok((position, value))
}
