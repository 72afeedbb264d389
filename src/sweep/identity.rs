//! What names a task, and what seeds its random stream.
//!
//! The identity of a task is a text, one `key value` line each for the experiment and its version, every parameter in
//! alphabetical order, the sweep's seed, the replicate, and the kind of stream. BLAKE3 of that text is the task's
//! digest. It knows no grid, order or directory, so a task keeps its digest wherever it appears.

use std::sync::Arc;

use blake3::Hash;

use super::{Precision, Streams, Sweep, Task};
use crate::experiment::Value;
use crate::random::RandomStream;

/// The identities of a sweep's tasks, with what they share precomputed.
pub struct Identities {
    sweep: Arc<Sweep>,
    /// The lines of the experiment and its version.
    head: String,
    /// For each parameter in alphabetical order: where its lines come from.
    lines: Vec<Line>,
    /// The line of the seed, and that of the streams.
    seed: String,
    streams: String,
}

/// Where the line of a parameter comes from.
enum Line {
    /// The one line of a parameter that no axis moves.
    Fixed(String),
    /// The line for each point of an axis.
    Listed { axis: usize, texts: Vec<String> },
    /// One column of an axis that is too long for a list of lines.
    Written { axis: usize, column: usize, name: &'static str },
}

/// The longest axis whose lines are kept.
const LONGEST_LIST: usize = 1 << 16;

impl Identities {
    /// Prepares what the tasks of a sweep share.
    pub fn new(sweep: &Arc<Sweep>) -> Self {
        let mut order: Vec<(&'static str, usize)> =
            sweep.base.iter().enumerate().map(|(position, (name, _))| (name, position)).collect();
        order.sort_unstable();
        let lines = order.into_iter().map(|(name, position)| Line::new(sweep, name, position)).collect();
        let streams = match sweep.streams {
            Streams::Independent => String::from("streams independent\n"),
            Streams::Paired => String::from("streams paired\n"),
        };
        Self {
            sweep: Arc::clone(sweep),
            head: format!("experiment {}\nversion {}\n", sweep.declaration().name, sweep.declaration().version),
            lines,
            seed: format!("seed {}\n", sweep.seed),
            streams,
        }
    }

    /// The text that names a task.
    pub fn text(&self, task: Task) -> String {
        self.text_of_point(self.sweep.point_of(task)) + &self.end(task)
    }

    /// The part of the text that all replicates of a point share.
    fn text_of_point(&self, point: usize) -> String {
        let indices = self.sweep.indices(point);
        let mut text = String::with_capacity(512);
        text.push_str(&self.head);
        for line in &self.lines {
            match line {
                Line::Fixed(line) => text.push_str(line),
                Line::Listed { axis, texts } => text.push_str(&texts[indices[*axis]]),
                Line::Written { axis, column, name } => {
                    let value = self.sweep.axes[*axis].point(indices[*axis])[*column];
                    text.push_str(&written(name, value));
                }
            }
        }
        text.push_str(&self.seed);
        text
    }

    /// The rest of it.
    fn end(&self, task: Task) -> String {
        format!("replicate {}\n{}", self.sweep.replicate_of(task), self.streams)
    }

    /// The digest that names a task.
    pub fn digest(&self, task: Task) -> [u8; 32] {
        *blake3::hash(self.text(task).as_bytes()).as_bytes()
    }

    /// The digests of some tasks. Those of one point share most of their text, which is hashed once.
    pub(crate) fn digests(&self, tasks: &[u32]) -> Vec<[u8; 32]> {
        let mut begun: Option<(usize, blake3::Hasher)> = None;
        let mut digests = Vec::with_capacity(tasks.len());
        for task in tasks.iter().map(|task| Task(*task)) {
            let point = self.sweep.point_of(task);
            let hasher = match &begun {
                Some((of, hasher)) if *of == point => hasher,
                _ => {
                    let mut hasher = blake3::Hasher::new();
                    hasher.update(self.text_of_point(point).as_bytes());
                    &begun.insert((point, hasher)).1
                }
            };
            let mut hasher = hasher.clone();
            hasher.update(self.end(task).as_bytes());
            digests.push(*hasher.finalize().as_bytes());
        }
        digests
    }

    /// The digest and the random stream of a task. The stream's key is the digest, or, if streams are paired, the
    /// digest of the identity without its parameters: the same at every point of every sweep with that seed.
    pub fn digest_and_stream(&self, task: Task) -> ([u8; 32], RandomStream) {
        let digest = self.digest(task);
        let key = match self.sweep.streams {
            Streams::Independent => digest,
            Streams::Paired => {
                let text = format!("{}{}{}", self.head, self.seed, self.end(task));
                *blake3::hash(text.as_bytes()).as_bytes()
            }
        };
        (digest, RandomStream::from_seed(key))
    }
}

impl Line {
    fn new(sweep: &Sweep, name: &'static str, position: usize) -> Self {
        for (axis, swept) in sweep.axes.iter().enumerate() {
            if let Some(column) = swept.positions.iter().position(|swept| *swept == position) {
                if swept.len() > LONGEST_LIST {
                    return Self::Written { axis, column, name };
                }
                let texts = swept.column(column).into_iter().map(|value| written(name, value)).collect();
                return Self::Listed { axis, texts };
            }
        }
        Self::Fixed(written(name, sweep.base.get(position)))
    }
}

fn written(name: &str, value: Value) -> String {
    format!("{name} {}\n", value.identity())
}

impl Sweep {
    /// The digest of everything that the file means; formatting and comments do not enter.
    pub fn digest(&self) -> Hash {
        let mut text = format!(
            "name {:?}\nexperiment {}\nversion {}\nseed {}\nreplicates {}\nstreams {}\n",
            self.name,
            self.declaration().name,
            self.declaration().version,
            self.seed,
            self.replicates,
            self.streams.name()
        );
        if let Some(precision) = &self.precision {
            let Precision { observable, relative_error, max_replicates, .. } = precision;
            text.push_str(&format!("precision {} {relative_error:e} {max_replicates}\n", observable.name()));
        }
        if let Some(relative_error) = self.theory_error {
            text.push_str(&format!("theory {relative_error:e}\n"));
        }
        for axis in &self.axes {
            text.push_str(&format!("axis {}\n", axis.names.join(" ")));
            for point in axis.points() {
                let values: Vec<String> = point.iter().map(|value| value.identity()).collect();
                text.push_str(&format!("point {}\n", values.join(" ")));
            }
        }
        let swept = self.swept();
        for (name, value) in self.base.iter().filter(|(name, _)| !swept.contains(name)) {
            text.push_str(&format!("fixed {name} {}\n", value.identity()));
        }
        blake3::hash(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn identities(text: &str) -> Identities {
        let text = format!("[sweep]\nname = \"identity\"\nexperiment = \"null\"\nreplicates = 3\n{text}");
        Identities::new(&Arc::new(Sweep::parse(Path::new("identity.toml"), text).unwrap()))
    }

    #[test]
    fn tasks_have_the_same_names_on_long_axes_on_short_ones_and_in_any_company() {
        let long = identities("[grid]\nindex = { start = 0, stop = 70000, steps = 70001 }\n");
        let short = identities("[grid]\nindex = [5, 69999]\n");
        for (point, index) in [(0, 5), (1, 69_999)] {
            for replicate in 0..3 {
                let [one, other] = [short.sweep.task(point, replicate), long.sweep.task(index, replicate)];
                assert_eq!(short.text(one), long.text(other));
                assert_eq!(short.digest(one), long.digest(other));
            }
        }
        let tasks = [5, 0, 1, 2, 4, 3, 2];
        let alone: Vec<[u8; 32]> = tasks.iter().map(|task| short.digest(Task(*task))).collect();
        assert_eq!(short.digests(&tasks), alone);
    }

    #[test]
    fn paired_sweeps_share_the_numbers_of_their_common_points_and_independent_ones_do_too() {
        let of = |streams: &str, grid: &str, task: u32| {
            let text = format!("streams = \"{streams}\"\n{grid}");
            identities(&text).digest_and_stream(Task(task)).1.bits()
        };
        // The default point: fixed, on an axis of one value, on one of several, and among other axes.
        let grids = [
            ("[fixed]\nindex = 0\n", 1),
            ("[grid]\nindex = [0]\n", 1),
            ("[grid]\nindex = [7, 0]\n", 4),
            ("[grid]\nfailing = [1.0, 0.5]\nindex = [7, 0]\n", 4),
        ];
        for streams in ["paired", "independent"] {
            let drawn: Vec<u64> = grids.iter().map(|(grid, task)| of(streams, grid, *task)).collect();
            assert!(drawn.windows(2).all(|pair| pair[0] == pair[1]), "{streams}: {drawn:?}");
        }
        // The same numbers at every point, and others for another replicate.
        assert_eq!(of("paired", grids[2].0, 1), of("paired", grids[2].0, 4));
        assert_ne!(of("paired", grids[2].0, 1), of("paired", grids[2].0, 2));
        assert_ne!(of("independent", grids[2].0, 1), of("independent", grids[2].0, 4));
    }
}
