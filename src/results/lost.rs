//! Tasks that a results file has done, and whose records have been lost.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::read_back::{foreign, statuses, text_of_sweep};
use super::{Results, Status};
use crate::store::StoreError;
use crate::store::netcdf::Reader;
use crate::sweep::{Identities, Sweep, Task};
use crate::wording::counted;

/// How many of the done tasks of a results file have been lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    pub tasks: usize,
    /// The done tasks of the file.
    pub of: usize,
}

impl fmt::Display for Lost {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{} of its {}", self.tasks, counted(self.of, "done task"))
    }
}

impl Lost {
    /// What a file has done that these results do not have although their sweep needs it. The sweep may have grown
    /// since the file was written. Fewer done tasks alone are no loss: with a precision, a failed task that is done
    /// after all can make others needless.
    ///
    /// # Errors
    /// The file cannot be read, or is not a results file of a sweep that is understood.
    pub(crate) fn of(path: &Path, results: &Results) -> Result<Self, StoreError> {
        let reader = Reader::open(path)?;
        let here = results.sweep;
        let is_same = reader.text("sweep_digest").as_deref() == Some(here.digest().to_hex().as_str());
        let other = if is_same { None } else { Some(parsed(&reader, path)?) };
        let there = other.as_ref().unwrap_or(here);
        let status = statuses(&reader, path, there)?;
        let points = match &other {
            None => (0..here.points()).map(Some).collect(),
            Some(there) => points_here(there, here),
        };
        let has_missing: Vec<bool> =
            (0..here.points()).map(|point| results.status_at(point).contains(&Status::Missing)).collect();
        let is_lost = |task: &Task| {
            let Some(point) = points[there.point_of(*task)] else { return false };
            match results.status_at(point).get(there.replicate_of(*task) as usize) {
                None | Some(Status::Done) => false,
                Some(Status::Missing | Status::Failed) => true,
                // Whether it is needed is not known before what is missing is there.
                Some(Status::NotNeeded) => has_missing[point],
            }
        };
        let done = || (0..).map(Task).zip(&status).filter(|(_, status)| **status == Status::Done).map(|(task, _)| task);
        Ok(Self { tasks: done().filter(is_lost).count(), of: done().count() })
    }
}

fn parsed(reader: &Reader, path: &Path) -> Result<Sweep, StoreError> {
    Sweep::parse(path, text_of_sweep(reader, path)?)
        .map_err(|error| foreign(path, &format!("its sweep is not understood: {error}")))
}

/// Where each point of a sweep is in another one. Points are the same if their first tasks have the same name.
fn points_here(there: &Sweep, here: &Sweep) -> Vec<Option<usize>> {
    let names = |sweep: &Sweep| {
        let tasks: Vec<u32> = (0..sweep.points()).map(|point| sweep.task(point, 0).0).collect();
        Identities::new(&Arc::new(sweep.clone())).digests(&tasks)
    };
    let here: HashMap<[u8; 32], usize> = names(here).into_iter().zip(0..).collect();
    names(there).iter().map(|name| here.get(name).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Outcome, TaskFailure};
    use crate::results::file;
    use crate::store::Contents;

    const SWEEP: &str = "[sweep]\nname = \"lost\"\nexperiment = \"null\"\nreplicates = 2\n[grid]\nindex = [3, 5]\n";

    fn sweep(text: &str) -> Arc<Sweep> {
        Arc::new(Sweep::parse(Path::new("lost.toml"), text.into()).unwrap())
    }

    /// Results in which some tasks are done and others have failed.
    fn results<'a>(sweep: &'a Arc<Sweep>, done: &[u32], failed: &[u32]) -> Results<'a> {
        let identities = Identities::new(sweep);
        let mut contents = Contents::default();
        let mut insert = |task: u32, outcome| contents.insert(identities.digest(Task(task)), outcome);
        done.iter().for_each(|task| insert(*task, Outcome::Done(vec![10.0 + f64::from(*task)])));
        failed.iter().for_each(|task| insert(*task, Outcome::Failed(TaskFailure::model("no".to_string()))));
        Results::merge(sweep, &identities, &contents).unwrap()
    }

    /// How many tasks are lost if the second results come after the file of the first.
    fn lost(before: &Results, after: &Results) -> usize {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.h5");
        file::stage(&path, before).unwrap().commit().unwrap();
        let lost = Lost::of(&path, after).unwrap();
        assert_eq!(lost.of, before.count(Status::Done));
        lost.tasks
    }

    #[test]
    fn a_task_is_lost_however_many_others_are_done_instead() {
        let sweep = sweep(SWEEP);
        let before = results(&sweep, &[0, 1], &[]);
        assert_eq!(lost(&before, &results(&sweep, &[0, 1], &[])), 0);
        assert_eq!(lost(&before, &results(&sweep, &[0, 1, 2], &[3])), 0);
        assert_eq!(lost(&before, &results(&sweep, &[0, 2, 3], &[])), 1);
        assert_eq!(lost(&before, &results(&sweep, &[2, 3], &[1])), 2);
        assert_eq!(lost(&results(&sweep, &[0], &[1, 2]), &results(&sweep, &[0], &[])), 0, "a failure is no result");
    }

    #[test]
    fn in_a_sweep_that_has_grown_a_task_is_the_one_with_its_name() {
        let small = sweep(SWEEP);
        let grown = sweep(&SWEEP.replace("[3, 5]", "[5, 4, 3]").replace("= 2", "= 3"));
        // Index 3 has the tasks 0 and 1 of the small sweep, 6 and 7 of the other one; index 5 has 2 and 3, 0 and 1.
        let before = results(&small, &[0, 3], &[]);
        assert_eq!(lost(&before, &results(&grown, &[6, 1], &[])), 0);
        assert_eq!(lost(&before, &results(&grown, &[0, 3, 6, 8], &[])), 1);
        assert_eq!(lost(&before, &results(&grown, &[0, 2, 3, 4, 5, 7, 8], &[])), 2);
    }

    #[test]
    fn what_a_precision_does_not_need_any_more_is_not_lost() {
        let text = "[sweep]\nname = \"lost\"\nexperiment = \"null\"\nreplicates = 2\n\
                    [precision]\nobservable = \"value\"\nrelative_error = 0.5\nmax_replicates = 3\n";
        let sweep = sweep(text);
        let before = results(&sweep, &[0, 2], &[1]);
        assert_eq!(before.count(Status::Done), 2, "the third makes up for the second, which has failed");
        let after = results(&sweep, &[0, 1, 2], &[]);
        assert_eq!((lost(&before, &after), after.count(Status::NotNeeded)), (0, 1));
        let without_the_failure = results(&sweep, &[0, 2], &[]);
        assert_eq!((lost(&before, &without_the_failure), without_the_failure.count(Status::NotNeeded)), (1, 1));
    }
}
