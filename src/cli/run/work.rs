//! One rank's computing: tasks and theory cells of the sweep in, records in the rank's journal out.

use std::sync::Arc;
use std::time::Duration;

use crate::cli::item::Item;
use crate::cli::threads::REMEDY;
use crate::cli::{Failure, crash, machine};
use crate::experiment::{Outcome, TaskFailure, evaluate};
use crate::machine::sabotage::{Defect, has};
use crate::schedule::{Kind, Pool, Work};
use crate::store::fold::fold;
use crate::store::frame::kind;
use crate::store::journal::{self, Closed, Journal};
use crate::store::{Directory, Record, StoreError, lease};
use crate::sweep::{Identities, Sweep, Task, TheoryCells, Verdict};

use super::{Arguments, Setup};

/// A rank ready to compute.
pub(super) struct Worker {
    pub pool: Pool,
    journal: Arc<Journal>,
    directory: Directory,
    run: u32,
}

struct SweepWork {
    sweep: Arc<Sweep>,
    identities: Identities,
    cells: TheoryCells,
    journal: Arc<Journal>,
    run: u32,
}

impl Worker {
    /// Opens the journal of this rank and starts its threads.
    ///
    /// # Errors
    /// One sentence: the journal or the threads cannot be had.
    pub(super) fn start(arguments: &Arguments, setup: &Setup, sweep: &Arc<Sweep>, rank: usize) -> Result<Self, String> {
        let directory = Directory::new(&setup.root);
        let path = directory.journal(setup.run, rank);
        let journal = Journal::create(&path, &lease::this_process()).map_err(|error| Failure::from(error).message)?;
        let journal = Arc::new(journal);
        let threads = arguments.threads.map_or_else(|| machine::threads(setup.sharers_of(rank)), usize::from);
        let work = SweepWork {
            sweep: Arc::clone(sweep),
            identities: Identities::new(sweep),
            cells: TheoryCells::new(sweep),
            journal: Arc::clone(&journal),
            run: setup.run,
        };
        let pool = Pool::new(threads, Arc::new(work), setup.deadline(), arguments.task_time_limit);
        let pool = pool.map_err(|reason| format!("{reason}; choose fewer --threads, or {REMEDY}"))?;
        Ok(Self { pool, journal, directory, run: setup.run })
    }

    /// Tells other shares what this one means to compute.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub(super) fn tell_taken(&self, items: &[journal::Item]) -> Result<(), Failure> {
        match self.journal.take(items) {
            Ok(()) => Ok(()),
            Err(Closed) => self.stop().map_err(Failure::from),
        }
    }

    /// Whether the journal of a rank that has fallen silent says that a task has ended its process.
    pub(super) fn knows_dead(&self, rank: usize) -> bool {
        journal::has_death(&self.directory.journal(self.run, rank))
    }

    /// Makes every outcome durable, and leaves the journal as it is.
    ///
    /// # Errors
    /// The first thing that went wrong with the journal.
    pub(super) fn stop(&self) -> Result<(), StoreError> {
        self.journal.finish().map(|_| ())
    }

    /// Makes every outcome durable and folds the journal into a shard; the journal stays for rank 0 to remove.
    ///
    /// # Errors
    /// The first thing that went wrong with the files, such as a full disk; what is in the journal stays there.
    pub(super) fn close(&self) -> Result<(), StoreError> {
        fold(&self.directory, &self.journal.finish()?)
    }
}

impl Work for SweepWork {
    fn expected_seconds(&self, task: u32) -> f64 {
        match Item::of(task, &self.sweep) {
            Item::Task(task) => self.sweep.expected_seconds(task),
            Item::Theory(cell) => self.cells.cost(cell).seconds,
        }
    }

    fn compute(&self, task: u32, is_wanted: &dyn Fn() -> bool) -> Option<Result<Verdict, String>> {
        crash::prepare_thread();
        let verdict = match Item::of(task, &self.sweep) {
            Item::Task(task) => self.compute_task(task, is_wanted),
            Item::Theory(cell) => self.compute_cell(cell, is_wanted),
        };
        verdict.map_err(cannot_write).transpose()
    }

    fn give_up(&self, task: u32, limit: Duration) -> Result<Verdict, String> {
        let outcome = Outcome::Failed(TaskFailure::over_time(limit));
        match Item::of(task, &self.sweep) {
            Item::Task(task) => self.journal.append(&Record { digest: self.identities.digest(task), outcome }),
            Item::Theory(cell) => {
                self.journal.append_theory(&Record { digest: self.cells.get(cell).digest(), outcome })
            }
        }
        .map_err(cannot_write)?;
        Ok(Verdict::Failed)
    }

    fn kind(&self, task: u32) -> Kind {
        Item::of(task, &self.sweep).kind()
    }

    fn is_open_ended(&self) -> bool {
        self.sweep.precision.is_some()
    }
}

impl SweepWork {
    /// Marks the start of an item and computes it; none if the outcome is not wanted any more.
    fn outcome(
        &self,
        item: journal::Item,
        is_wanted: &dyn Fn() -> bool,
        compute: impl FnOnce() -> Outcome,
    ) -> Result<Option<Outcome>, Closed> {
        let outcome = self.journal.start(item).map(|_in_hand| compute());
        // Whoever gave up on the item meanwhile has the last word, also where the mark could not be written.
        if is_wanted() { outcome.map(Some) } else { Ok(None) }
    }

    /// None if the outcome is not wanted any more.
    fn compute_task(&self, task: Task, is_wanted: &dyn Fn() -> bool) -> Result<Option<Verdict>, Closed> {
        let parameters = self.sweep.parameters(self.sweep.point_of(task));
        let (digest, mut stream) = self.identities.digest_and_stream(task);
        if has(Defect::WrongStreamKey) && self.run.is_multiple_of(2) {
            stream = stream.substream(1);
        }
        let replicate = self.sweep.replicate_of(task);
        let item = journal::Item { kind: kind::RESULT, digest };
        let compute = || evaluate(self.sweep.experiment, &parameters, replicate, stream);
        let Some(outcome) = self.outcome(item, is_wanted, compute)? else { return Ok(None) };
        let verdict = match (self.sweep.precision, &outcome) {
            (Some(precision), outcome) => precision.verdict(outcome),
            (None, outcome) => without_value(outcome),
        };
        self.journal.append(&Record { digest, outcome })?;
        Ok(Some(verdict))
    }

    /// Likewise.
    fn compute_cell(&self, cell: usize, is_wanted: &dyn Fn() -> bool) -> Result<Option<Verdict>, Closed> {
        let cell = self.cells.get(cell);
        let digest = cell.digest();
        let item = journal::Item { kind: kind::THEORY, digest };
        let Some(outcome) = self.outcome(item, is_wanted, || cell.outcome())? else { return Ok(None) };
        let verdict = without_value(&outcome);
        self.journal.append_theory(&Record { digest, outcome })?;
        Ok(Some(verdict))
    }
}

fn cannot_write(Closed: Closed) -> String {
    "the journal cannot be written".into()
}

/// The verdict where no value is asked for.
fn without_value(outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Done(_) => Verdict::Done(f64::NAN),
        Outcome::Failed(_) => Verdict::Failed,
    }
}
