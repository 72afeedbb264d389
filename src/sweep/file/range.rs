//! An axis that is written as a table: a range of numbers, or a list by its name.

use toml::de::DeValue;

use super::super::{Problem, spacing};
use super::document::{Entry, Section};
use crate::experiment::{Literal, unquoted};

const MAXIMUM_AXIS: i64 = 10_000_000;
const KEYS: [&str; 5] = ["values", "start", "stop", "steps", "logspace"];
const ENDS: [&str; 3] = ["start", "stop", "steps"];

/// What the table says.
pub(super) enum Range<'a> {
    Listed(Entry<'a>),
    Spaced(Vec<Literal>),
}

/// The two ends, both included, and how many values there are.
struct Ends {
    start: f64,
    stop: f64,
    steps: usize,
}

/// `{ values = […] }`, `{ start, stop, steps }`, or one of `{ logspace = { start, stop, steps } }`,
/// `{ logspace = [start, stop, steps] }` and `{ start, stop, steps, logspace = true }`.
pub(super) fn read<'a>(entry: &Entry<'a>) -> Result<Range<'a>, Problem> {
    let table = entry.section()?;
    check_keys(&table, &KEYS)?;
    let alone = |name: &str| match table.len() {
        1 => Ok(()),
        _ => Err(entry.problem(format!("`{name}` cannot be combined with other keys; remove them"))),
    };
    if let Some(values) = table.entry("values") {
        alone("values")?;
        let is_list = values.elements(false).is_some();
        return if is_list { Ok(Range::Listed(values)) } else { Err(values.problem("not a list")) };
    }
    let logspace = table.entry("logspace");
    let ends = match logspace.as_ref().map(|logspace| (logspace, logspace.value())) {
        None | Some((_, DeValue::Boolean(_))) => Ends::of_table(&table)?,
        Some((logspace, written)) => {
            alone("logspace")?;
            match written {
                DeValue::Table(_) => {
                    let inner = logspace.section()?;
                    check_keys(&inner, &ENDS)?;
                    Ends::of_table(&inner)?
                }
                DeValue::Array(ends) if ends.len() == ENDS.len() => Ends::of_list(logspace)?,
                _ => return Err(logspace.problem("write { logspace = { start = …, stop = …, steps = … } }")),
            }
        }
    };
    match logspace.filter(|logspace| !matches!(logspace.value(), DeValue::Boolean(false))) {
        None => Ok(spaced(spacing::linear(ends.start, ends.stop, ends.steps))),
        Some(logspace) => {
            let Ends { start, stop, steps } = ends;
            if !(start > 0.0 && stop > 0.0) {
                let (start, stop) = (Literal::Number(start), Literal::Number(stop));
                let what =
                    format!("start = {start} and stop = {stop} are the first and last values and must be positive");
                return Err(logspace.problem(what));
            }
            Ok(spaced(spacing::geometric(start, stop, steps)))
        }
    }
}

fn check_keys(table: &Section, known: &[&str]) -> Result<(), Problem> {
    match table.entries().find(|entry| !known.contains(&entry.name)) {
        None => Ok(()),
        Some(entry) => Err(entry.unknown("key", known)),
    }
}

fn spaced(numbers: Vec<f64>) -> Range<'static> {
    Range::Spaced(numbers.into_iter().map(Literal::Number).collect())
}

impl Ends {
    fn of_table(table: &Section) -> Result<Self, Problem> {
        let named = |name: &str, remedy: &str| table.entry(name).ok_or_else(|| table.missing(name, remedy));
        let remedy = "an axis is [values…] or { start = …, stop = …, steps = … }";
        let (start, stop) = (named("start", remedy)?, named("stop", remedy)?);
        Self::new(&start, &stop, &named("steps", "how many values, both ends included?")?)
    }

    fn of_list(list: &Entry) -> Result<Self, Problem> {
        let elements: Vec<Entry> = list.elements(true).into_iter().flatten().collect();
        match &elements[..] {
            [start, stop, steps] => Self::new(start, stop, steps),
            _ => Err(list.problem("write [start, stop, steps]")),
        }
    }

    fn new(start: &Entry, stop: &Entry, steps: &Entry) -> Result<Self, Problem> {
        let (first, last) = (number(start)?, number(stop)?);
        match steps.whole(0, MAXIMUM_AXIS)? {
            1 if first != last => {
                let (first, last) = (Literal::Number(first), Literal::Number(last));
                Err(steps.problem(format!("one step cannot be both {first} and {last}")))
            }
            count => Ok(Self { start: first, stop: last, steps: count as usize }),
        }
    }
}

fn number(entry: &Entry) -> Result<f64, Problem> {
    match entry.literal()? {
        Literal::Number(number) if number.is_finite() => Ok(number),
        Literal::Integer(integer) => Ok(integer as f64),
        Literal::Text(text) => {
            let is_finite = |literal: &Literal| !matches!(literal, Literal::Number(number) if !number.is_finite());
            let what = unquoted(&text, is_finite).unwrap_or_else(|| format!("{text:?} is not a finite number"));
            Err(entry.problem(what))
        }
        other => Err(entry.problem(format!("{other} is not a finite number"))),
    }
}
