//! One cell of a table: a text for people, and the same at full precision for programs.

use crate::experiment::Value;

/// What a row has in a column. In numbers, NaN stands for what is not known.
pub(crate) enum Cell {
    Parameter(Value),
    Count(usize),
    /// A number, which people see with two digits of the error that follows it.
    Rounded(f64, f64),
    /// A standard error, which people see with two digits.
    Error(f64),
    /// A fraction, which people see in percent with its sign.
    Percent(f64),
    /// A difference, which people see with its sign.
    Signed(f64),
    /// A number, which people see with one decimal.
    Decimal(f64),
    YesOrNo(Option<bool>),
}

impl Cell {
    /// What people see; it is empty if nothing is known.
    pub(crate) fn text(&self) -> String {
        match *self {
            Cell::Parameter(value) => value.to_string(),
            Cell::Count(count) => count.to_string(),
            Cell::Rounded(number, error) => rounded(number, error),
            Cell::Error(error) => rounded(error, error),
            Cell::Percent(fraction) => known(fraction, |fraction| format!("{:+.1} %", 100.0 * fraction)),
            Cell::Signed(number) => known(number, |number| format!("{number:+.1}")),
            Cell::Decimal(number) => known(number, |number| format!("{number:.1}")),
            Cell::YesOrNo(answer) => answer.map_or("", |yes| if yes { "yes" } else { "no" }).into(),
        }
    }

    /// The number that programs see; a parameter that is a choice has none.
    pub(crate) fn number(&self) -> f64 {
        match *self {
            Cell::Parameter(Value::Integer(integer)) => integer as f64,
            Cell::Parameter(Value::Choice(_)) => f64::NAN,
            Cell::Count(count) => count as f64,
            Cell::YesOrNo(answer) => answer.map_or(f64::NAN, f64::from),
            Cell::Parameter(Value::Number(number))
            | Cell::Rounded(number, _)
            | Cell::Error(number)
            | Cell::Percent(number)
            | Cell::Signed(number)
            | Cell::Decimal(number) => number,
        }
    }
}

/// A number with two digits of its error.
fn rounded(value: f64, error: f64) -> String {
    let leading = if error > 0.0 { libm::floor(libm::log10(error)) } else { -3.0 };
    let decimals = (1.0 - leading).clamp(0.0, 12.0) as usize;
    known(value, |value| format!("{value:.decimals$}"))
}

/// The text of a number; none if it is not known.
pub(super) fn known(number: f64, text: impl Fn(f64) -> String) -> String {
    if number.is_nan() { String::new() } else { text(number) }
}
