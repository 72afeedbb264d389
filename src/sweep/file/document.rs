//! A sweep file as tables of entries that know where in the text they stand.

use std::ops::Range;
use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::super::Problem;
use crate::experiment::{Literal, unquoted};

/// A table of the file.
pub(super) struct Section<'a> {
    /// With the dot that comes before the name of an entry; empty for the file itself.
    prefix: String,
    /// Its header, or all of it if it is written inline.
    place: Option<Range<usize>>,
    table: &'a DeTable<'a>,
}

/// A name with its value.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    /// With its table: `grid.input_correlation`.
    pub(super) key: Rc<str>,
    pub(super) name: &'a str,
    name_place: Range<usize>,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub(super) fn file(table: &'a DeTable<'a>) -> Self {
        Self { prefix: String::new(), place: None, table }
    }

    /// In the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'a>> + '_ {
        self.table.iter().map(|(name, value)| Entry {
            key: format!("{}{}", self.prefix, name.get_ref()).into(),
            name: name.get_ref(),
            name_place: name.span(),
            value,
        })
    }

    /// The number of entries.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    pub(super) fn entry(&self, name: &str) -> Option<Entry<'a>> {
        self.entries().find(|entry| entry.name == name)
    }

    pub(super) fn section(&self, name: &str) -> Result<Option<Section<'a>>, Problem> {
        self.entry(name).map(|entry| entry.section()).transpose()
    }

    /// An entry that is wanted and not there.
    pub(super) fn missing(&self, name: &str, remedy: &str) -> Problem {
        Problem::new(format!("{}{name}", self.prefix), format!("missing; {remedy}")).at(self.place.clone())
    }

    /// Something wrong with the table.
    pub(super) fn problem(&self, what: impl Into<String>) -> Problem {
        let key = self.prefix.trim_end_matches('.');
        Problem::new(key, what).at(self.place.clone())
    }
}

impl<'a> Entry<'a> {
    /// Something wrong with the value.
    pub(super) fn problem(&self, what: impl Into<String>) -> Problem {
        Problem::new(&*self.key, what).at(Some(self.value.span()))
    }

    /// Something wrong with the name.
    pub(super) fn problem_of_name(&self, what: impl Into<String>) -> Problem {
        Problem::new(&*self.key, what).at(Some(self.name_place.clone()))
    }

    /// A name that is not one of those known.
    pub(super) fn unknown(&self, kind: &str, known: &[&str]) -> Problem {
        Problem::unknown(&*self.key, kind, self.name, known).at(Some(self.name_place.clone()))
    }

    /// A value that is not one of those known.
    pub(super) fn unknown_value(&self, kind: &str, name: &str, known: &[&str]) -> Problem {
        Problem::unknown(&*self.key, kind, name, known).at(Some(self.value.span()))
    }

    pub(super) fn value(&self) -> &'a DeValue<'a> {
        self.value.get_ref()
    }

    /// The value as a table.
    pub(super) fn section(&self) -> Result<Section<'a>, Problem> {
        match self.value() {
            DeValue::Table(table) => {
                Ok(Section { prefix: format!("{}.", self.key), place: Some(self.value.span()), table })
            }
            other => {
                Err(self.problem(format!("a value ({}) where the table [{}] is expected", other.type_str(), self.key)))
            }
        }
    }

    /// The elements of a list, each with the key of the list or, if `numbered`, with its place as well; none if the
    /// value is not a list.
    pub(super) fn elements(&self, numbered: bool) -> Option<impl Iterator<Item = Entry<'a>> + use<'a>> {
        let DeValue::Array(elements) = self.value() else { return None };
        let Self { key, name, name_place, .. } = self.clone();
        Some(elements.iter().enumerate().map(move |(index, value)| {
            let key = if numbered { format!("{key}[{index}]").into() } else { Rc::clone(&key) };
            Entry { key, name, name_place: name_place.clone(), value }
        }))
    }

    pub(super) fn text(&self) -> Result<&'a str, Problem> {
        match self.value() {
            DeValue::String(text) => Ok(text),
            other @ (DeValue::Array(_) | DeValue::Table(_)) => {
                Err(self.problem(format!("{} where a text is expected", written(other))))
            }
            other => Err(self.problem(format!("{} is not a text; put it in quotes", written(other)))),
        }
    }

    pub(super) fn whole(&self, least: i64, most: i64) -> Result<i64, Problem> {
        let wanted = format!("not a whole number from {least} to {most}");
        let is_wanted =
            |literal: &Literal| matches!(literal, Literal::Integer(integer) if (least..=most).contains(integer));
        match self.literal()? {
            Literal::Integer(integer) if (least..=most).contains(&integer) => Ok(integer),
            Literal::Text(text) => {
                Err(self.problem(unquoted(&text, is_wanted).unwrap_or_else(|| format!("{text:?} is {wanted}"))))
            }
            other => Err(self.problem(format!("{other} is {wanted}"))),
        }
    }

    /// A single number or text.
    pub(super) fn literal(&self) -> Result<Literal, Problem> {
        match self.value() {
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .map(Literal::Integer)
                .map_err(|_| self.problem(beyond(integer))),
            DeValue::Float(number) => {
                let read = number.as_str().parse::<f64>().ok();
                let read = read.filter(|read| read.is_finite() || number.as_str().ends_with(['f', 'n']));
                let beyond = || self.problem(format!("{number} is too large; numbers end near 1.8e308"));
                read.map(Literal::Number).ok_or_else(beyond)
            }
            DeValue::String(text) => Ok(Literal::Text(text.to_string())),
            DeValue::Array(_) => Err(self.problem("a list where one value is expected")),
            DeValue::Table(_) => Err(self.problem("a table where one value is expected")),
            other => Err(self.problem(format!("{} is neither a number nor a text", written(other)))),
        }
    }
}

/// The message for a whole number of more than 64 bits.
fn beyond(integer: &DeInteger) -> String {
    match integer.as_str().starts_with('-') {
        false => format!("{integer} is larger than {}, the largest whole number", i64::MAX),
        true => format!("{integer} is less than {}, the smallest whole number", i64::MIN),
    }
}

/// A value in a message: as it stands in the file, if that is short.
pub(super) fn written(value: &DeValue) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(integer) => integer.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(time) => format!("the datetime {time}"),
        DeValue::Array(_) => "a list".into(),
        DeValue::Table(_) => "a table".into(),
    }
}
