//! Names that a file uses: those that are known, and what to do about others.

use super::super::{Axis, Problem};
use super::document::{Entry, Section};
use super::problems::Problems;
use crate::catalogue;
use crate::experiment::{Declaration, Experiment, Observable, OwnDimension, Parameter};
use crate::wording::counted;

/// What `[sweep]` may have.
const KEYS: [&str; 6] = ["name", "title", "experiment", "seed", "replicates", "streams"];
/// The name of an axis in its `[[zip]]`.
pub(super) const OF_ZIP: &str = "name";
/// Letters of the name of an axis. The netCDF library reads at most 256, and a figure or a table fewer.
const LONGEST_AXIS: usize = 100;
/// Names that results have whatever is computed.
const OF_RESULTS: [&str; 4] = ["replicate", "status", "precision", "parameters"];
/// What follows the name of an observable in the names of results.
const ENDINGS: [&str; 5] = ["", "_mean", "_sem", "_theory", "_theory_sem"];
/// Names that a message lists.
const SHOWN: usize = 8;

const TABLES: [&str; 7] = ["sweep", "grid", "zip", "fixed", "precision", "theory", "figure"];

/// The names of the tables.
pub(super) fn check_tables(file: &Section, declaration: Option<&'static Declaration>, problems: &mut Problems) {
    for entry in file.entries().filter(|entry| !TABLES.contains(&entry.name)) {
        let problem = misplaced(&entry, declaration).unwrap_or_else(|| entry.unknown("key", &TABLES));
        problems.add(problem);
    }
}

/// The names in `[sweep]`.
pub(super) fn check_header(header: &Section, declaration: Option<&'static Declaration>, problems: &mut Problems) {
    for entry in header.entries().filter(|entry| !KEYS.contains(&entry.name)) {
        let problem = match entry.name {
            "seeds" => entry
                .problem_of_name("a sweep has one `seed`; for repetitions with other random numbers use `replicates`"),
            _ => misplaced(&entry, declaration).unwrap_or_else(|| entry.unknown("key", &KEYS)),
        };
        problems.add(problem);
    }
}

/// Reports the entries of any other table that are not in `known`.
pub(super) fn check(section: &Section, known: &[&str], problems: &mut Problems) {
    for entry in section.entries().filter(|entry| !known.contains(&entry.name)) {
        problems.add(entry.unknown("key", known));
    }
}

/// The parameter that an entry of `[grid]`, `[[zip]]` or `[fixed]` names, with its place in the declaration.
pub(super) fn parameter(
    declaration: &'static Declaration,
    entry: &Entry,
) -> Result<(usize, &'static Parameter), Problem> {
    declaration.parameter(entry.name).ok_or_else(|| {
        let Entry { name, .. } = entry;
        if KEYS.contains(name) {
            return entry.problem_of_name(format!("`{name}` is not a parameter; it belongs in [sweep]"));
        }
        if observables(declaration).any(|observable| observable == *name) {
            let what = format!("`{name}` is an observable of `{}`: it is computed, not set", declaration.name);
            return entry.problem_of_name(what);
        }
        let has = |other: &Declaration| other.parameter(name).is_some();
        let elsewhere = elsewhere("a parameter", declaration, name, has);
        elsewhere.map_or_else(
            || {
                let names: Vec<&str> = declaration.parameters.iter().map(Parameter::name).collect();
                entry.unknown(&format!("parameter of the experiment {:?}", declaration.name), &names)
            },
            |what| entry.problem_of_name(what),
        )
    })
}

/// The observable that the value of an entry names, one of `known`, which are of some `kind`.
pub(super) fn observable(
    declaration: &'static Declaration,
    entry: &Entry,
    kind: &str,
    known: &[&'static Observable],
) -> Result<&'static Observable, Problem> {
    let name = entry.text()?;
    if let Some(found) = known.iter().find(|observable| observable.name() == name) {
        return Ok(found);
    }
    let names: Vec<&str> = known.iter().map(|observable| observable.name()).collect();
    if declaration.parameter(name).is_some() {
        let what = format!("`{name}` is a parameter; name an observable: {}", first_of(&names));
        return Err(entry.problem(what));
    }
    if let Some(array) = declaration.observable(name) {
        let what = format!("`{name}` has {} values per task; name a {kind}: {}", array.size(), first_of(&names));
        return Err(entry.problem(what));
    }
    let has = |other: &Declaration| other.observable(name).is_some();
    match elsewhere("an observable", declaration, name, has) {
        Some(what) => Err(entry.problem(what)),
        None => Err(entry.unknown_value(&format!("{kind} of the experiment {:?}", declaration.name), name, &names)),
    }
}

/// The name of the axis along which `columns` move together, among other axes: as the `[[zip]]` has it, else the names
/// of the parameters, joined.
pub(super) fn of_zip(
    zip: &Section,
    columns: &[Axis],
    axes: &[Axis],
    declaration: &'static Declaration,
) -> Result<String, Problem> {
    let parameters: Vec<&str> = columns.iter().flat_map(|column| column.names.iter().copied()).collect();
    match (zip.entry(OF_ZIP), &parameters[..]) {
        (None, [alone]) => Ok(alone.to_string()),
        (Some(entry), [alone]) => {
            let what = format!("{alone} moves alone, and its name is the name of the axis; leave `name` out");
            Err(entry.problem_of_name(what))
        }
        (Some(entry), _) => {
            let name = entry.text()?;
            let unfit = unfit(name, axes, declaration).map(|why| entry.problem(format!("{name:?} {why}")));
            unfit.map_or_else(|| Ok(name.to_string()), Err)
        }
        (None, several) => {
            let joined = several.join("_");
            let what = |why| {
                format!("its name, joined from {} parameters, {why}; give it a name: name = \"sample\"", several.len())
            };
            unfit(&joined, axes, declaration).map_or_else(|| Ok(joined.clone()), |why| Err(zip.problem(what(why))))
        }
    }
}

/// Why an axis cannot have a name, if so.
fn unfit(name: &str, axes: &[Axis], declaration: &'static Declaration) -> Option<String> {
    let letters = name.chars().count();
    if !(1..=LONGEST_AXIS).contains(&letters) {
        return Some(format!("has {}; the name of an axis has 1 to {LONGEST_AXIS}", counted(letters, "letter")));
    }
    let is_plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !is_plain || !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Some("cannot name an axis; use letters, digits and `_`, with a letter first".into());
    }
    // Results have labels of the axis, too.
    let labels = |name: &str| format!("{name}_label");
    let is = |taken: &str| name == taken || labels(name) == taken;
    let is_axis = |axis: &Axis| is(&axis.name()) || labels(&axis.name()) == name;
    let own = declaration.observables.iter().flat_map(|observable| observable.dimensions).map(OwnDimension::name);
    let of_observable = |observable: &str| ENDINGS.iter().any(|ending| is(&format!("{observable}{ending}")));
    let what = if declaration.parameters.iter().map(Parameter::name).any(is) {
        format!("is a parameter of `{}`", declaration.name)
    } else if axes.iter().any(is_axis) {
        "is another axis".into()
    } else {
        let taken = observables(declaration).find(|observable| of_observable(observable));
        let taken = taken.or_else(|| own.chain(OF_RESULTS).find(|taken| is(taken)))?;
        format!("is what results have of `{taken}`")
    };
    Some(format!("{what}; choose another name"))
}

/// The first of some names.
fn first_of(names: &[&str]) -> String {
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", names[..names.len().min(SHOWN)].join(", "))
}

fn observables(declaration: &'static Declaration) -> impl Iterator<Item = &'static str> {
    declaration.observables.iter().chain(declaration.with_closed_form()).map(Observable::name)
}

/// The message for a name that other experiments have.
fn elsewhere(
    kind: &str,
    declaration: &Declaration,
    name: &str,
    has: impl Fn(&'static Declaration) -> bool,
) -> Option<String> {
    let others = catalogue::visible().map(Experiment::declaration).filter(|other| other.name != declaration.name);
    let others: Vec<String> = others.filter(|other| has(other)).map(|other| format!("`{}`", other.name)).collect();
    let others = others.join(" and of ");
    let what = format!("`{name}` is {kind} of {others}, and this is a sweep of `{}`", declaration.name);
    (!others.is_empty()).then_some(what)
}

/// An entry that stands before the tables or in `[sweep]`, and belongs elsewhere. The declaration is that of the
/// sweep's experiment, if it is known.
fn misplaced(entry: &Entry, declaration: Option<&'static Declaration>) -> Option<Problem> {
    let Entry { name, .. } = entry;
    if KEYS.contains(name) {
        return Some(entry.problem_of_name(format!("`{name}` belongs in [sweep]")));
    }
    let has = |known: &Declaration| known.parameter(name).is_some();
    let is_parameter = match declaration {
        Some(own) => has(own),
        None => catalogue::visible().any(|known| has(known.declaration())),
    };
    let what = match declaration {
        _ if is_parameter => {
            format!("`{name}` is a parameter; it belongs in [fixed] or, with several values, in [grid]")
        }
        own => elsewhere("a parameter", own?, name, has)?,
    };
    Some(entry.problem_of_name(what))
}
