//! One parameter: its declaration in the catalogue, and its validated value.

use std::fmt;
use std::ops::Bound;

use super::quantity::{Quantity, described};
use super::refusal::refusal;

/// How far from a short decimal a number that is meant to be it may lie.
const UNITS_IN_THE_LAST_PLACE: u64 = 4;

/// The declaration of one parameter.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its words and its unit.
    pub quantity: Quantity,
    /// What values it takes.
    pub kind: Kind,
    /// Its value where none is given.
    pub default: Value,
}

described!(Parameter);

/// What values a parameter takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A number within a range.
    Number(Range),
    /// A whole number from the first to the second.
    Integer(i64, i64),
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// The numbers that a parameter may have.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    low: Bound<f64>,
    high: Bound<f64>,
}

impl Range {
    /// From `low` to `high`, both included.
    pub const fn closed(low: f64, high: f64) -> Self {
        Self { low: Bound::Included(low), high: Bound::Included(high) }
    }

    /// Between `low` and `high`, neither included.
    pub const fn open(low: f64, high: f64) -> Self {
        Self { low: Bound::Excluded(low), high: Bound::Excluded(high) }
    }

    /// From `low`, which is included, to below `high`.
    pub const fn below(low: f64, high: f64) -> Self {
        Self { low: Bound::Included(low), high: Bound::Excluded(high) }
    }

    /// Above 0, up to `high`, which is included.
    pub const fn positive(high: f64) -> Self {
        Self { low: Bound::Excluded(0.0), high: Bound::Included(high) }
    }

    /// 0 and all positive numbers.
    pub const NOT_NEGATIVE: Self = Self { low: Bound::Included(0.0), high: Bound::Unbounded };

    /// The least and the greatest number, or those that all are above and below; none where there is no end.
    pub(crate) fn ends(self) -> (Option<f64>, Option<f64>) {
        let end = |bound| match bound {
            Bound::Included(end) | Bound::Excluded(end) => Some(end),
            Bound::Unbounded => None,
        };
        (end(self.low), end(self.high))
    }

    fn contains(self, number: f64) -> bool {
        std::ops::RangeBounds::contains(&(self.low, self.high), &number)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self.low.map(Literal::Number) {
            Bound::Included(low) => write!(formatter, "[{low}, ")?,
            Bound::Excluded(low) => write!(formatter, "({low}, ")?,
            Bound::Unbounded => formatter.write_str("(-inf, ")?,
        }
        match self.high.map(Literal::Number) {
            Bound::Included(high) => write!(formatter, "{high}]"),
            Bound::Excluded(high) => write!(formatter, "{high})"),
            Bound::Unbounded => formatter.write_str("inf)"),
        }
    }
}

/// A validated parameter value in canonical form: finite, no negative zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Of a number parameter.
    Number(f64),
    /// Of a whole-number parameter.
    Integer(i64),
    /// Of a parameter that is one of some words.
    Choice(&'static str),
}

/// A value as it was written, before a parameter has accepted it.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// With a point or an exponent.
    Number(f64),
    /// Without either.
    Integer(i64),
    /// In quotes, or what is not a number.
    Text(String),
}

/// The decimal of at most 15 digits that a number is meant to be: it lies within 4 units in the last place, so that
/// arithmetic in double precision may have left the one where the other was wanted (0.30000000000000004, 0.3). A number
/// that is near none is itself.
pub(crate) fn canonical(number: f64) -> f64 {
    let decimal = format!("{number:.14e}").parse::<f64>().ok().filter(|decimal| decimal.is_finite());
    let is_meant = |decimal: &f64| decimal.to_bits().abs_diff(number.to_bits()) <= UNITS_IN_THE_LAST_PLACE;
    // Adding 0 makes -0 positive.
    decimal.filter(is_meant).unwrap_or(number) + 0.0
}

impl Parameter {
    /// A number within a range.
    pub const fn number(name: &'static str, range: Range, default: f64) -> Self {
        Self { quantity: Quantity::new(name), kind: Kind::Number(range), default: Value::Number(default) }
    }

    /// A whole number from `least` to `most`.
    pub const fn whole(name: &'static str, least: i64, most: i64, default: i64) -> Self {
        Self { quantity: Quantity::new(name), kind: Kind::Integer(least, most), default: Value::Integer(default) }
    }

    /// One of some words, the first of which is the default.
    pub const fn choice(name: &'static str, choices: &'static [&'static str]) -> Self {
        Self { quantity: Quantity::new(name), kind: Kind::Choice(choices), default: Value::Choice(choices[0]) }
    }

    /// With another default.
    pub(crate) const fn with_default(mut self, default: f64) -> Self {
        self.default = Value::Number(default);
        self
    }

    /// The canonical value of what was written.
    ///
    /// # Errors
    /// One sentence: the value, why it is refused, and what is expected.
    pub fn accept(&self, literal: &Literal) -> Result<Value, String> {
        let value = match (&self.kind, literal) {
            (Kind::Number(_), Literal::Number(number)) => Some(Value::Number(canonical(*number))),
            (Kind::Number(_), Literal::Integer(integer)) => Some(Value::Number(canonical(*integer as f64))),
            (Kind::Integer(..), Literal::Integer(integer)) => Some(Value::Integer(*integer)),
            // Programs write whole numbers with a point, too.
            (Kind::Integer(..), Literal::Number(number)) => {
                let number = canonical(*number);
                (number.fract() == 0.0 && number.abs() < 9e15).then_some(Value::Integer(number as i64))
            }
            (Kind::Choice(choices), Literal::Text(text)) => {
                choices.iter().find(|choice| *choice == text).map(|choice| Value::Choice(choice))
            }
            _ => None,
        };
        match value {
            Some(value) if self.contains(value) => Ok(value),
            _ => Err(refusal(self, literal)),
        }
    }

    fn contains(&self, value: Value) -> bool {
        match (self.kind, value) {
            (Kind::Number(range), Value::Number(number)) => number.is_finite() && range.contains(number),
            (Kind::Integer(low, high), Value::Integer(integer)) => (low..=high).contains(&integer),
            (Kind::Choice(choices), Value::Choice(choice)) => choices.contains(&choice),
            _ => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Kind::Number(range) => write!(formatter, "a number in {range}"),
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

    /// The number, if it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Integer(integer) => Some(*integer as f64),
            Value::Choice(_) => None,
        }
    }

    /// A number or a text of JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        match self {
            Value::Number(number) => (*number).into(),
            Value::Integer(integer) => (*integer).into(),
            Value::Choice(choice) => (*choice).into(),
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

impl Literal {
    /// A text from the command line, as a sweep file would have it.
    pub fn read(text: &str) -> Self {
        let integer = || text.parse().map(Literal::Integer).ok();
        let number = || text.parse().map(Literal::Number).ok();
        integer().or_else(number).unwrap_or_else(|| Literal::Text(text.to_string()))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_next_to_a_short_decimal_is_that_decimal() {
        for (written, meant) in [
            (0.1 + 0.2, 0.3),
            (0.7 + 0.1, 0.8),
            (3.0 * 1.1, 3.3),
            (1e-7 * 3.0, 3e-7),
            (-0.1 * 3.0, -0.3),
            (0.9999999999999999, 1.0),
            (-0.0, 0.0),
            // 16 digits, and more than 4 units away from 15.
            (0.1000000000000001, 0.1000000000000001),
            (1.0 / 3.0, 1.0 / 3.0),
            (0.1 + 5.0 * f64::EPSILON / 16.0, 0.1 + 5.0 * f64::EPSILON / 16.0),
            (0.1 + 4.0 * f64::EPSILON / 16.0, 0.1),
            (f64::MAX, f64::MAX),
            (-f64::MAX, -f64::MAX),
            (5e-324, 5e-324),
            (1.5e-323, 1.5e-323),
            (9007199254740993.0, 9.00719925474099e15),
        ] {
            assert_eq!(canonical(written).to_bits(), f64::to_bits(meant), "{written:e}");
        }
        assert!(canonical(f64::NAN).is_nan());
        assert_eq!(canonical(f64::NEG_INFINITY), f64::NEG_INFINITY);
        let whole = Parameter::whole("inputs", 1, i64::MAX, 1);
        assert_eq!(whole.accept(&Literal::Number(2.9999999999999996)), Ok(Value::Integer(3)));
        assert_eq!(whole.accept(&Literal::Integer(i64::MAX)), Ok(Value::Integer(i64::MAX)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100_000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_meant_is_meant_again(bits in any::<u64>()) {
            let meant = canonical(f64::from_bits(bits));
            prop_assert_eq!(canonical(meant).to_bits(), meant.to_bits());
        }

        #[test]
        fn a_decimal_of_at_most_15_digits_is_itself(
            mantissa in -999_999_999_999_999i64..=999_999_999_999_999, exponent in -340..=290, cut in 0..15u32,
        ) {
            let written: f64 = format!("{}e{exponent}", mantissa / 10i64.pow(cut)).parse().unwrap();
            prop_assert_eq!(canonical(written).to_bits(), (written + 0.0).to_bits());
        }
    }
}
