//! `[grid]` and `[[zip]]`: the axes.

use toml::de::DeValue;

use super::super::Axis;
use super::document::{Entry, Section, written};
use super::problems::{Problems, Reported};
use super::{names, range};
use crate::experiment::{Declaration, Parameter, Value};
use crate::wording::counted;

/// What the file says about axes.
#[derive(Default)]
pub(super) struct Grid {
    /// First axis slowest; those with a mistake are left out.
    pub(super) axes: Vec<Axis>,
    /// The places in the declaration of all parameters that are on an axis, good or not.
    pub(super) swept: Vec<usize>,
}

pub(super) fn read(file: &Section, declaration: &'static Declaration, problems: &mut Problems) -> Grid {
    let mut grid = Grid::default();
    if let Ok(Some(section)) = problems.keep(file.section("grid")) {
        for entry in section.entries() {
            if let Ok(column) = grid.read_column(&entry, declaration, problems) {
                let axis = distinct(column, &[&entry]).map_err(|what| entry.problem(what));
                grid.axes.extend(problems.keep(axis));
            }
        }
    }
    let Some(zip) = file.entry("zip") else { return grid };
    let Some(zips) = zip.elements(true) else {
        problems.add(zip.problem("not a list of tables; write [[zip]], with two brackets"));
        return grid;
    };
    for zip in zips {
        if let Ok(axis) = grid.read_zip(&zip, declaration, problems) {
            grid.axes.push(axis);
        }
    }
    grid
}

impl Grid {
    fn read_column(
        &mut self,
        entry: &Entry,
        declaration: &'static Declaration,
        problems: &mut Problems,
    ) -> Result<Axis, Reported> {
        let (position, parameter) = problems.keep(names::parameter(declaration, entry))?;
        if self.swept.contains(&position) {
            let what = "this parameter is on another axis already; name it once";
            return Err(problems.add(entry.problem_of_name(what)));
        }
        self.swept.push(position);
        let points = self.axes.iter().fold(1, |points: u64, axis| points.saturating_mul(axis.len() as u64));
        let values = read_values(entry, parameter, points, problems)?;
        Ok(Axis::simple(position, parameter.name(), values))
    }

    /// One axis from columns that move together.
    fn read_zip(
        &mut self,
        zip: &Entry,
        declaration: &'static Declaration,
        problems: &mut Problems,
    ) -> Result<Axis, Reported> {
        let section = zip.section().map_err(|_| zip.problem("not a table; write [[zip]]"));
        let section = problems.keep(section)?;
        let entries: Vec<Entry> = section.entries().filter(|entry| entry.name != names::OF_ZIP).collect();
        let columns: Vec<Result<Axis, Reported>> =
            entries.iter().map(|entry| self.read_column(entry, declaration, problems)).collect();
        let columns: Vec<Axis> = columns.into_iter().collect::<Result<_, _>>()?;
        problems.keep(check_lengths(&columns).map_err(|what| section.problem(what)))?;
        let name = problems.keep(names::of_zip(&section, &columns, &self.axes, declaration))?;
        let entries: Vec<&Entry> = entries.iter().collect();
        let axis = distinct(Axis::zipped(name, &columns), &entries).map_err(|what| section.problem(what));
        problems.keep(axis)
    }
}

/// Whether axes can move together.
fn check_lengths(columns: &[Axis]) -> Result<(), String> {
    let Some(first) = columns.first() else {
        return Err("empty; name at least one parameter, or leave it out".into());
    };
    match columns.iter().find(|column| column.len() != first.len()) {
        None => Ok(()),
        Some(other) => {
            let of = |axis: &Axis| (axis.name(), axis.len());
            let ((name, length), (other, others)) = (of(first), of(other));
            let lengths =
                format!("{name} has {} and {other} has {}", counted(length, "value"), counted(others, "value"));
            Err(format!("{lengths}; axes that move together need the same number of values"))
        }
    }
}

/// The axis, if no two of its points are the same. Its parameters have these entries.
fn distinct(axis: Axis, entries: &[&Entry]) -> Result<Axis, String> {
    let Some(twice) = axis.duplicate() else { return Ok(axis) };
    let [once, again] = twice.map(|point| entries.iter().map(|entry| as_written(entry, point)).collect::<Vec<_>>());
    let value = axis.point(twice[0]).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let spellings =
        if once == again { String::new() } else { format!(", as {} and {}", once.join(", "), again.join(", ")) };
    Err(format!("the value {value} appears twice{spellings}; each point may appear only once"))
}

/// The text of a listed value of an axis. It is empty for a value of a range, which the file does not spell out.
fn as_written(entry: &Entry, index: usize) -> String {
    let list = match entry.value() {
        DeValue::Table(table) => table.get("values").map(|values| values.get_ref()),
        list => Some(list),
    };
    list.and_then(DeValue::as_array)
        .and_then(|list| list.get(index))
        .map_or_else(String::new, |value| written(value.get_ref()))
}

fn read_values(
    entry: &Entry,
    parameter: &Parameter,
    points: u64,
    problems: &mut Problems,
) -> Result<Vec<Value>, Reported> {
    let values = match entry.value() {
        DeValue::Array(_) => listed(entry, parameter, problems)?,
        DeValue::Table(_) => match problems.keep(range::read(entry, parameter, points))? {
            range::Range::Listed(list) => listed(&list, parameter, problems)?,
            range::Range::Spaced(values) => values,
        },
        other => {
            let written = written(other);
            let what = format!("{written} is not a list; write [{written}], or move it to [fixed]");
            return Err(problems.add(entry.problem(what)));
        }
    };
    if values.is_empty() {
        let what = "an empty axis has no points; give it a value or leave it out";
        return Err(problems.add(entry.problem(what)));
    }
    Ok(values)
}

/// Every value of a list, or every mistake.
fn listed(list: &Entry, parameter: &Parameter, problems: &mut Problems) -> Result<Vec<Value>, Reported> {
    let accept = |element: Entry| {
        let literal = element.literal()?;
        parameter.accept(&literal).map_err(|what| element.problem(what))
    };
    let values: Vec<Result<Value, Reported>> =
        list.elements(false).into_iter().flatten().map(|element| problems.keep(accept(element))).collect();
    values.into_iter().collect()
}
