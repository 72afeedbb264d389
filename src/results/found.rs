//! The records that the results of a sweep are made from, and the digest that shows whether they are the same.

use std::sync::Arc;

use rayon::prelude::*;

use super::Status;
use super::theory::FoundTheory;
use crate::experiment::TaskFailure;
use crate::store::suspects::Suspects;
use crate::store::{Contents, StoreError, record};
use crate::sweep::{Extent, Identities, Precision, Sweep, Task, TheoryCells, Verdict};

/// Tasks looked up together.
const LOOK_UPS: usize = 1024;
/// Stands for no record, or no task.
const NONE: u32 = u32::MAX;

/// The record of every task, in its place.
pub(crate) struct Found<'a> {
    sweep: &'a Arc<Sweep>,
    contents: &'a Contents,
    /// The number of the record of each task.
    records: Vec<u32>,
    /// One per task.
    pub(super) status: Vec<Status>,
    /// One per point, if the sweep asks for a precision.
    pub(super) extents: Option<Vec<Extent>>,
    /// The value of each record that decides how many replicates there are, if the sweep asks for a precision.
    judged: Vec<f64>,
    pub(crate) theory: FoundTheory<'a>,
}

impl<'a> Found<'a> {
    /// # Errors
    /// Values that decide how many replicates there are cannot be read, or are damaged.
    pub(crate) fn new(
        sweep: &'a Arc<Sweep>,
        identities: &Identities,
        contents: &'a Contents,
    ) -> Result<Self, StoreError> {
        let theory = FoundTheory::new(TheoryCells::new(sweep), contents);
        let look_up = |tasks: Vec<u32>| {
            // First all digests, then all look-ups: their waits for memory overlap.
            let digests: Vec<[u8; 32]> = identities.digests(&tasks);
            let find = |digest: &[u8; 32]| contents.records.find(digest).unwrap_or(NONE);
            digests.iter().map(find).collect::<Vec<u32>>()
        };
        let records = if contents.records.is_empty() {
            vec![NONE; sweep.tasks()]
        } else {
            (0..sweep.tasks() as u32).into_par_iter().chunks(LOOK_UPS).flat_map_iter(look_up).collect()
        };
        let (status, extents, judged) = (Vec::new(), None, Vec::new());
        let mut found = Self { sweep, contents, records, status, extents, judged, theory };
        if let Some(precision) = sweep.precision {
            found.judged = judged_values(contents, precision)?;
            let extent = |point| {
                let known = |replicate| found.verdict(sweep.task(point, replicate));
                precision.extent(sweep.replicates, known)
            };
            found.extents = Some((0..sweep.points()).into_par_iter().map(extent).collect());
        }
        found.status = (0..sweep.tasks() as u32).map(|task| found.status_of(Task(task))).collect();
        Ok(found)
    }

    /// The number of the record of a task, if there is one.
    fn record(&self, task: Task) -> Option<u32> {
        Some(self.records[task.0 as usize]).filter(|number| *number != NONE)
    }

    /// The verdict on a task of a sweep that asks for a precision, if there is a record of it.
    pub(crate) fn verdict(&self, task: Task) -> Option<Verdict> {
        let number = self.record(task)?;
        Some(match self.contents.records.is_done(number) {
            true => Verdict::Done(self.judged[number as usize]),
            false => Verdict::Failed,
        })
    }

    fn status_of(&self, task: Task) -> Status {
        match self.record(task) {
            _ if !self.is_needed(task) => Status::NotNeeded,
            None => Status::Missing,
            Some(number) if self.contents.records.is_done(number) => Status::Done,
            Some(_) => Status::Failed,
        }
    }

    /// Whether the precision needs a task.
    fn is_needed(&self, task: Task) -> bool {
        match &self.extents {
            Some(extents) => self.sweep.replicate_of(task) < extents[self.sweep.point_of(task)].replicates,
            None => true,
        }
    }

    /// The tasks that are not computed, in order, and those whose failure `is_retried`.
    pub(crate) fn missing(&self, is_retried: impl Fn(&TaskFailure) -> bool) -> impl Iterator<Item = Task> {
        let is_missing = move |status: &Status, task: Task| match status {
            Status::Missing => true,
            Status::Failed => self.failure(task).is_some_and(&is_retried),
            Status::Done | Status::NotNeeded => false,
        };
        let tasks = self.status.iter().zip(0..).map(|(status, task)| (status, Task(task)));
        tasks.filter(move |(status, task)| is_missing(status, *task)).map(|(_, task)| task)
    }

    /// The sweep that the records are of.
    pub(crate) fn sweep(&self) -> &Arc<Sweep> {
        self.sweep
    }

    /// How many tasks are done.
    pub(crate) fn done(&self) -> usize {
        self.status.iter().filter(|status| **status == Status::Done).count()
    }

    /// Why a task has failed, if it has.
    pub(crate) fn failure(&self, task: Task) -> Option<&TaskFailure> {
        self.contents.records.failure(self.record(task)?)
    }

    /// What was in hand when earlier processes were killed.
    pub(crate) fn suspects(&self) -> &Suspects {
        &self.contents.suspects
    }

    /// The failed tasks with their reasons, in task order.
    pub(crate) fn failures(&self) -> Vec<(Task, TaskFailure)> {
        let failed = self.status.iter().zip(0..).filter(|(status, _)| **status == Status::Failed);
        let failure = |task: Task| Some((task, self.failure(task)?.clone()));
        failed.filter_map(|(_, task)| failure(Task(task))).collect()
    }

    /// The tasks of the records, as far as they are done and needed.
    pub(super) fn tasks(&self) -> TasksOfRecords {
        let mut tasks = vec![NONE; self.contents.records.len()];
        for (task, number) in (0..).zip(&self.records) {
            if self.status[task as usize] == Status::Done {
                tasks[*number as usize] = task;
            }
        }
        TasksOfRecords(tasks)
    }

    /// BLAKE3 of all that results are made from: the text of the sweep, and every outcome with its place.
    pub(crate) fn digest(&self) -> String {
        let text = blake3::hash(self.sweep.text.as_bytes());
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("sweep {text}\n").as_bytes());
        let mut places = Vec::new();
        for (task, number) in (0u32..).zip(&self.records) {
            if matches!(self.status[task as usize], Status::Done | Status::Failed) {
                places.extend_from_slice(&task.to_le_bytes());
                places.extend_from_slice(self.contents.records.checksum(*number));
            }
            if places.len() > 1 << 16 {
                hasher.update(&places);
                places.clear();
            }
        }
        hasher.update(&places);
        for (cell, outcome) in self.theory.outcomes() {
            hasher.update(format!("theory {cell}\n").as_bytes());
            hasher.update(record::hash_of(outcome).as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// The task of each record.
pub(super) struct TasksOfRecords(Vec<u32>);

impl TasksOfRecords {
    /// The task of a record, if it is done and needed.
    pub(super) fn get(&self, number: u32) -> Option<Task> {
        Some(self.0[number as usize]).filter(|task| *task != NONE).map(Task)
    }
}

/// The value of each record that decides how many replicates there are.
fn judged_values(contents: &Contents, precision: Precision) -> Result<Vec<f64>, StoreError> {
    let mut judged = vec![f64::NAN; contents.records.len()];
    let damage = contents.visit(&mut |number, values| {
        judged[number as usize] = values.get(precision.offset).copied().unwrap_or(f64::NAN);
    })?;
    damage.into_iter().next().map_or(Ok(judged), Err)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::experiment::Outcome;

    fn digest(text: &str, outcomes: &[Outcome]) -> String {
        let sweep = Arc::new(Sweep::parse(Path::new("found.toml"), text.into()).unwrap());
        let identities = Identities::new(&sweep);
        let mut contents = Contents::default();
        for (task, outcome) in outcomes.iter().enumerate() {
            contents.insert(identities.digest(Task(task as u32)), outcome.clone());
        }
        contents.insert([7; 32], Outcome::Done(vec![1.0]));
        Found::new(&sweep, &identities, &contents).unwrap().digest()
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
