//! Numbers without an error: parameters, ratios, shares, counts.

use std::collections::BTreeSet;

use super::Written;
use super::decimal::Decimal;

/// How many significant digits a number has if nothing is known of its error.
const DIGITS: usize = 4;

/// Whole numbers below this have all of their digits.
const LARGEST_WHOLE: f64 = 1e6;

/// A number whose error is not known, with four significant digits; whole numbers below a million have all of theirs.
/// NaN has no text.
pub(crate) fn plain(number: f64) -> Written {
    if let Some(text) = special(number) {
        return text;
    }
    if is_small_and_whole(number) {
        written(Decimal::shortest(number))
    } else {
        written(Decimal::of_digits(number, DIGITS))
    }
}

/// The texts of some numbers with the fewest significant digits, at least `least`, with which different numbers have
/// different texts. Zeros at the end are left out, and whole numbers below a million have all of their digits.
///
/// Use 2 for the ends of a range; labels are [`labels`].
pub(crate) fn apart(numbers: &[f64], least: usize) -> Vec<Written> {
    let different: BTreeSet<u64> = numbers.iter().map(|number| (number + 0.0).to_bits()).collect();
    let with_digits =
        |digits: usize| -> Vec<Written> { numbers.iter().map(|number| rounded(*number, digits)).collect() };
    let are_apart = |texts: &Vec<Written>| {
        texts.iter().map(ToString::to_string).collect::<BTreeSet<String>>().len() == different.len()
    };
    // Seventeen digits name every number.
    (least..17).map(with_digits).find(are_apart).unwrap_or_else(|| with_digits(17))
}

/// The texts of labels, as [`apart`] has them; `None` where digits before the point would be rounded away, so that all
/// digits are to be shown.
pub(crate) fn labels(numbers: &[f64], least: usize) -> Vec<Option<Written>> {
    let keeps_whole = |(number, text): (&f64, Written)| {
        let shown = text.to_string().parse::<f64>().ok()?;
        ((shown - number).abs() <= 0.5).then_some(text)
    };
    numbers.iter().zip(apart(numbers, least)).map(keeps_whole).collect()
}

/// A fraction in percent with its sign, such as `+12.5 %`; what rounds to zero has none.
pub(crate) fn signed_percent(fraction: f64, decimals: usize) -> String {
    let text = signed(100.0 * fraction, decimals);
    if text.is_empty() { text } else { format!("{text} %") }
}

/// A number with its sign and this many decimals, such as `+2.0`; zero after rounding has no sign.
pub(crate) fn signed(number: f64, decimals: usize) -> String {
    decimal_text(number, decimals, true)
}

/// A number with this many decimals, such as `2.0`; zero after rounding has no sign.
pub(crate) fn unsigned(number: f64, decimals: usize) -> String {
    decimal_text(number, decimals, false)
}

/// A count with narrow spaces between groups of three digits, from five digits on: `12 345`, but `1234`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// With an exponent from a million on; NaN has no text.
fn decimal_text(number: f64, decimals: usize, with_sign: bool) -> String {
    if number.is_nan() {
        return String::new();
    }
    let modulus = number.abs();
    let text = if modulus < LARGEST_WHOLE { format!("{modulus:.decimals$}") } else { format!("{modulus:.decimals$e}") };
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = match number {
        _ if is_zero => "",
        number if number < 0.0 => "-",
        _ if with_sign => "+",
        _ => "",
    };
    format!("{sign}{text}")
}

fn rounded(number: f64, digits: usize) -> Written {
    special(number).unwrap_or_else(|| {
        let shortest = Decimal::shortest(number);
        let has_few_digits = shortest.digits() as usize <= digits || is_small_and_whole(number);
        let kept = if has_few_digits { shortest } else { Decimal::of_digits(number, digits) };
        written(kept.trimmed())
    })
}

fn written(number: Decimal) -> Written {
    let power = number.power_with(&number);
    Written { mantissa: number.fixed(power), exponent: power }
}

/// The text of what is not a finite number.
fn special(number: f64) -> Option<Written> {
    let text = |mantissa: &str| Some(Written { mantissa: mantissa.into(), exponent: None });
    match number {
        _ if number.is_nan() => text(""),
        f64::INFINITY => text("inf"),
        f64::NEG_INFINITY => text("-inf"),
        _ => None,
    }
}

fn is_small_and_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() < LARGEST_WHOLE
}
