//! Parameters: their declaration in the catalogue, and their validated values.

use std::fmt;
use std::ops::Bound;

use super::TaskError;

/// The declaration of one parameter.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    /// UDUNITS text; "1" for pure numbers.
    pub unit: &'static str,
    pub kind: Kind,
    pub default: Value,
    pub doc: &'static str,
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Number(Bound<f64>, Bound<f64>),
    Integer(i64, i64),
    Choice(&'static [&'static str]),
}

/// A validated parameter value in canonical form: finite, no negative zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Integer(i64),
    Choice(&'static str),
}

/// A value as somebody wrote it, before a parameter has accepted it.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Number(f64),
    Integer(i64),
    Text(String),
}

impl Parameter {
    /// The canonical value of what somebody wrote.
    ///
    /// # Errors
    /// One sentence: the value, why it is refused, and what is wanted.
    pub fn accept(&self, literal: &Literal) -> Result<Value, String> {
        let value = match (&self.kind, literal) {
            (Kind::Number(..), Literal::Number(number)) => Some(Value::Number(*number + 0.0)),
            (Kind::Number(..), Literal::Integer(integer)) => Some(Value::Number(*integer as f64)),
            (Kind::Integer(..), Literal::Integer(integer)) => Some(Value::Integer(*integer)),
            // A linspace over an integer parameter lands on floats.
            (Kind::Integer(..), Literal::Number(number)) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Some(Value::Integer(*number as i64))
            }
            (Kind::Choice(choices), Literal::Text(text)) => {
                choices.iter().find(|choice| *choice == text).map(|choice| Value::Choice(choice))
            }
            _ => None,
        };
        match value {
            Some(value) if self.contains(value) => Ok(value),
            _ => Err(format!("{literal} is not {}", self.kind)),
        }
    }

    fn contains(&self, value: Value) -> bool {
        match (self.kind, value) {
            (Kind::Number(low, high), Value::Number(number)) => {
                number.is_finite() && std::ops::RangeBounds::contains(&(low, high), &number)
            }
            (Kind::Integer(low, high), Value::Integer(integer)) => (low..=high).contains(&integer),
            (Kind::Choice(choices), Value::Choice(choice)) => choices.contains(&choice),
            _ => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Kind::Number(low, high) => {
                formatter.write_str("a number in ")?;
                match low {
                    Bound::Included(low) => write!(formatter, "[{low}, ")?,
                    Bound::Excluded(low) => write!(formatter, "({low}, ")?,
                    Bound::Unbounded => formatter.write_str("(-inf, ")?,
                }
                match high {
                    Bound::Included(high) => write!(formatter, "{high}]"),
                    Bound::Excluded(high) => write!(formatter, "{high})"),
                    Bound::Unbounded => formatter.write_str("inf)"),
                }
            }
            Kind::Integer(low, high) => write!(formatter, "a whole number from {low} to {high}"),
            Kind::Choice(choices) => {
                let quoted: Vec<String> = choices.iter().map(|choice| format!("{choice:?}")).collect();
                write!(formatter, "one of {}", quoted.join(", "))
            }
        }
    }
}

impl Value {
    /// Equal for equal values of one parameter, and fast to compare.
    pub fn key(&self) -> (u64, &'static str) {
        match self {
            Value::Number(number) => (number.to_bits(), ""),
            Value::Integer(integer) => (*integer as u64, ""),
            Value::Choice(choice) => (0, choice),
        }
    }

    /// The text that enters a task's identity: shortest decimal digits that name the number, with an exponent.
    pub fn identity(&self) -> String {
        match self {
            Value::Number(number) => format!("{number:e}"),
            Value::Integer(integer) => integer.to_string(),
            Value::Choice(choice) => (*choice).to_string(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        Literal::from(*self).fmt(formatter)
    }
}

impl From<Value> for Literal {
    fn from(value: Value) -> Self {
        match value {
            Value::Number(number) => Literal::Number(number),
            Value::Integer(integer) => Literal::Integer(integer),
            Value::Choice(choice) => Literal::Text(choice.to_string()),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Literal::Number(number) if *number != 0.0 && !(1e-5..1e16).contains(&number.abs()) => {
                write!(formatter, "{number:e}")
            }
            Literal::Number(number) => write!(formatter, "{number}"),
            Literal::Integer(integer) => write!(formatter, "{integer}"),
            Literal::Text(text) => write!(formatter, "{text}"),
        }
    }
}

/// One value for every parameter of an experiment, in the order of its catalogue entry.
#[derive(Clone, Debug)]
pub struct Parameters {
    declared: &'static [Parameter],
    values: Vec<Value>,
}

impl Parameters {
    pub fn defaults(declared: &'static [Parameter]) -> Self {
        Self { declared, values: declared.iter().map(|parameter| parameter.default).collect() }
    }

    /// Names and values, in catalogue order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Value)> + '_ {
        self.declared.iter().map(|parameter| parameter.name).zip(self.values.iter().copied())
    }

    /// Sets the parameter at a catalogue position to a value that this parameter has accepted.
    pub(crate) fn set(&mut self, position: usize, value: Value) {
        self.values[position] = value;
    }

    pub(crate) fn get(&self, position: usize) -> Value {
        self.values[position]
    }

    /// # Errors
    /// The catalogue entry declares no number of that name.
    pub fn number(&self, name: &'static str) -> Result<f64, TaskError> {
        match self.named(name) {
            Some(Value::Number(number)) => Ok(number),
            _ => Err(TaskError::Undeclared(name)),
        }
    }

    /// # Errors
    /// The catalogue entry declares no whole number of that name, or one that can be negative.
    pub fn count(&self, name: &'static str) -> Result<usize, TaskError> {
        match self.named(name) {
            Some(Value::Integer(integer)) => usize::try_from(integer).map_err(|_| TaskError::Undeclared(name)),
            _ => Err(TaskError::Undeclared(name)),
        }
    }

    /// # Errors
    /// The catalogue entry declares no choice of that name.
    pub fn choice(&self, name: &'static str) -> Result<&'static str, TaskError> {
        match self.named(name) {
            Some(Value::Choice(choice)) => Ok(choice),
            _ => Err(TaskError::Undeclared(name)),
        }
    }

    fn named(&self, name: &str) -> Option<Value> {
        self.iter().find(|(declared, _)| *declared == name).map(|(_, value)| value)
    }
}

impl fmt::Display for Parameters {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(formatter, "{comma}{name} = {value}")?;
        }
        Ok(())
    }
}
