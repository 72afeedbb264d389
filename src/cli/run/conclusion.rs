//! The end of a run: merges what there is, says where it is, and finds the exit code.

use std::sync::atomic::AtomicBool;

use super::claim::Claimed;
use crate::cli::publication::{self, Fewer, Published};
use crate::cli::{Exit, Failure, reduce};
use crate::experiment::Outcome;
use crate::results::{Found, Results, Status, Summary};
use crate::schedule::Ending;
use crate::store::{Contents, Directory, StoreError};
use crate::sweep::{Identities, Sweep, Target};
use crate::wording::counted;

/// What the results of a run are made from, and where they go.
pub(super) struct Conclusion<'a> {
    pub(super) directory: &'a Directory,
    pub(super) sweep: &'a Sweep,
    pub(super) identities: &'a Identities,
    pub(super) fewer: Fewer,
    /// Ends a wait for another process that writes the results.
    pub(super) interrupted: &'a AtomicBool,
}

/// What became of the tasks.
struct Counts {
    done: usize,
    failed: usize,
    tasks: usize,
    /// Failed tasks that may come to another end.
    may_differ: usize,
    /// Points that have the most replicates and not their precision.
    not_met: usize,
}

/// A run that has found nothing to compute writes nothing if the results are up to date.
///
/// # Errors
/// See [`Conclusion::publish`].
pub(super) fn conclude_nothing_left(claimed: &Claimed, interrupted: &AtomicBool) -> Result<Exit, Failure> {
    let Claimed { sweep, identities, directory, contents, fewer, .. } = claimed;
    let conclusion = Conclusion { directory, sweep, identities, fewer: *fewer, interrupted };
    let records = Found::new(sweep, identities, contents).digest();
    match publication::up_to_date(directory, sweep, &records) {
        Some(Summary { done, failed, tasks, not_met, .. }) => {
            let may_differ = contents.outcomes.values().filter(|outcome| may_differ(outcome)).count();
            conclusion.tell(&Counts { done, failed, tasks, may_differ, not_met });
            Ok(exit(&Ending::Complete, failed))
        }
        None => conclusion.publish(&Ending::Complete, || Ok(())),
    }
}

impl Conclusion<'_> {
    /// Writes the results under the lease `reduce`, after `tidy`, which may remove journals.
    ///
    /// # Errors
    /// A file is damaged, or cannot be read or written.
    pub(super) fn publish(
        &self,
        ending: &Ending,
        tidy: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<Exit, Failure> {
        let Self { directory, sweep, identities, fewer, interrupted } = *self;
        let lease = reduce::lease(directory, interrupted)?;
        tidy()?;
        let contents = Contents::read(directory)?.undamaged()?;
        let results = Results::merge(sweep, identities, &contents)?;
        let published = publication::publish(directory, &results, &lease, fewer)?;
        let here = Counts {
            done: results.count(Status::Done),
            failed: results.count(Status::Failed),
            tasks: results.tasks(),
            may_differ: results.failures.iter().filter(|(_, failure)| failure.class.may_differ()).count(),
            not_met: results.points_at(Target::NotMet),
        };
        self.tell(&here);
        match published {
            Published::Kept(there) if *ending == Ending::Complete => {
                Err(Failure::new(Exit::Damaged, reduce::kept(directory, &there, &results)))
            }
            Published::Kept(there) => {
                tell!("{}", reduce::kept(directory, &there, &results));
                Ok(exit(ending, here.failed))
            }
            Published::Written | Published::UpToDate => Ok(exit(ending, here.failed)),
        }
    }

    fn tell(&self, counts: &Counts) {
        let Counts { done, failed, tasks, may_differ, not_met } = counts;
        let (tasks, file) = (counted(tasks, "task"), self.directory.results_file());
        news!("{done} of {tasks} done, {failed} failed: {}", file.display());
        if *may_differ > 0 {
            news!("killed or out of time: {may_differ} of those that failed; `--retry-failed` tries them again");
        }
        if *not_met > 0 {
            let (points, most) = (counted(self.sweep.points(), "point"), self.sweep.most_replicates());
            news!("precision not met at {not_met} of {points} with the most replicates, {most}");
        }
    }
}

fn may_differ(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(failure) if failure.class.may_differ())
}

fn exit(ending: &Ending, failed: usize) -> Exit {
    match ending {
        Ending::Complete if failed > 0 => Exit::FailedTasks,
        Ending::Complete => Exit::Complete,
        Ending::Interrupted | Ending::TimeLimit => Exit::Stopped,
        Ending::TooManyFailures => Exit::FailedTasks,
        Ending::Broken(_) => Exit::Environment,
    }
}
