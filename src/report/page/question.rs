//! What a sweep asks: its axes, what differs from the defaults, and its random numbers.

use crate::report::figure::{axis_words, unusual_parameters};
use crate::report::number;
use crate::sweep::{Precision, Streams, Sweep};
use crate::wording::counted;

/// The most values of an axis that are listed one by one.
const MOST_VALUES: usize = 16;

/// The question of a sweep in words.
pub(super) struct Question {
    pub(super) experiment: String,
    /// Each axis with its values.
    pub(super) axes: Vec<(String, String)>,
    /// `inputs N = 200 (default 1000)`
    pub(super) unusual: Vec<String>,
    pub(super) points: String,
    pub(super) replicates: String,
    pub(super) streams: &'static str,
    pub(super) seed: u64,
}

impl Question {
    pub(super) fn new(sweep: &Sweep) -> Self {
        let declaration = sweep.declaration();
        let words = |axis: crate::report::figure::AxisWords| {
            let values = match axis.values.len() {
                count if count <= MOST_VALUES => axis.values.join(", "),
                count => format!("{count} values from {} to {}", axis.values[0], axis.values[count - 1]),
            };
            (axis.label, values)
        };
        Self {
            experiment: format!("{} (version {})", declaration.name, declaration.version),
            axes: axis_words(sweep).into_iter().map(words).collect(),
            unusual: unusual_parameters(sweep),
            points: counted(number::grouped(sweep.points() as u64), "point"),
            replicates: replicates(sweep),
            streams: match sweep.streams {
                Streams::Paired => "paired: every point uses the same random numbers",
                Streams::Independent => "independent: every point has random numbers of its own",
            },
            seed: sweep.seed,
        }
    }
}

fn replicates(sweep: &Sweep) -> String {
    match sweep.precision {
        None => counted(sweep.replicates, "replicate") + " per point",
        Some(Precision { observable, relative_error, max_replicates, .. }) => format!(
            "{} to {max_replicates} replicates per point, until the standard error of {} is at most {} % of its mean",
            sweep.replicates,
            observable.name(),
            number::plain(100.0 * relative_error)
        ),
    }
}
