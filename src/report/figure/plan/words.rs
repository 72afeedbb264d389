//! Numbers in the words of a figure.

use crate::experiment::Literal;
use crate::report::number;

/// A parameter's value with all of its digits: `33 000`, `0.3`, `3.3e-9`.
pub(super) fn value(value: f64) -> String {
    if (0.0..1e15).contains(&value) && value.fract() == 0.0 {
        // Whole and small: nothing is cut off.
        return number::grouped(value as u64);
    }
    Literal::Number(value).to_string()
}

/// Values with the fewest digits, at least three, that keep them apart, and all before the point: `33 000`, `0.333`.
pub(super) fn values(values: &[f64]) -> Vec<String> {
    let short = number::labels(values, 3);
    let text = |(exact, short): (&f64, Option<number::Written>)| match short {
        Some(short) if exact.fract() != 0.0 => short.to_string(),
        _ => value(*exact),
    };
    values.iter().zip(short).map(text).collect()
}

/// The fewest digits that distinguish the ticks of an axis, with the same number of decimals in each.
pub(super) fn ticks(values: &[f64]) -> Vec<String> {
    let texts: Vec<String> = number::apart(values, 1).iter().map(ToString::to_string).collect();
    if texts.iter().any(|text| text.contains('e')) {
        return texts;
    }
    let decimals = |text: &String| text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let most = texts.iter().map(decimals).max().unwrap_or(0);
    let padded = |(value_at, text): (&f64, &String)| match most {
        0 if *value_at >= 0.0 => value(*value_at),
        _ if *value_at == 0.0 => "0".to_string(),
        _ if decimals(text) == most => text.clone(),
        _ => format!("{value_at:.most$}"),
    };
    values.iter().zip(&texts).map(padded).map(minus).collect()
}

/// With the sign that is as wide as a plus.
fn minus(text: String) -> String {
    text.replace('-', "\u{2212}")
}
