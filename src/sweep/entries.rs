//! Entries of a sweep file: a key with its value, as texts, numbers and tables.

use toml::{Table, Value as Toml};

use super::Problem;
use crate::experiment::Literal;

pub(super) fn literal(key: &str, value: &Toml) -> Result<Literal, Problem> {
    match value {
        Toml::Integer(integer) => Ok(Literal::Integer(*integer)),
        Toml::Float(number) => Ok(Literal::Number(*number)),
        Toml::String(text) => Ok(Literal::Text(text.clone())),
        Toml::Array(_) => Err(Problem::new(key, "a list where one value is wanted; lists go into [grid]")),
        other => Err(Problem::new(key, format!("{} is neither a number nor a text", other.type_str()))),
    }
}

pub(super) fn known_keys(prefix: &str, table: &Table, known: &[&str]) -> Result<(), Problem> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(Problem::unknown(format!("{prefix}{key}"), "key", key, known)),
    }
}

pub(super) fn subtable<'a>(table: &'a Table, name: &str) -> Result<Option<&'a Table>, Problem> {
    match table.get(name) {
        None => Ok(None),
        Some(Toml::Table(found)) => Ok(Some(found)),
        Some(other) => Err(Problem::new(name, format!("a {} where the table [{name}] is wanted", other.type_str()))),
    }
}

pub(super) fn text_at<'a>(key: &str, table: &'a Table, name: &str) -> Result<Option<&'a str>, Problem> {
    match table.get(name) {
        None => Ok(None),
        Some(Toml::String(text)) => Ok(Some(text)),
        Some(other) => Err(Problem::new(key, format!("{other} is not a text; put it in quotes"))),
    }
}

pub(super) fn whole_at(
    key: &str,
    table: &Table,
    name: &str,
    low: i64,
    high: i64,
    default: i64,
) -> Result<i64, Problem> {
    match table.get(name) {
        None => Ok(default),
        Some(Toml::Integer(integer)) if (low..=high).contains(integer) => Ok(*integer),
        Some(other) => Err(Problem::new(key, format!("{other} is not a whole number from {low} to {high}"))),
    }
}
