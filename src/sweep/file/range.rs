//! An axis that is written as a table: a range of numbers, or a list by its name.

use toml::de::DeValue;

use super::super::spacing::{self, Decimal, MOST_DIGITS, Rounding, Walk};
use super::super::{MAXIMUM_TASKS, Problem};
use super::document::{Entry, Section, written};
use crate::experiment::{Kind, Literal, Parameter, Value, unquoted};
use crate::wording::counted;

const MAXIMUM_AXIS: u64 = 10_000_000;
/// Of longer ranges the size is checked first.
const LONG: u64 = 100_000;
const KEYS: [&str; 7] = ["values", "start", "stop", "step", "steps", "digits", "logspace"];
const WITHIN_LOGSPACE: [&str; 5] = ["start", "stop", "step", "steps", "digits"];
/// The most values that a message lists as a remedy.
const SHOWN: usize = 50;

/// What the table says.
pub(super) enum Range<'a> {
    Listed(Entry<'a>),
    Spaced(Vec<Value>),
}

/// What a range is made of, as it is written.
struct Parts<'a> {
    start: Entry<'a>,
    stop: Entry<'a>,
    step: Option<Entry<'a>>,
    steps: Option<Entry<'a>>,
    digits: Option<Entry<'a>>,
}

/// Reads a range and rounds its values as a parameter wants them.
struct Reader<'p> {
    parameter: &'p Parameter,
    rounding: Rounding,
    /// The number of points that the axes before this one make.
    points: u64,
}

/// `{ values = […] }`, `{ start, stop, steps }`, `{ start, stop, step }`, or one of
/// `{ logspace = { start, stop, steps } }`, `{ logspace = [start, stop, steps] }` and
/// `{ start, stop, steps, logspace = true }`; ranges with `digits` if there are to be fewer than 12.
///
/// The axes before this one make so many `points`: what makes more tasks of them than a sweep may have is not written
/// out first.
pub(super) fn read<'a>(entry: &Entry<'a>, parameter: &Parameter, points: u64) -> Result<Range<'a>, Problem> {
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
    let parts = match logspace.as_ref().map(|logspace| (logspace, logspace.value())) {
        None | Some((_, DeValue::Boolean(_))) => Parts::of_table(&table)?,
        Some((logspace, DeValue::Table(_))) => {
            if let Some(digits) = table.entry("digits") {
                return Err(digits.problem_of_name("belongs in the braces of `logspace`, next to `start` and `stop`"));
            }
            alone("logspace")?;
            let inner = logspace.section()?;
            check_keys(&inner, &WITHIN_LOGSPACE)?;
            Parts::of_table(&inner)?
        }
        Some((logspace, DeValue::Array(ends))) if ends.len() == 3 => {
            alone("logspace")?;
            Parts::of_list(logspace)?
        }
        Some((logspace, _)) => {
            return Err(logspace.problem("write { logspace = { start = …, stop = …, steps = … } }"));
        }
    };
    let logspace = logspace.filter(|logspace| !matches!(logspace.value(), DeValue::Boolean(false)));
    let digits = parts.digits.as_ref().map_or(Ok(MOST_DIGITS.into()), |digits| digits.whole(1, MOST_DIGITS.into()))?;
    let rounding = Rounding { digits: digits as u32, is_whole: matches!(parameter.kind, Kind::Integer(..)) };
    let reader = Reader { parameter, rounding, points };
    let values = match &logspace {
        None => reader.linear(&parts)?,
        Some(logspace) => reader.geometric(&parts, logspace)?,
    };
    reader.accept(&values, entry).map(Range::Spaced)
}

fn check_keys(table: &Section, known: &[&str]) -> Result<(), Problem> {
    match table.entries().find(|entry| !known.contains(&entry.name)) {
        None => Ok(()),
        Some(entry) => Err(entry.unknown("key", known)),
    }
}

impl<'a> Parts<'a> {
    fn of_table(table: &Section<'a>) -> Result<Self, Problem> {
        let remedy = "an axis is [values…] or { start = …, stop = …, steps = … }";
        let named = |name: &str| table.entry(name).ok_or_else(|| table.missing(name, remedy));
        let (start, stop) = (named("start")?, named("stop")?);
        let (step, steps) = (table.entry("step"), table.entry("steps"));
        match (&step, &steps) {
            (Some(step), Some(_)) => {
                Err(step.problem_of_name("`steps` already gives the number of values; keep one of the two"))
            }
            (None, None) => {
                Err(table.missing("steps", "how many values, both ends included? Or write `step`, their distance"))
            }
            _ => Ok(Self { start, stop, step, steps, digits: table.entry("digits") }),
        }
    }

    fn of_list(list: &Entry<'a>) -> Result<Self, Problem> {
        let mut elements = list.elements(true).into_iter().flatten();
        match (elements.next(), elements.next(), elements.next()) {
            (Some(start), Some(stop), steps) => Ok(Self { start, stop, step: None, steps, digits: None }),
            _ => Err(list.problem("write [start, stop, steps]")),
        }
    }

    /// How many values there are, unless their distance is given.
    fn count(&self, start: Decimal, stop: Decimal) -> Result<Option<u64>, Problem> {
        let Some(steps) = &self.steps else { return Ok(None) };
        match steps.whole(0, MAXIMUM_AXIS as i64)? {
            1 if start != stop => {
                let (first, last) = (start.literal(), stop.literal());
                Err(steps.problem(format!("one step cannot be both {first} and {last}")))
            }
            count => Ok(Some(count as u64)),
        }
    }
}

impl Reader<'_> {
    fn linear(&self, parts: &Parts) -> Result<Vec<Decimal>, Problem> {
        let (start, stop) = (self.end(&parts.start)?, self.end(&parts.stop)?);
        let count = match (parts.count(start, stop)?, &parts.step) {
            (None, Some(step)) => self.walk(start, stop, step, parts)?,
            (count, _) => count.unwrap_or(0),
        };
        self.check_size(count, parts)?;
        Ok(spacing::linear(start, stop, count, self.rounding))
    }

    fn geometric(&self, parts: &Parts, logspace: &Entry) -> Result<Vec<Decimal>, Problem> {
        if let Some(step) = &parts.step {
            let what = "the values of `logspace` have a ratio, not a distance; write `steps`, the number of values";
            return Err(step.problem_of_name(what));
        }
        let (start, stop) = (decimal(&parts.start)?, decimal(&parts.stop)?);
        if !(start.is_positive() && stop.is_positive()) {
            let (start, stop) = (start.literal(), stop.literal());
            let what = format!("start = {start} and stop = {stop} are the first and last values and must be positive");
            return Err(logspace.problem(what));
        }
        let (start, stop) = (self.end(&parts.start)?, self.end(&parts.stop)?);
        let count = parts.count(start, stop)?.unwrap_or(0);
        self.check_size(count, parts)?;
        Ok(spacing::geometric(start, stop, count, self.rounding))
    }

    /// Refuses a long range that gives more tasks than a sweep may have, before its values are written out. The size of
    /// a short one is checked with the whole sweep.
    fn check_size(&self, count: u64, parts: &Parts) -> Result<(), Problem> {
        if count <= LONG || self.points.saturating_mul(count) <= MAXIMUM_TASKS {
            return Ok(());
        }
        let (points, entry) = (self.points, parts.steps.as_ref().or(parts.step.as_ref()).unwrap_or(&parts.stop));
        let what = format!("{count} values at each of {points} points; a sweep has at most {MAXIMUM_TASKS} tasks");
        Err(entry.problem(what))
    }

    /// An end: a value of the parameter that rounding leaves as it is.
    fn end(&self, entry: &Entry) -> Result<Decimal, Problem> {
        decimal(entry)?;
        let value = self.parameter.accept(&entry.literal()?).map_err(|what| entry.problem(what))?;
        let end = Decimal::of(&value.into()).ok_or_else(|| entry.problem("not a number"))?;
        let most = self.rounding.digits;
        if end.digits() <= most {
            return Ok(end);
        }
        let written = written(entry.value());
        let (rounded, otherwise) =
            (self.rounding.of(end).literal(), if most < MOST_DIGITS { "more `digits`" } else { "a list of values" });
        let remedy = match self.parameter.accept(&rounded) {
            Ok(rounded) => format!("{rounded}, or {otherwise}"),
            Err(_) => otherwise.to_string(),
        };
        let (digits, most) = (end.digits(), counted(most, "significant digit"));
        Err(entry.problem(format!(
            "{written} has {digits} digits, and a value of a range has at most {most}; write {remedy}"
        )))
    }

    /// The number of values at this distance.
    fn walk(&self, start: Decimal, stop: Decimal, step: &Entry, parts: &Parts) -> Result<u64, Problem> {
        let distance = decimal(step)?;
        let (from, to, by) = (start.literal(), stop.literal(), distance.literal());
        if distance.is_zero() {
            let what =
                "0 leads nowhere; write the distance from one value to the next, or `steps`, the number of values";
            return Err(step.problem(what));
        }
        let near = match spacing::walk(start, stop, distance) {
            Walk::Arrives(steps) => {
                let count = u64::try_from(&steps).ok().filter(|steps| *steps < MAXIMUM_AXIS).map(|steps| steps + 1);
                let what =
                    || format!("{by} makes more than {MAXIMUM_AXIS} values from {from} to {to}; write a larger one");
                return count.ok_or_else(|| step.problem(what()));
            }
            Walk::LeadsAway => {
                let turned = distance.negated().literal();
                return Err(step.problem(format!("{by} leads from {from} away from {to}; write {turned}")));
            }
            Walk::Misses(near) => near,
        };
        let is_good = |near: &Decimal| {
            *near != start && near.digits() <= self.rounding.digits && self.parameter.accept(&near.literal()).is_ok()
        };
        let good = near.into_iter().flatten().filter(is_good);
        let good: Vec<String> = good.map(|near| format!("stop = {}", near.literal())).collect();
        let remedy = if good.is_empty() { "another `step`, or `steps`".to_string() } else { good.join(" or ") };
        Err(parts.stop.problem(format!("{to} is not reached from {from} in steps of {by}; write {remedy}")))
    }

    /// The values of the parameter, no two of which may have become one.
    fn accept(&self, values: &[Decimal], entry: &Entry) -> Result<Vec<Value>, Problem> {
        let accept = |value: &Decimal| self.parameter.accept(&value.literal()).map_err(|what| entry.problem(what));
        let values: Vec<Value> = values.iter().map(accept).collect::<Result<_, _>>()?;
        let mut distinct = values.clone();
        distinct.dedup_by_key(|value| value.key());
        if distinct.len() == values.len() {
            return Ok(values);
        }
        let written = || distinct.iter().map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
        let remedy = if distinct.len() > SHOWN { "fewer `steps`".to_string() } else { format!("[{}]", written()) };
        let to = if self.rounding.is_whole { "whole numbers".into() } else { counted(self.rounding.digits, "digit") };
        let (count, left) = (counted(values.len(), "value"), counted(distinct.len(), "different one"));
        Err(entry.problem(format!("rounded to {to}, the {count} of this range are {left}; write {remedy}")))
    }
}

/// A finite number.
fn decimal(entry: &Entry) -> Result<Decimal, Problem> {
    let literal = entry.literal()?;
    Decimal::of(&literal).ok_or_else(|| match &literal {
        Literal::Text(text) => {
            let is_finite = |literal: &Literal| Decimal::of(literal).is_some();
            entry.problem(unquoted(text, is_finite).unwrap_or_else(|| format!("{text:?} is not a finite number")))
        }
        other => entry.problem(format!("{other} is not a finite number")),
    })
}
