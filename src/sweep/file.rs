//! The sweep file: TOML in, a validated [`Sweep`] out. No bad value gets past here.

use std::path::Path;

use rayon::prelude::*;
use toml::{Table, Value as Toml};

use super::axis::Axis;
use super::entries::{known_keys, literal, subtable, text_at, whole_at};
use super::figure::read_figure;
use super::{MAXIMUM_TASKS, Precision, Problem, Streams, Sweep, SweepError, spacing};
use crate::catalogue;
use crate::experiment::{Declaration, Experiment, Literal, Observable, Parameter, Parameters, Value};

const MAXIMUM_AXIS: usize = 10_000_000;
/// Letters of a title.
const LONGEST_TITLE: usize = 200;
const MAXIMUM_REPLICATES: i64 = 1_000_000;
/// What points begin with if a precision is asked for and nothing is said: fewer tell little of their own spread.
const FIRST_REPLICATES: i64 = 10;

impl Sweep {
    /// Reads and validates a sweep file.
    ///
    /// # Errors
    /// The file, the key, what is wrong with its value, and the remedy.
    pub fn read(path: &Path) -> Result<Self, SweepError> {
        let bytes =
            std::fs::read(path).map_err(|source| SweepError::Unreadable { path: path.to_path_buf(), source })?;
        let text = String::from_utf8(bytes).map_err(|error| SweepError::NotText {
            path: path.to_path_buf(),
            offset: error.utf8_error().valid_up_to(),
        })?;
        Self::parse(path, text)
    }

    /// Validates the text of a sweep file; `path` is for messages only.
    ///
    /// # Errors
    /// As [`Sweep::read`].
    pub fn parse(path: &Path, text: String) -> Result<Self, SweepError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| SweepError::Syntax {
            path: path.to_path_buf(),
            message: error.to_string().trim_end().to_string(),
        })?;
        from_table(&table, text).map_err(|problem| SweepError::Meaning { path: path.to_path_buf(), problem })
    }
}

fn from_table(table: &Table, text: String) -> Result<Sweep, Problem> {
    known_keys("", table, &["sweep", "grid", "zip", "fixed", "precision", "figure"])?;
    let header = subtable(table, "sweep")?.ok_or_else(|| Problem::new("sweep", "the table [sweep] is missing"))?;
    known_keys("sweep.", header, &["name", "title", "experiment", "seed", "replicates", "streams"])?;
    let experiment = read_experiment(header)?;
    let declaration = experiment.declaration();
    let axes = read_axes(table, declaration)?;
    let base = read_fixed(table, declaration, &axes)?;
    let default = if table.contains_key("precision") { FIRST_REPLICATES } else { 1 };
    let replicates = whole(header, "replicates", 1, MAXIMUM_REPLICATES, default)? as u32;
    let sweep = Sweep {
        name: read_name(header)?,
        title: read_title(header)?,
        figure: read_figure(table, declaration, &axes)?,
        experiment,
        seed: whole(header, "seed", 0, i64::MAX, 0)? as u64,
        replicates,
        precision: read_precision(table, declaration, replicates)?,
        streams: read_streams(header)?,
        axes,
        base,
        fixed: fixed_positions(table, declaration),
        text,
    };
    check_size(&sweep)?;
    let refusal = (0..sweep.points()).into_par_iter().find_map_first(|point| {
        let parameters = sweep.parameters(point);
        experiment.check(&parameters).err().map(|why| Problem::new("sweep", format!("{why} (at {parameters})")))
    });
    refusal.map_or(Ok(sweep), Err)
}

fn read_name(header: &Table) -> Result<String, Problem> {
    let name = text(header, "name")?.ok_or_else(|| Problem::new("sweep.name", "missing; give the sweep a name"))?;
    let plain = |letter: char| letter.is_alphanumeric() || "-_.+ ".contains(letter);
    if name.is_empty() || name.starts_with(['.', ' ']) || name.len() > 120 || !name.chars().all(plain) {
        let what = format!("{name:?} cannot name a directory; use letters, digits, `-`, `_`, `.` (at most 120)");
        return Err(Problem::new("sweep.name", what));
    }
    Ok(name.to_string())
}

fn read_title(header: &Table) -> Result<Option<String>, Problem> {
    let Some(title) = text(header, "title")? else { return Ok(None) };
    let letters = title.chars().count();
    if title.trim().is_empty() || letters > LONGEST_TITLE || title.chars().any(char::is_control) {
        let what = format!("{letters} letters that are no title; write one line of 1 to {LONGEST_TITLE} letters");
        return Err(Problem::new("sweep.title", what));
    }
    Ok(Some(title.to_string()))
}

fn read_experiment(header: &Table) -> Result<&'static dyn Experiment, Problem> {
    let key = "sweep.experiment";
    let name = text(header, "experiment")?
        .ok_or_else(|| Problem::new(key, "missing; `microzone experiments` lists what there is"))?;
    let visible: Vec<&str> = catalogue::visible().map(|known| known.declaration().name).collect();
    catalogue::find(name).ok_or_else(|| Problem::unknown(key, "experiment", name, &visible))
}

fn read_streams(header: &Table) -> Result<Streams, Problem> {
    match text(header, "streams")? {
        None | Some("independent") => Ok(Streams::Independent),
        Some("paired") => Ok(Streams::Paired),
        Some(other) => Err(Problem::unknown("sweep.streams", "kind of stream", other, &["independent", "paired"])),
    }
}

fn read_precision(
    table: &Table,
    declaration: &'static Declaration,
    replicates: u32,
) -> Result<Option<Precision>, Problem> {
    let Some(written) = subtable(table, "precision")? else { return Ok(None) };
    known_keys("precision.", written, &["observable", "relative_error", "max_replicates"])?;
    if replicates < 2 {
        let what = "1 replicate has no standard error; with [precision], begin with some, such as 10";
        return Err(Problem::new("sweep.replicates", what));
    }
    let (offset, observable) = read_precise_observable(written, declaration)?;
    let key = "precision.relative_error";
    let relative_error = match written.get("relative_error") {
        Some(Toml::Float(number)) if *number > 0.0 && *number < 1.0 => *number,
        Some(other) => return Err(Problem::new(key, format!("{other} is not a number in (0, 1); 0.02 is 2 %"))),
        None => return Err(Problem::new(key, "missing; 0.02 makes the standard error 2 % of the mean")),
    };
    let key = "precision.max_replicates";
    if !written.contains_key("max_replicates") {
        return Err(Problem::new(key, "missing; how many replicates may a point have at most?"));
    }
    let max_replicates = whole_at(key, written, "max_replicates", 2, MAXIMUM_REPLICATES, 2)? as u32;
    if max_replicates < replicates {
        let what = format!("{max_replicates} is less than the {replicates} replicates that every point begins with");
        return Err(Problem::new(key, format!("{what}; raise it, or lower sweep.replicates")));
    }
    Ok(Some(Precision { observable, offset, relative_error, max_replicates }))
}

/// The observable that `[precision]` names, and where its value stands among those of a task.
fn read_precise_observable(
    written: &Table,
    declaration: &'static Declaration,
) -> Result<(usize, &'static Observable), Problem> {
    let key = "precision.observable";
    let scalars: Vec<&Observable> =
        declaration.observables.iter().filter(|observable| observable.is_scalar()).collect();
    let names: Vec<&str> = scalars.iter().map(|observable| observable.name()).collect();
    let name = text_at(key, written, "observable")?
        .ok_or_else(|| Problem::new(key, format!("missing; one of: {}", names.join(", "))))?;
    let found = scalars.iter().find(|observable| observable.name() == name);
    let placed = found.and_then(|observable| Some((declaration.offset(name)?, *observable)));
    let kind = format!("scalar observable of the experiment {:?}", declaration.name);
    placed.ok_or_else(|| Problem::unknown(key, &kind, name, &names))
}

fn read_axes(table: &Table, declaration: &'static Declaration) -> Result<Vec<Axis>, Problem> {
    let mut groups: Vec<(String, &Table, bool)> = Vec::new();
    if let Some(grid) = subtable(table, "grid")? {
        groups.push(("grid".into(), grid, false));
    }
    match table.get("zip") {
        None => {}
        Some(Toml::Array(zips)) => {
            for (index, zip) in zips.iter().enumerate() {
                let key = format!("zip[{index}]");
                let zip = zip.as_table().ok_or_else(|| Problem::new(&key, "not a table; write [[zip]]"))?;
                groups.push((key, zip, true));
            }
        }
        Some(_) => return Err(Problem::new("zip", "not a list of tables; write [[zip]], with two brackets")),
    }
    let mut axes: Vec<Axis> = Vec::new();
    for (group, entries, zipped) in groups {
        let mut columns = Vec::new();
        for (name, written) in entries {
            let key = format!("{group}.{name}");
            let (position, parameter) = find_parameter(declaration, &key, name)?;
            let swept = |axis: &Axis| axis.positions.contains(&position);
            if axes.iter().any(swept) {
                return Err(Problem::new(key, "this parameter is on another axis already; name it once"));
            }
            let column = Axis::simple(position, parameter.name(), read_values(&key, parameter, written)?);
            if zipped { columns.push(column) } else { axes.push(distinct(&key, column)?) }
        }
        if zipped {
            axes.push(distinct(&group, join(&group, &columns)?)?);
        }
    }
    Ok(axes)
}

/// One axis from columns that move together.
fn join(key: &str, columns: &[Axis]) -> Result<Axis, Problem> {
    let Some(first) = columns.first() else {
        return Err(Problem::new(key, "empty; name at least one parameter, or leave it out"));
    };
    match columns.iter().find(|column| column.len() != first.len()) {
        None => Ok(Axis::zipped(columns)),
        Some(other) => {
            let lengths =
                format!("{} has {} values and {} has {}", first.name(), first.len(), other.name(), other.len());
            Err(Problem::new(key, format!("{lengths}; axes that move together need equally many")))
        }
    }
}

fn distinct(key: &str, axis: Axis) -> Result<Axis, Problem> {
    match axis.duplicate() {
        None => Ok(axis),
        Some(point) => {
            let values: Vec<String> = point.iter().map(ToString::to_string).collect();
            let what = format!("the value {} appears twice; each point needs to be there once", values.join(", "));
            Err(Problem::new(key, what))
        }
    }
}

fn read_values(key: &str, parameter: &Parameter, written: &Toml) -> Result<Vec<Value>, Problem> {
    let literals = match written {
        Toml::Array(values) => listed(key, values)?,
        Toml::Table(table) => spaced(key, table)?,
        other => {
            let what = format!("{other} is no list; write [{other}], or set it in [fixed]");
            return Err(Problem::new(key, what));
        }
    };
    if literals.is_empty() {
        return Err(Problem::new(key, "an empty axis has no points; give it a value or leave it out"));
    }
    literals.iter().map(|literal| parameter.accept(literal).map_err(|what| Problem::new(key, what))).collect()
}

fn listed(key: &str, values: &[Toml]) -> Result<Vec<Literal>, Problem> {
    values.iter().map(|value| literal(key, value)).collect()
}

/// `{ values = […] }`, `{ start, stop, steps }`, or one of `{ logspace = { start, stop, steps } }`,
/// `{ logspace = [start, stop, steps] }` and `{ start, stop, steps, logspace = true }`.
fn spaced(key: &str, table: &Table) -> Result<Vec<Literal>, Problem> {
    known_keys(&format!("{key}."), table, &["values", "start", "stop", "steps", "logspace"])?;
    let alone = |name: &str| match table.len() {
        1 => Ok(()),
        _ => Err(Problem::new(key, format!("`{name}` stands alone; take the other keys out"))),
    };
    if let Some(values) = table.get("values") {
        alone("values")?;
        let values = values.as_array().ok_or_else(|| Problem::new(format!("{key}.values"), "not a list"))?;
        return listed(key, values);
    }
    let (start, stop, steps) = match table.get("logspace") {
        None | Some(Toml::Boolean(_)) => endpoints(key, table)?,
        Some(logspace) => {
            alone("logspace")?;
            let key = format!("{key}.logspace");
            let logspace = match logspace {
                Toml::Table(table) => table.clone(),
                Toml::Array(ends) if ends.len() == 3 => names_of_ends().zip(ends.iter().cloned()).collect(),
                _ => return Err(Problem::new(&key, "write { logspace = { start = …, stop = …, steps = … } }")),
            };
            known_keys(&format!("{key}."), &logspace, &["start", "stop", "steps"])?;
            endpoints(&key, &logspace)?
        }
    };
    if matches!(table.get("logspace"), None | Some(Toml::Boolean(false))) {
        return Ok(spacing::linear(start, stop, steps).into_iter().map(Literal::Number).collect());
    }
    if !(start > 0.0 && stop > 0.0) {
        let what = format!("start = {start} and stop = {stop} are the first and last values and must be positive");
        return Err(Problem::new(format!("{key}.logspace"), what));
    }
    Ok(spacing::geometric(start, stop, steps).into_iter().map(Literal::Number).collect())
}

fn names_of_ends() -> impl Iterator<Item = String> {
    ["start", "stop", "steps"].into_iter().map(String::from)
}

fn endpoints(key: &str, table: &Table) -> Result<(f64, f64, usize), Problem> {
    let number = |name: &str| {
        let key = format!("{key}.{name}");
        match table.get(name) {
            Some(Toml::Float(number)) if number.is_finite() => Ok(*number),
            Some(Toml::Integer(integer)) => Ok(*integer as f64),
            Some(other) => Err(Problem::new(key, format!("{other} is not a finite number"))),
            None => Err(Problem::new(key, "missing; an axis is [values…] or { start = …, stop = …, steps = … }")),
        }
    };
    let (start, stop) = (number("start")?, number("stop")?);
    if !table.contains_key("steps") {
        return Err(Problem::new(format!("{key}.steps"), "missing; how many values, both ends included?"));
    }
    let steps = whole_at(&format!("{key}.steps"), table, "steps", 0, MAXIMUM_AXIS as i64, 0)?;
    match steps {
        1 if start != stop => {
            let what = format!("one step cannot be both {start} and {stop}");
            Err(Problem::new(format!("{key}.steps"), what))
        }
        steps => Ok((start, stop, steps as usize)),
    }
}

fn read_fixed(table: &Table, declaration: &'static Declaration, axes: &[Axis]) -> Result<Parameters, Problem> {
    let mut base = Parameters::defaults(declaration.parameters);
    for (name, written) in subtable(table, "fixed")?.into_iter().flatten() {
        let key = format!("fixed.{name}");
        let (position, parameter) = find_parameter(declaration, &key, name)?;
        if axes.iter().any(|axis| axis.positions.contains(&position)) {
            return Err(Problem::new(key, "this parameter is also an axis; fix it or sweep it, not both"));
        }
        let accepted = parameter.accept(&literal(&key, written)?).map_err(|what| Problem::new(&key, what))?;
        base.set(position, accepted);
    }
    // What an axis moves has its first value here, so that the base depends on the meaning of the file alone.
    for axis in axes {
        axis.positions.iter().zip(axis.point(0)).for_each(|(position, value)| base.set(*position, *value));
    }
    Ok(base)
}

/// The parameters of a `[fixed]` that has been read, by catalogue position, sorted.
fn fixed_positions(table: &Table, declaration: &'static Declaration) -> Vec<usize> {
    let is_named =
        |name: &str| table.get("fixed").and_then(Toml::as_table).is_some_and(|fixed| fixed.contains_key(name));
    let parameters = declaration.parameters.iter().enumerate();
    parameters.filter(|(_, parameter)| is_named(parameter.name())).map(|(position, _)| position).collect()
}

fn check_size(sweep: &Sweep) -> Result<(), Problem> {
    let points = sweep.axes.iter().try_fold(1u64, |product, axis| product.checked_mul(axis.len() as u64));
    match points.and_then(|points| points.checked_mul(sweep.most_replicates().into())) {
        Some(tasks) if tasks <= MAXIMUM_TASKS => Ok(()),
        counted => {
            let lengths: Vec<String> = sweep.axes.iter().map(|axis| axis.len().to_string()).collect();
            let product = format!("{} points x {} replicates", lengths.join(" x "), sweep.most_replicates());
            let size = counted.map_or("too many tasks to count".to_string(), |tasks| format!("{tasks} tasks"));
            Err(Problem::new("grid", format!("{product} are {size}; a sweep has at most {MAXIMUM_TASKS}")))
        }
    }
}

fn find_parameter(
    declaration: &'static Declaration,
    key: &str,
    name: &str,
) -> Result<(usize, &'static Parameter), Problem> {
    declaration.parameter(name).ok_or_else(|| {
        let names: Vec<&str> = declaration.parameters.iter().map(Parameter::name).collect();
        Problem::unknown(key, &format!("parameter of the experiment {:?}", declaration.name), name, &names)
    })
}

fn text<'a>(header: &'a Table, name: &str) -> Result<Option<&'a str>, Problem> {
    text_at(&format!("sweep.{name}"), header, name)
}

fn whole(header: &Table, name: &str, low: i64, high: i64, default: i64) -> Result<i64, Problem> {
    whole_at(&format!("sweep.{name}"), header, name, low, high, default)
}
