//! One cell of a table: a text for people, and the same at full precision for programs.

use crate::experiment::Value;
use crate::report::number;

/// What a row has in a column. In numbers, NaN means unknown.
pub(crate) enum Cell {
    Parameter(Value),
    /// The position of a value along a further dimension.
    Coordinate(f64),
    Count(usize),
    /// A number and its error, which people see together, and programs without the error.
    Measured(f64, f64),
    /// A number, which people see with the digits that this error of another number allows.
    Rounded(f64, f64),
    /// A standard error, which has its own number of digits.
    Error(f64),
    /// A fraction, which people see in percent with its sign.
    Percent(f64),
    /// A difference, which people see with its sign.
    Signed(f64),
    /// A number, which people see with one decimal.
    Decimal(f64),
    YesOrNo(Option<bool>),
    /// A star for those rows that a note speaks of.
    Mark(bool),
}

impl Cell {
    /// What people see; it is empty if nothing is known.
    pub(crate) fn text(&self) -> String {
        match *self {
            Cell::Parameter(value) => value.to_string(),
            Cell::Coordinate(number) => known(number, |number| Value::Number(number).to_string()),
            Cell::Count(count) => count.to_string(),
            Cell::Measured(number, error) => number::with_error(number, error).to_string(),
            Cell::Rounded(number, error) => number::to_the_error(number, error).to_string(),
            Cell::Error(error) => number::error(error).to_string(),
            Cell::Percent(fraction) => number::signed_percent(fraction, 1),
            Cell::Signed(number) => number::signed(number, 1),
            Cell::Decimal(number) => number::unsigned(number, 1),
            Cell::YesOrNo(answer) => answer.map_or("", |yes| if yes { "yes" } else { "no" }).into(),
            Cell::Mark(is_marked) => if is_marked { "*" } else { "" }.into(),
        }
    }

    /// The number of a parameter or a coordinate, which may be shortened for people.
    pub(super) fn label(&self) -> Option<f64> {
        match *self {
            Cell::Parameter(Value::Number(number)) | Cell::Coordinate(number) => Some(number),
            _ => None,
        }
    }

    /// With another number for the [label](Self::label), if there is one.
    pub(super) fn with_number(self, other: impl Fn(f64) -> Option<f64>) -> Self {
        match (self.label().and_then(other), &self) {
            (Some(number), Cell::Parameter(_)) => Cell::Parameter(Value::Number(number)),
            (Some(number), _) => Cell::Coordinate(number),
            (None, _) => self,
        }
    }

    /// The number that programs see; a parameter that is a choice has none.
    pub(crate) fn number(&self) -> f64 {
        match *self {
            Cell::Parameter(Value::Integer(integer)) => integer as f64,
            Cell::Parameter(Value::Choice(_)) => f64::NAN,
            Cell::Count(count) => count as f64,
            Cell::YesOrNo(answer) => answer.map_or(f64::NAN, f64::from),
            Cell::Mark(is_marked) => f64::from(is_marked),
            Cell::Parameter(Value::Number(number))
            | Cell::Coordinate(number)
            | Cell::Measured(number, _)
            | Cell::Rounded(number, _)
            | Cell::Error(number)
            | Cell::Percent(number)
            | Cell::Signed(number)
            | Cell::Decimal(number) => number,
        }
    }

    /// Whether people see words rather than a number.
    pub(super) fn is_words(&self) -> bool {
        matches!(self, Cell::Parameter(Value::Choice(_)) | Cell::YesOrNo(_) | Cell::Mark(_))
    }
}

/// The text of a number; none if it is not known.
pub(super) fn known(number: f64, text: impl Fn(f64) -> String) -> String {
    if number.is_nan() { String::new() } else { text(number) }
}
