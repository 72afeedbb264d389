//! Times on the command line: `90s`, `1h30m` and `2h30`, and Slurm's `2:00:00` and `1-00:00:00`.

use std::time::{Duration, UNIX_EPOCH};

const FORMS: &str =
    "write 90s, 10m, 2h, 1h30m, 500ms, 20us or, as Slurm does, hours:minutes:seconds or days-hours:minutes:seconds";

/// Units from long to short, each with its seconds.
const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)];

/// Reads a time.
///
/// # Errors
/// One sentence: it is not a time, or it can be read in two ways.
pub(super) fn read(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    if let Some(seconds) = clock(text)? {
        return Ok(Duration::from_secs(seconds));
    }
    let is_number = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    if is_number && humantime::parse_duration(&format!("{text}m")).is_ok() {
        if text.parse() == Ok(0.0) {
            return Ok(Duration::ZERO);
        }
        return Err(format!(
            "{text:?} has no unit: it is {text} minutes to Slurm and may be seconds; write {text}m or {text}s"
        ));
    }
    let complete = with_last_unit(text);
    humantime::parse_duration(&complete).map_err(|error| format!("{text:?} is not a time ({error}); {FORMS}"))
}

/// The end of the year 9999, the last of ISO 8601.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// A time in seconds since 1970 as ISO 8601, in UTC, to the second; none for one that has no such form.
pub(super) fn iso(seconds: f64) -> Option<String> {
    if seconds > LAST_SECOND {
        return None;
    }
    let time = UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
    Some(humantime::format_rfc3339_seconds(time).to_string())
}

/// The seconds of `hours:minutes:seconds`, `days-hours`, `days-hours:minutes` and `days-hours:minutes:seconds`.
fn clock(text: &str) -> Result<Option<u64>, String> {
    let (days, rest) = match text.split_once('-') {
        Some((days, rest)) => (Some(days), rest),
        None => (None, text),
    };
    let parts: Vec<&str> = rest.split(':').collect();
    let all = days.iter().chain(&parts);
    let is_number = |part: &&str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit());
    if (days.is_none() && parts.len() == 1) || !all.clone().all(is_number) {
        return Ok(None);
    }
    if days.is_none() && parts.len() == 2 {
        let (first, second) = (parts[0], parts[1]);
        return Err(format!(
            "{text:?} is minutes and seconds to Slurm and may be hours and minutes; write {first}m{second}s or \
             {first}h{second}m"
        ));
    }
    let sixty = |part: &&&str| part.parse::<u64>().is_ok_and(|number| number < 60);
    if parts.len() > 3 || !parts.iter().skip(1).all(|part| sixty(&part)) {
        return Err(format!("{text:?} is not a time; {FORMS}"));
    }
    let too_long = || format!("{text:?} is too long a time");
    let units = UNITS.iter().map(|(_, seconds)| seconds);
    let counts = days.into_iter().chain(parts).map(|part| part.parse::<u64>().map_err(|_| too_long()));
    let mut total = 0u64;
    for (count, unit) in counts.zip(units.skip(if days.is_some() { 0 } else { 1 })) {
        total = count?.checked_mul(*unit).and_then(|seconds| total.checked_add(seconds)).ok_or_else(too_long)?;
    }
    Ok(Some(total))
}

/// `2h30` is `2h30m`: a number without a unit is in the next shorter unit than the one before.
fn with_last_unit(text: &str) -> String {
    let start = text.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let before = start.trim_end();
    let is_last = |unit: &str| {
        before
            .strip_suffix(unit)
            .is_some_and(|count| count.trim_end().ends_with(|letter: char| letter.is_ascii_digit()))
    };
    let unit = UNITS.windows(2).find(|pair| is_last(pair[0].0)).map(|pair| pair[1].0);
    match unit {
        Some(unit) if start.len() < text.len() => format!("{text}{unit}"),
        _ => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_beyond_the_calendar_is_none() {
        assert_eq!(iso(LAST_SECOND).as_deref(), Some("9999-12-31T23:59:59Z"));
        for seconds in [LAST_SECOND + 1.0, 1e300, f64::INFINITY, f64::NAN, -1.0] {
            assert_eq!(iso(seconds), None, "{seconds}");
        }
    }

    #[test]
    fn times_are_read_as_people_and_slurm_write_them() {
        for (text, seconds) in [
            ("90s", 90),
            ("10m", 600),
            ("2h", 7200),
            ("1h30m", 5400),
            ("1h 30m", 5400),
            ("2h30", 9000),
            ("1d12", 129_600),
            ("5m30", 330),
            ("2 hours", 7200),
            ("2:00:00", 7200),
            ("1:02:03", 3723),
            ("48:00:00", 172_800),
            ("1-00:00:00", 86_400),
            ("1-12", 129_600),
            ("1-12:30", 131_400),
            ("0-00:00:10", 10),
            (" 2h ", 7200),
            ("0", 0),
        ] {
            assert_eq!(read(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(read("100ms"), Ok(Duration::from_millis(100)));
    }

    #[test]
    fn times_are_written_in_iso_8601() {
        assert_eq!(iso(1_795_758_586.7).as_deref(), Some("2026-11-27T05:49:46Z"));
        assert_eq!(iso(f64::NAN), None);
    }

    #[test]
    fn what_can_be_read_in_two_ways_or_in_none_is_refused() {
        for (text, said) in [
            ("30", "it is 30 minutes to Slurm and may be seconds; write 30m or 30s"),
            ("1.5", "write 1.5m or 1.5s"),
            ("1e3", "not a time"),
            ("1.5.2", "not a time"),
            ("inf", "not a time"),
            ("2:30", "may be hours and minutes; write 2m30s or 2h30m"),
            ("2:60:00", "not a time; write 90s"),
            ("1:2:3:4", "not a time; write 90s"),
            ("1-1:2:3:4", "not a time; write 90s"),
            ("99999999999999999999-0", "too long"),
            ("9999999999999999-0", "too long"),
            ("soon", "\"soon\" is not a time"),
            ("-5m", "not a time"),
            ("", "not a time"),
            ("2h30x", "not a time"),
            ("1month5", "not a time"),
            ("nan", "not a time"),
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }
}
