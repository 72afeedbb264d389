//! `[precision]`: replicates until an error is met.

use super::super::{Precision, Problem};
use super::document::Section;
use super::header::MAXIMUM_REPLICATES;
use super::names;
use super::problems::{Problems, Reported};
use crate::experiment::{Declaration, Literal, Observable};

pub(super) fn read(
    file: &Section,
    declaration: &'static Declaration,
    replicates: u32,
    problems: &mut Problems,
) -> Result<Option<Precision>, Reported> {
    let Some(section) = problems.keep(file.section("precision"))? else { return Ok(None) };
    names::check(&section, &["observable", "relative_error", "max_replicates"], problems);
    if replicates < 2 {
        let header = file.section("sweep").ok().flatten().and_then(|header| header.entry("replicates"));
        let what = "1 replicate has no standard error; with [precision], begin with several, such as 10";
        problems.add(header.map_or_else(|| Problem::new("sweep.replicates", what), |entry| entry.problem(what)));
    }
    let observable = problems.keep(read_observable(&section, declaration));
    let relative_error = problems.keep(read_relative_error(&section));
    let max_replicates = problems.keep(read_most(&section, replicates));
    let (offset, observable) = observable?;
    let (relative_error, max_replicates) = (relative_error?, max_replicates?);
    Ok(Some(Precision { observable, offset, relative_error, max_replicates }))
}

/// The observable, and where its value stands among those of a task.
fn read_observable(
    section: &Section,
    declaration: &'static Declaration,
) -> Result<(usize, &'static Observable), Problem> {
    let scalars: Vec<&Observable> =
        declaration.observables.iter().filter(|observable| observable.is_scalar()).collect();
    let Some(entry) = section.entry("observable") else {
        let names: Vec<&str> = scalars.iter().map(|observable| observable.name()).collect();
        return Err(section.missing("observable", &format!("one of: {}", names.join(", "))));
    };
    let found = names::observable(declaration, &entry, "scalar observable", &scalars)?;
    let offset = declaration.offset(found.name());
    offset.map(|offset| (offset, found)).ok_or_else(|| entry.problem("this observable has no place in a record"))
}

fn read_relative_error(section: &Section) -> Result<f64, Problem> {
    let Some(entry) = section.entry("relative_error") else {
        return Err(section.missing("relative_error", "0.02 makes the standard error 2 % of the mean"));
    };
    match entry.literal()? {
        Literal::Number(number) if number > 0.0 && number < 1.0 => Ok(number),
        Literal::Text(text) => {
            let what = "give a number in (0, 1) without quotes; 0.02 is 2 %";
            Err(entry.problem(format!("{text:?} is a text; {what}")))
        }
        other => Err(entry.problem(format!("{other} is not a number in (0, 1); 0.02 is 2 %"))),
    }
}

fn read_most(section: &Section, replicates: u32) -> Result<u32, Problem> {
    let Some(entry) = section.entry("max_replicates") else {
        return Err(section.missing("max_replicates", "how many replicates may a point have at most?"));
    };
    let most = entry.whole(2, MAXIMUM_REPLICATES)? as u32;
    if most < replicates {
        let what = format!("{most} is less than the {replicates} replicates that every point begins with");
        return Err(entry.problem(format!("{what}; raise it, or lower sweep.replicates")));
    }
    Ok(most)
}
