//! `[theory]`: how precise the theory is to be.

use super::super::Problem;
use super::document::Section;
use super::names;
use super::problems::{Problems, Reported};
use crate::experiment::{Declaration, Literal, RelativeError};

/// The relative standard error that the file asks for, if it asks for one and it makes a difference.
pub(super) fn read(
    file: &Section,
    declaration: &'static Declaration,
    problems: &mut Problems,
) -> Result<Option<f64>, Reported> {
    let Some(section) = problems.keep(file.section("theory"))? else { return Ok(None) };
    names::check(&section, &["relative_error"], problems);
    let Some(theory) = declaration.theory else {
        let what = format!("the experiment {:?} has no theory; remove the table", declaration.name);
        return Err(problems.add(section.problem(what)));
    };
    let wanted = read_relative_error(&section, theory.relative_error);
    problems.keep(wanted)
}

fn read_relative_error(section: &Section, range: Option<RelativeError>) -> Result<Option<f64>, Problem> {
    let Some(entry) = section.entry("relative_error") else {
        return Err(section.missing("relative_error", "0.005 makes its standard error 0.5 % of its value"));
    };
    let wanted = match entry.literal()? {
        Literal::Number(number) => number,
        Literal::Integer(integer) => integer as f64,
        Literal::Text(text) => {
            return Err(entry.problem(format!("{text:?} is a text; give a number without quotes; 0.005 is 0.5 %")));
        }
    };
    match range {
        // An exact theory is as precise as anybody can ask.
        None if wanted > 0.0 && wanted < 1.0 => Ok(None),
        None => Err(entry.problem(format!("{wanted} is not a number in (0, 1); 0.005 is 0.5 %"))),
        Some(range) => range.accept(&wanted.to_string()).map(Some).map_err(|what| entry.problem(what)),
    }
}
