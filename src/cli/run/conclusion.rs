//! The end of a run: merges what there is, says where it is, and finds the exit code.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::claim::{Claimed, Known};
use crate::cli::publication::{self, OnLoss, Published};
use crate::cli::{Exit, Failure, reduce, signals};
use crate::results::{Results, Status, Summary};
use crate::schedule::Ending;
use crate::store::run_record::TheoryCounts;
use crate::store::{Contents, Directory, StoreError};
use crate::sweep::{Identities, Sweep, Target};
use crate::wording::counted;

/// What the results of a run are made from, and where they go.
pub(super) struct Conclusion<'a> {
    pub(super) directory: &'a Directory,
    pub(super) sweep: &'a Arc<Sweep>,
    pub(super) identities: &'a Identities,
    pub(super) on_loss: OnLoss,
    /// Ends a wait for another process that writes the results.
    pub(super) interrupted: &'a AtomicBool,
}

/// What became of the tasks and of the theory.
struct Counts {
    done: usize,
    failed: usize,
    tasks: usize,
    /// Tasks without an outcome that are needed.
    missing: usize,
    /// Failed tasks that may come to another end.
    may_differ: usize,
    /// Points that have the most replicates and not their precision.
    not_met: usize,
    theory: TheoryCounts,
}

impl Counts {
    /// Tasks and theory cells that have no outcome, and need one.
    fn left(&self) -> usize {
        self.missing + self.theory.left() as usize
    }

    fn exit(&self, ending: &Ending) -> Exit {
        exit_before_the_end(ending).unwrap_or(match self {
            _ if self.left() > 0 => Exit::Stopped,
            Self { failed: 1.., .. } | Self { theory: TheoryCounts { failed: 1.., .. }, .. } => Exit::FailedTasks,
            _ => Exit::Complete,
        })
    }
}

/// The exit code of a run that has ended before everything was computed.
fn exit_before_the_end(ending: &Ending) -> Option<Exit> {
    match ending {
        Ending::Complete => None,
        Ending::Interrupted | Ending::TimeLimit | Ending::Standstill => Some(Exit::Stopped),
        Ending::TooManyFailures => Some(Exit::FailedTasks),
        Ending::Broken(_) => Some(Exit::Environment),
    }
}

/// A run that has found nothing to compute writes nothing if the results are up to date.
///
/// # Errors
/// See [`Conclusion::publish`].
pub(super) fn conclude_nothing_left(claimed: &Claimed, interrupted: &AtomicBool) -> Result<Exit, Failure> {
    let Claimed { sweep, identities, directory, known, on_loss, .. } = claimed;
    let conclusion = Conclusion { directory, sweep, identities, on_loss: *on_loss, interrupted };
    match publication::up_to_date(directory, sweep, &known.digest) {
        Some(Summary { done, failed, tasks, not_met, .. }) => {
            let Known { may_differ, theory, .. } = *known;
            let counts = Counts { done, failed, tasks, missing: 0, may_differ, not_met, theory };
            conclusion.tell(&counts);
            Ok(counts.exit(&Ending::Complete))
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
        let Self { directory, sweep, identities, on_loss, interrupted } = *self;
        signals::note_merging();
        let lease = reduce::lease(directory, interrupted)?;
        tidy()?;
        let contents = Contents::read_durable(directory)?.undamaged()?;
        let results = Results::merge(sweep, identities, &contents)?;
        let published = publication::publish(directory, &results, &lease, on_loss)?;
        let here = Counts {
            done: results.count(Status::Done),
            failed: results.count(Status::Failed),
            tasks: results.tasks(),
            missing: results.count(Status::Missing),
            may_differ: results.all_failures().filter(|failure| failure.class.may_differ()).count(),
            not_met: results.points_at(Target::NotMet),
            theory: results.theory,
        };
        self.tell(&here);
        if *ending == Ending::Complete && here.left() > 0 {
            let (left, root) = (here.left(), directory.root().display());
            tell!(
                "{root}: {left} left without an outcome, because ranks stopped answering before their last outcomes \
                 were safe; the same command resumes"
            );
        }
        match published {
            Published::Kept(lost) if *ending == Ending::Complete => {
                Err(Failure::new(Exit::Damaged, reduce::kept(directory, lost, &results)))
            }
            Published::Kept(lost) => {
                tell!("{}", reduce::kept(directory, lost, &results));
                Ok(here.exit(ending))
            }
            Published::Written | Published::UpToDate => Ok(here.exit(ending)),
        }
    }

    /// Removes the journal of a part; the exit code if the share ends with it. Results are left to whoever finds
    /// nothing left to compute.
    ///
    /// # Errors
    /// The journal cannot be removed.
    pub(super) fn end_pass(
        &self,
        ending: &Ending,
        tidy: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<Option<Exit>, Failure> {
        let _lease = reduce::lease(self.directory, self.interrupted)?;
        tidy()?;
        Ok(exit_before_the_end(ending))
    }

    fn tell(&self, counts: &Counts) {
        let Counts { done, failed, tasks, may_differ, not_met, theory, .. } = counts;
        let (tasks, file) = (counted(tasks, "task"), self.directory.results_file());
        news!("{done} of {tasks} done, {failed} failed: {}", file.display());
        if theory.done < theory.cells {
            let (cells, failed) = (counted(theory.cells, "cell"), theory.failed);
            news!("theory: {} of {cells} done, {failed} failed", theory.done);
        }
        if *may_differ > 0 {
            news!("killed or out of time: {may_differ} of those that failed; `--retry-failed` tries them again");
        }
        if *not_met > 0 {
            let (points, most) = (counted(self.sweep.points(), "point"), self.sweep.most_replicates());
            news!("precision not met at {not_met} of {points} with the most replicates, {most}");
        }
    }
}
