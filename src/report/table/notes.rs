//! What stands below a table, in sentences for people.

use super::Table;
use super::deviation::MeanDeviation;
use super::row::Row;
use crate::experiment::Kept;
use crate::sweep::{Precision, Streams};

/// Half the width of the 95 % interval of a mean, in standard errors, for 2, 3 and 4 replicates: the quantile of
/// Student's t at 0.975 with one degree of freedom less.
const INTERVALS: [(usize, &str); 3] = [(2, "12.7"), (3, "4.3"), (4, "3.2")];

/// With this many replicates the interval of two errors is near enough.
const ENOUGH: usize = 5;

impl Table {
    /// All notes but those on constant columns.
    pub(in crate::report) fn notes(&self) -> Vec<String> {
        let caution = self.observable.caution;
        let caution = (!caution.is_empty()).then(|| format!("{}: {caution}", self.observable.quantity.label));
        let mean = self.mean_deviation().map(|mean| deviation_note("", &mean, self.rows.len(), self.streams));
        let notes = [
            caution,
            self.first_replicate_note(),
            self.divergence_note(),
            self.absence_note(),
            self.failure_note(),
            self.selection_note(),
            self.replicates_note(),
            self.precision_note(),
            mean,
        ];
        notes.into_iter().flatten().collect()
    }

    fn first_replicate_note(&self) -> Option<String> {
        let is_first = self.observable.kept == Kept::FirstReplicate;
        is_first.then(|| "values of the first replicate; no error is known".into())
    }

    fn divergence_note(&self) -> Option<String> {
        // A run may have diverged after a value of this observable was known. What is absent is no matter of
        // divergence.
        let without = |row: &Row| row.counts.done - row.counts.n - row.counts.absent;
        let all_without = self.rows.iter().all(|row| without(row) == row.counts.diverged);
        let over = if all_without { "the others" } else { "the n that have a value" };
        let diverged = self.share(|row| row.counts.diverged, |row| row.counts.done)?;
        self.shows_divergence().then(|| format!("diverged in {diverged}; means are over {over}"))
    }

    fn absence_note(&self) -> Option<String> {
        let absent = self.share(|row| row.counts.absent, |row| row.counts.done)?;
        Some(format!("no value in {absent}; means are over the others"))
    }

    fn failure_note(&self) -> Option<String> {
        let failed = self.share(|row| row.counts.failed, |row| row.counts.done + row.counts.failed)?;
        let total = |of: fn(&Row) -> usize| self.points().map(of).sum::<usize>();
        let (above, below) = (total(|row| row.counts.censored_above), total(|row| row.counts.censored_below));
        if self.rows.iter().all(|row| row.counts.n == 0) {
            return Some(format!("failed in {failed}; no value is known"));
        }
        let mut note = format!("failed in {failed}; means are over the others");
        let sides = [
            (above, "above", "exceeds the largest one examined", "exceed the largest one examined", "low"),
            (below, "below", "is below the least one examined", "are below the least one examined", "high"),
        ];
        for (count, side, one, several, bias) in sides {
            if count > 0 {
                let they = if count == 1 { format!("its value {one}") } else { format!("their values {several}") };
                note.push_str(&format!("; {count} censored {side}: {they}, so the mean of the others is too {bias}"));
            }
        }
        Some(note)
    }

    fn selection_note(&self) -> Option<String> {
        let compared = if self.has_theory && self.observable.is_scalar() {
            ", and are left out of the mean deviation"
        } else {
            ""
        };
        self.marks_selections()
            .then(|| format!("* means over the replicates that have a value may be biased{compared}"))
    }

    fn replicates_note(&self) -> Option<String> {
        let with = |n: usize| self.rows.iter().filter(|row| row.counts.n == n).count();
        let few: usize = (1..ENOUGH).map(with).sum();
        if few == 0 || self.observable.kept == Kept::FirstReplicate {
            return None;
        }
        let interval = |&(n, errors): &(usize, &str)| (with(n) > 0).then(|| format!("±{errors} errors for n = {n}"));
        let intervals: Vec<String> = INTERVALS.iter().filter_map(interval).collect();
        let mut clauses = Vec::new();
        if !intervals.is_empty() {
            clauses.push(format!("an error from so few is itself uncertain; 95 % lie within {}", intervals.join(", ")));
        }
        if with(1) > 0 {
            clauses.push("n = 1 has no error".to_string());
        }
        let (of, rows) = (self.noun(), self.rows.len());
        Some(format!("fewer than {ENOUGH} replicates at {few} of {rows} {of}: {}", clauses.join("; ")))
    }

    fn precision_note(&self) -> Option<String> {
        let Precision { relative_error, max_replicates, .. } = self.precision?;
        let (not_met, points) = (self.points_without_precision(), self.points().count());
        (not_met > 0).then(|| {
            format!(
                "precision not met at {not_met} of {points} points: with {max_replicates} replicates the error is more \
                 than {relative_error} of the mean"
            )
        })
    }

    /// Some replicates out of some at those points that have any: `3 of 10 replicates at 1 of 4 points`.
    fn share(&self, some: impl Fn(&Row) -> usize, all: impl Fn(&Row) -> usize) -> Option<String> {
        let rows: Vec<&Row> = self.points().filter(|row| some(row) > 0).collect();
        let points = self.points().count();
        let (some, all): (usize, usize) =
            (rows.iter().map(|row| some(row)).sum(), rows.iter().map(|row| all(row)).sum());
        (some > 0).then(|| format!("{some} of {all} replicates at {} of {points} points", rows.len()))
    }

    /// What a row is.
    fn noun(&self) -> &'static str {
        if self.observable.is_scalar() { "points" } else { "places" }
    }
}

/// One sentence on all rows together; `of` names the values, if they are not the means.
pub(super) fn deviation_note(of: &str, mean: &MeanDeviation, rows: usize, streams: Streams) -> String {
    let of = if of.is_empty() { String::new() } else { format!(" of {of}") };
    let paired = match streams {
        Streams::Paired => "; they share random numbers (paired streams), so that its error is not known",
        Streams::Independent => "",
    };
    format!(
        "mean |deviation|{of}: {} over {} of {rows} points; noise alone would give {}{paired}",
        mean.text(),
        mean.points,
        mean.noise_text()
    )
}
