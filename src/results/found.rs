//! The outcomes that the results of a sweep are made from, and the digest that tells whether they are the same.

use rayon::prelude::*;

use super::extents;
use crate::experiment::Outcome;
use crate::store::{Contents, record};
use crate::sweep::{Extent, Identities, Sweep, Task};

/// Every outcome in its place.
pub(crate) struct Found<'a> {
    sweep: &'a Sweep,
    /// One per point, if the sweep asks for a precision.
    pub(super) extents: Option<Vec<Extent>>,
    /// One per task; nothing where there is no record, or none is needed.
    pub(super) outcomes: Vec<Option<&'a Outcome>>,
}

impl<'a> Found<'a> {
    pub(crate) fn new(sweep: &'a Sweep, identities: &Identities, contents: &'a Contents) -> Self {
        let extents: Option<Vec<Extent>> = sweep.precision.map(|precision| {
            let extent = |point| extents::extent(contents, sweep, precision, identities, point);
            (0..sweep.points()).into_par_iter().map(extent).collect()
        });
        let mut found = Self { sweep, extents, outcomes: Vec::new() };
        let outcome = |task| contents.outcomes.get(&identities.digest(task)).filter(|_| found.is_needed(task));
        found.outcomes = (0..sweep.tasks() as u32).into_par_iter().map(|task| outcome(Task(task))).collect();
        found
    }

    /// Whether the precision calls for a task.
    pub(super) fn is_needed(&self, task: Task) -> bool {
        match &self.extents {
            Some(extents) => self.sweep.replicate_of(task) < extents[self.sweep.point_of(task)].replicates,
            None => true,
        }
    }

    /// BLAKE3 of all that results are made from: the text of the sweep, the version of its theory, and every outcome
    /// with its place.
    pub(crate) fn digest(&self) -> String {
        let theory = self.sweep.declaration().theory.map_or(0, |theory| theory.version);
        let text = blake3::hash(self.sweep.text.as_bytes());
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("sweep {text}\ntheory {theory}\n").as_bytes());
        let hash = |outcome: &Option<&Outcome>| outcome.map(record::hash_of);
        let hashes: Vec<Option<blake3::Hash>> = self.outcomes.par_iter().map(hash).collect();
        for (task, hash) in hashes.iter().enumerate() {
            if let Some(hash) = hash {
                hasher.update(&(task as u64).to_le_bytes());
                hasher.update(hash.as_bytes());
            }
        }
        hasher.finalize().to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::experiment::TaskFailure;

    fn digest(text: &str, outcomes: &[Outcome]) -> String {
        let sweep = Arc::new(Sweep::parse(Path::new("found.toml"), text.into()).unwrap());
        let identities = Identities::new(&sweep);
        let mut contents = Contents::default();
        for (task, outcome) in outcomes.iter().enumerate() {
            contents.outcomes.insert(identities.digest(Task(task as u32)), outcome.clone());
        }
        contents.outcomes.insert([7; 32], Outcome::Done(vec![1.0]));
        Found::new(&sweep, &identities, &contents).digest()
    }

    #[test]
    fn the_digest_changes_with_every_outcome_and_with_nothing_else() {
        let text = "[sweep]\nname = \"found\"\nexperiment = \"null\"\nreplicates = 4\n";
        let failed = |message: &str| Outcome::Failed(TaskFailure::model(message.to_string()));
        let done = |value: f64| Outcome::Done(vec![value]);
        let both = digest(text, &[done(1.0), failed("no")]);
        assert_eq!(both, digest(text, &[done(1.0), failed("no")]));
        for other in [
            digest(&format!("{text}# more\n"), &[done(1.0), failed("no")]),
            digest(text, &[done(-1.0), failed("no")]),
            digest(text, &[done(1.0), failed("not")]),
            digest(text, &[failed("no"), done(1.0)]),
            digest(text, &[done(1.0)]),
            digest(text, &[]),
        ] {
            assert_ne!(both, other);
        }
    }
}
