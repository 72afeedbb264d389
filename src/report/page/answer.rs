//! What a sweep found, as sentences that are made of its numbers only.

use super::points::{Points, estimate_text, with_unit};
use super::variance::{Shares, shares};
use crate::experiment::Better;
use crate::report::compared::Standing;
use crate::report::number;
use crate::report::table::Row;
use crate::sweep::Streams;
use crate::sweep::statistics::is_rounding;
use crate::wording::counted;

/// The most points that a sentence names.
const MOST_NAMES: usize = 8;

/// The largest and the smallest mean, the points that cannot be distinguished from the best one, the share of each axis
/// in the variance, and what is left out.
pub(super) fn sentences(points: &Points) -> Vec<String> {
    let complete: Vec<usize> = points.complete().collect();
    let label = points.observable().quantity.label;
    let mut sentences = match complete[..] {
        [] if is_missing(points) => vec![format!("No point has a {label} yet that can be ranked.")],
        [] => vec![format!("No point has a {label} that can be ranked.")],
        [only] if points.rows().len() == 1 => vec![format!("The {label} is {}.", measured(points, only))],
        [only] => vec![format!(
            "The {label} is known at one point only: {}, at {}.",
            measured(points, only),
            points.name(only)
        )],
        _ => ranked(points, &complete),
    };
    sentences.extend(left_out(points, complete.len()));
    sentences
}

/// The sentences on the points whose means are known.
fn ranked(points: &Points, complete: &[usize]) -> Vec<String> {
    let label = points.observable().quantity.label;
    let mean = |point: &usize| points.rows()[*point].mean;
    let extreme = |largest: bool| -> usize {
        let sign = if largest { -1.0 } else { 1.0 };
        let least = complete.iter().min_by(|left, right| (sign * mean(left)).total_cmp(&(sign * mean(right))));
        least.copied().unwrap_or_default()
    };
    let (smallest, largest) = (extreme(false), extreme(true));
    if is_rounding(mean(&largest) - mean(&smallest), mean(&largest)) {
        let all = counted(complete.len(), "point");
        return vec![format!("The {label} is the same at all {all}: {}.", measured(points, smallest))];
    }
    let ties =
        |point: usize| -> Vec<usize> { complete.iter().copied().filter(|other| mean(other) == mean(&point)).collect() };
    let at = |point: usize| match &ties(point)[..] {
        [only] => format!("at {}", points.name(*only)),
        several => format!("at {}: {}", counted(several.len(), "point"), points.names(several, MOST_NAMES)),
    };
    let described = |point: usize| format!("{}, {}", measured(points, point), at(point));
    let mut sentences = match points.better() {
        None => vec![
            format!("The {label} is largest, {}.", described(largest)),
            format!("It is smallest, {}.", described(smallest)),
        ],
        Some(better) => {
            let (best, worst, words) = match better {
                Better::Less => (smallest, largest, ["smallest", "largest"]),
                Better::More => (largest, smallest, ["largest", "smallest"]),
            };
            let first = format!("The {label} is {}, {}.", words[0], described(best));
            let mut sentences = vec![first];
            sentences.extend(not_distinguished(points, complete, &ties(best)));
            let is_near = points.standings[worst] == Standing::NotDistinguished;
            let near = format!("; its error is so large that it cannot be distinguished from the {}", words[0]);
            let near = if is_near { near } else { String::new() };
            sentences.push(format!("It is {}, {}{near}.", words[1], described(worst)));
            sentences
        }
    };
    sentences.extend(spread(points));
    sentences
}

/// Which other points may be as good as the best ones, by the test that the streams allow.
fn not_distinguished(points: &Points, complete: &[usize], best: &[usize]) -> Vec<String> {
    let others: Vec<usize> = complete.iter().copied().filter(|point| !best.contains(point)).collect();
    let with = |wanted: Standing| -> Vec<usize> {
        others.iter().copied().filter(|point| points.standings[*point] == wanted).collect()
    };
    let (near, untested) = (with(Standing::NotDistinguished), with(Standing::NotTested));
    let them = if best.len() > 1 { "them" } else { "it" };
    let test = match points.results.sweep.streams {
        Streams::Paired => "paired t test",
        Streams::Independent => "Welch's t test",
    };
    let conditions = format!("({test}, 5\u{a0}%, not corrected for many points)");
    let count = others.len();
    let mut sentences = Vec::new();
    match near.len() {
        _ if untested.len() == count => {}
        0 if untested.is_empty() && count == 1 => {
            sentences.push(format!("The other point can be distinguished from {them} {conditions}."));
        }
        0 if untested.is_empty() => {
            sentences.push(format!("All other {count} points can be distinguished from {them} {conditions}."));
        }
        0 => sentences.push(format!("All points that can be tested can be distinguished from {them} {conditions}.")),
        1 if count == 1 => {
            sentences.push(format!("The other point cannot be distinguished from {them} {conditions}."));
        }
        all if all == count => {
            sentences.push(format!("None of the other {count} points can be distinguished from {them} {conditions}."));
        }
        near_count => sentences.push(format!(
            "{near_count} of the other {} cannot be distinguished from {them} {conditions}: {}.",
            counted(count, "point"),
            points.names(&near, MOST_NAMES)
        )),
    }
    if untested.len() == count && count > 0 {
        sentences.push("No point can be tested, because fewer than two replicates are known.".into());
    } else if !untested.is_empty() {
        sentences.push(format!(
            "{} of the other {} cannot be tested, because fewer than two replicates are known.",
            untested.len(),
            counted(count, "point")
        ));
    }
    sentences
}

/// How much the means vary, and what share of it each axis accounts for.
fn spread(points: &Points) -> Vec<String> {
    let rows = points.rows();
    if points.complete().count() < rows.len() {
        return Vec::new();
    }
    let (means, errors): (Vec<f64>, Vec<f64>) = rows.iter().map(|row| (row.mean, row.standard_error)).unzip();
    let Some(Shares { deviation, axes, rest, noise }) = shares(points.results, &means, &errors) else {
        return Vec::new();
    };
    let unit = points.observable().quantity.unit.written;
    let deviation =
        number::apart(&[deviation], 2).first().map_or_else(String::new, |number| with_unit(&number.to_string(), unit));
    let mut text = format!("The standard deviation between the {} points is {deviation}", rows.len());
    let noise = noise.map(|share| format!("noise alone would give {} of the variance", percent(share)));
    if axes.len() < 2 {
        text.extend(noise.map(|noise| format!("; {noise}")));
        return vec![text + "."];
    }
    let mut axes = axes;
    axes.sort_by(|left, right| right.1.total_cmp(&left.1));
    let share = |(index, (axis, share)): (usize, &(usize, f64))| {
        let verb = if index == 0 { " accounts for" } else { "" };
        let of = if index == 0 { " of the variance" } else { "" };
        format!("{}{verb} {}{of}", points.axes[*axis].symbol, percent(*share))
    };
    let mut shares: Vec<String> = axes.iter().enumerate().map(share).collect();
    shares.push(format!("their combinations {}", percent(rest.max(0.0))));
    let noise = noise.map_or_else(String::new, |noise| format!("; {noise}"));
    vec![format!("{text}. {}{noise}.", shares.join(", "))]
}

/// The points that the other sentences leave out, and why.
fn left_out(points: &Points, complete: usize) -> Option<String> {
    let rows = points.rows();
    let total = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).sum::<usize>();
    let reasons = [
        (total(&|row| row.counts.censored_above), "censored above"),
        (total(&|row| row.counts.censored_below), "censored below"),
        (total(&|row| row.counts.failed - row.counts.censored()), "failed"),
        (total(&|row| row.counts.diverged.min(row.counts.done - row.counts.n)), "diverged"),
        (total(&|row| row.counts.absent), "without a value"),
        (total(&|row| row.counts.missing), "not computed yet"),
    ];
    let reasons: Vec<String> =
        reasons.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let without = rows.len() - complete;
    if reasons.is_empty() {
        return None;
    }
    let replicates = points.results.tasks();
    let reasons = format!("of {} replicates, {}", replicates, reasons.join(", "));
    Some(match without {
        0 => format!("Not all replicates are there: {reasons}."),
        without => {
            let yet = if is_missing(points) { " yet" } else { "" };
            let (are, their) = if without == 1 { ("is", "its mean is") } else { ("are", "their means are") };
            format!(
                "{without} of {} {are} left out above, because {their} over a selection or not known{yet}: {reasons}.",
                counted(rows.len(), "point")
            )
        }
    })
}

/// Whether some replicates are not computed yet.
fn is_missing(points: &Points) -> bool {
    points.rows().iter().any(|row| row.counts.missing > 0)
}

/// `3.52(9) cm² (n = 4)`.
fn measured(points: &Points, point: usize) -> String {
    let row = &points.rows()[point];
    let unit = points.observable().quantity.unit.written;
    let number = estimate_text(row.mean, row.standard_error, row.counts.n);
    match number.strip_suffix(" (exact)") {
        Some(number) => format!("{} (exact, n = {})", with_unit(number, unit), row.counts.n),
        None => format!("{} (n = {})", with_unit(&number, unit), row.counts.n),
    }
}

/// A share: `75 %`, `1.3 %`, `less than 0.1 %`.
fn percent(share: f64) -> String {
    match 100.0 * share {
        least if least < 0.1 => "less than 0.1\u{a0}%".into(),
        small if small < 9.95 => format!("{}\u{a0}%", number::unsigned(small, 1)),
        large => format!("{}\u{a0}%", number::unsigned(large, 0)),
    }
}
