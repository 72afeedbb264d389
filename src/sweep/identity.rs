//! What names a task, and what seeds its random stream.
//!
//! The identity of a task is a text, one `key value` line each for the experiment and its version, every parameter in
//! alphabetical order, the sweep's seed, the replicate, and the kind of stream. BLAKE3 of that text is the task's
//! digest. It knows no grid, order or directory, so a task keeps its digest wherever it stands.

use std::sync::Arc;

use blake3::Hash;
use rayon::prelude::*;

use super::{Precision, Streams, Sweep, Task};
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

struct Line {
    /// The axis that moves the parameter, if any.
    axis: Option<usize>,
    /// The line for each point of that axis, or the one fixed line.
    texts: Vec<String>,
}

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
            text.push_str(&line.texts[line.axis.map_or(0, |axis| indices[axis])]);
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
        let line = |value: crate::experiment::Value| format!("{name} {}\n", value.identity());
        for (axis, swept) in sweep.axes.iter().enumerate() {
            if let Some(column) = swept.positions.iter().position(|swept| *swept == position) {
                return Self { axis: Some(axis), texts: swept.column(column).into_par_iter().map(line).collect() };
            }
        }
        Self { axis: None, texts: vec![line(sweep.base.get(position))] }
    }
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
