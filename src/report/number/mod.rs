//! Numbers as people read them: as many digits as the standard error allows.
//!
//! This is the rule of the Particle Data Group (Review of Particle Physics, section 5.3). The three leading digits of
//! the error decide: 100 to 354 keep two digits, 355 to 949 keep one, and 950 to 999 become 1000 and keep two. The
//! value ends at the same decimal place. All rounding starts from the exact value of the binary number, so that the
//! same number has the same text on every machine.

mod decimal;
mod lone;

pub(crate) use lone::{apart, grouped, labels, plain, signed, signed_percent, unsigned};

use decimal::Decimal;

use crate::sweep::statistics::is_known;

/// A number as it is written: a mantissa, and a power of ten if the number is very large or very small.
///
/// It is shown as `1.230(12)e6`; a format with other signs for powers reads the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub mantissa: String,
    pub exponent: Option<i32>,
}

impl std::fmt::Display for Written {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self.exponent {
            None => formatter.pad(&self.mantissa),
            Some(exponent) => formatter.pad(&format!("{}e{exponent}", self.mantissa)),
        }
    }
}

/// A value with its error in units of its last digit, such as `0.997(12)`.
///
/// A value that is NaN has no text. An error that is NaN is not known, and the value is [`plain`]; an error of 0 is
/// written as `(0)`.
pub(crate) fn with_error(value: f64, error: f64) -> Written {
    joined(value, error, |value, error, _| format!("{value}({})", last_digits(error)))
}

/// A value and its error, such as `0.997 ± 0.012`; otherwise as [`with_error`].
pub(crate) fn plus_minus(value: f64, error: f64) -> Written {
    joined(
        value,
        error,
        |value, error, has_power| {
            if has_power { format!("({value} ± {error})") } else { format!("{value} ± {error}") }
        },
    )
}

/// A value that ends where [`with_error`] would end it, such as a theory next to a mean.
pub(crate) fn to_the_error(value: f64, error: f64) -> Written {
    match decimals(value, error) {
        Some((value, error)) => {
            let power = value.power_with(&error);
            Written { mantissa: value.fixed(power), exponent: power }
        }
        None => plain(value),
    }
}

/// A standard error by itself, such as `0.012`.
pub(crate) fn error(error: f64) -> Written {
    match decimals(error, error) {
        Some((_, error)) => {
            let power = error.power_with(&error);
            Written { mantissa: error.fixed(power), exponent: power }
        }
        None => plain(error),
    }
}

/// Value and error in one power of ten, joined by `join`, which also learns whether there is one.
fn joined(value: f64, error: f64, join: impl Fn(&str, &str, bool) -> String) -> Written {
    match decimals(value, error) {
        Some((value, error)) => {
            let power = value.power_with(&error);
            Written { mantissa: join(&value.fixed(power), &error.fixed(power), power.is_some()), exponent: power }
        }
        None => {
            let Written { mantissa, exponent } = plain(value);
            match error_without_digits(value, error) {
                "" => Written { mantissa, exponent },
                error => Written { mantissa: join(&mantissa, error, exponent.is_some()), exponent },
            }
        }
    }
}

/// Value and error at the last decimal place that the error allows; `None` if the error allows none.
fn decimals(value: f64, error: f64) -> Option<(Decimal, Decimal)> {
    if !value.is_finite() || !is_known(error, value) {
        return None;
    }
    let place = last_place(error);
    Some((Decimal::at(value, place), Decimal::at(error, place)))
}

/// The text for an error that allows no digits: nothing, if it is not known or the value is not a number.
fn error_without_digits(value: f64, error: f64) -> &'static str {
    if !value.is_finite() || error.is_nan() {
        ""
    } else if error.is_infinite() {
        "inf"
    } else {
        "0"
    }
}

/// The exponent of the last decimal place that an error allows.
fn last_place(error: f64) -> i32 {
    let Decimal { units, place, .. } = Decimal::of_digits(error, 3);
    match units {
        0..=354 => place + 1,
        _ => place + 2,
    }
}

/// `0.012` and `1.2` as `12`, and `1200` as it is.
fn last_digits(error: &str) -> String {
    let digits = error.replace('.', "");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() { "0".into() } else { digits.into() }
}

#[cfg(test)]
mod tests;
