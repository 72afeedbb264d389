//! Durations for people.

/// Units with their seconds, the longest first.
const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];
/// Longer than anyone waits.
const LONGEST: f64 = 100.0 * 365.25 * 86_400.0;

/// A duration in at most two units: `20 s`, `1 min 30 s`, `3 h 12 min`.
pub(crate) fn exact(seconds: f64) -> String {
    if seconds.is_nan() || seconds > LONGEST {
        return "more than 100 years".into();
    }
    let seconds = seconds.max(0.0).round() as u64;
    let first = UNITS.iter().position(|(_, size)| seconds >= *size).unwrap_or(UNITS.len() - 1);
    let (name, size) = UNITS[first];
    let head = format!("{} {name}", seconds / size);
    match UNITS.get(first + 1).map(|(name, next)| (name, seconds % size / next)) {
        Some((name, rest)) if rest > 0 => format!("{head} {rest} {name}"),
        _ => head,
    }
}

/// A duration that was measured, which may be short: `0.12 s`, `1 min 30 s`.
pub(crate) fn measured(seconds: f64) -> String {
    if seconds < 9.995 { format!("{seconds:.2} s") } else { exact(seconds) }
}

/// A duration that is known roughly, in one unit: `less than 1 s`, `12 min`, `2.5 h`.
pub(crate) fn rough(seconds: f64) -> String {
    band(seconds, seconds)
}

/// Two durations in the unit of the longer one: `12 to 15 min`; one if they read the same.
pub(crate) fn band(low: f64, high: f64) -> String {
    if high.is_nan() || high > LONGEST {
        return "more than 100 years".into();
    }
    let (name, size) = match high {
        seconds if seconds < 0.95 => return "less than 1 s".into(),
        seconds if seconds < 90.0 => ("s", 1.0),
        seconds if seconds < 90.0 * 60.0 => ("min", 60.0),
        seconds if seconds < 48.0 * 3600.0 => ("h", 3600.0),
        _ => ("d", 86_400.0),
    };
    let written = |seconds: f64| {
        let count = seconds.max(0.0) / size;
        // A second more or less is nothing; an hour may be.
        if size > 60.0 && count < 9.95 { format!("{count:.1}") } else { format!("{count:.0}") }
    };
    let (low, high) = (written(low), written(high));
    if low == high { format!("{high} {name}") } else { format!("{low} to {high} {name}") }
}

/// The hours of processors or threads, with two digits or more: `0.17 core hours`.
pub(crate) fn hours(seconds: f64, of: &str) -> String {
    let hours = seconds / 3600.0;
    let decimals = match hours {
        hours if hours < 0.0005 => return format!("less than 0.001 {of} hours"),
        hours if hours < 0.0995 => 3,
        hours if hours < 0.995 => 2,
        hours if hours < 99.5 => 1,
        _ => 0,
    };
    format!("{hours:.decimals$} {of} hours")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_the_digits_that_matter() {
        for (seconds, said) in [
            (0.5, "less than 0.001 core hours"),
            (36.0, "0.010 core hours"),
            (600.0, "0.17 core hours"),
            (5400.0, "1.5 core hours"),
            (3.6e6, "1000 core hours"),
        ] {
            assert_eq!(hours(seconds, "core"), said);
        }
    }

    #[test]
    fn durations_have_two_units_at_most() {
        for (seconds, said) in [
            (0.0, "0 s"),
            (20.0, "20 s"),
            (90.0, "1 min 30 s"),
            (120.4, "2 min"),
            (11_525.0, "3 h 12 min"),
            (3605.0, "1 h"),
            (190_000.0, "2 d 4 h"),
            (f64::INFINITY, "more than 100 years"),
            (f64::NAN, "more than 100 years"),
        ] {
            assert_eq!(exact(seconds), said);
        }
    }

    #[test]
    fn a_band_has_one_unit() {
        for (low, high, said) in [
            (0.1, 0.4, "less than 1 s"),
            (0.4, 4.0, "0 to 4 s"),
            (3.6, 4.4, "4 s"),
            (700.0, 910.0, "12 to 15 min"),
            (3600.0, 9000.0, "1.0 to 2.5 h"),
            (30_000.0, 40_000.0, "8.3 to 11 h"),
            (1e5, 4e5, "1.2 to 4.6 d"),
            (1.0, f64::INFINITY, "more than 100 years"),
        ] {
            assert_eq!(band(low, high), said);
        }
        assert_eq!(rough(150.0), "2 min");
        assert_eq!([0.123, 9.999, 75.0].map(measured), ["0.12 s", "10 s", "1 min 15 s"]);
    }
}
