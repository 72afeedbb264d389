//! One rank's computing: tasks and theory cells of the sweep in, records in the rank's journal out.

use std::sync::Arc;

use crate::cli::item::Item;
use crate::cli::threads::REMEDY;
use crate::cli::{Failure, machine};
use crate::experiment::{Outcome, evaluate};
use crate::schedule::{Kind, Pool, Work};
use crate::store::fold::fold;
use crate::store::journal::{Closed, Journal};
use crate::store::{Directory, Record, StoreError, lease};
use crate::sweep::{Identities, Sweep, Task, TheoryCells, Verdict};

use super::{Arguments, Setup};

/// A rank ready to compute.
pub(super) struct Worker {
    pub pool: Pool,
    journal: Arc<Journal>,
    directory: Directory,
}

struct SweepWork {
    sweep: Arc<Sweep>,
    identities: Identities,
    cells: TheoryCells,
    journal: Arc<Journal>,
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
        let threads = arguments.threads.map_or_else(|| machine::threads(setup.sharers), usize::from);
        let work = SweepWork {
            sweep: Arc::clone(sweep),
            identities: Identities::new(sweep),
            cells: TheoryCells::new(sweep),
            journal: Arc::clone(&journal),
        };
        let pool = Pool::new(threads, Arc::new(work), setup.deadline());
        let pool = pool.map_err(|reason| format!("{reason}; choose fewer --threads, or {REMEDY}"))?;
        Ok(Self { pool, journal, directory })
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

    fn compute(&self, task: u32) -> Result<Verdict, String> {
        match Item::of(task, &self.sweep) {
            Item::Task(task) => self.compute_task(task),
            Item::Theory(cell) => self.compute_cell(cell),
        }
        .map_err(|Closed| "the journal cannot be written".to_string())
    }

    fn kind(&self, task: u32) -> Kind {
        Item::of(task, &self.sweep).kind()
    }

    fn is_open_ended(&self) -> bool {
        self.sweep.precision.is_some()
    }
}

impl SweepWork {
    fn compute_task(&self, task: Task) -> Result<Verdict, Closed> {
        let parameters = self.sweep.parameters(self.sweep.point_of(task));
        let (digest, stream) = self.identities.digest_and_stream(task);
        let replicate = self.sweep.replicate_of(task);
        let outcome = evaluate(self.sweep.experiment, &parameters, replicate, stream);
        let verdict = match (self.sweep.precision, &outcome) {
            (Some(precision), outcome) => precision.verdict(outcome),
            (None, outcome) => without_value(outcome),
        };
        self.journal.append(&Record { digest, outcome })?;
        Ok(verdict)
    }

    fn compute_cell(&self, cell: usize) -> Result<Verdict, Closed> {
        let cell = self.cells.get(cell);
        let outcome = cell.outcome();
        let verdict = without_value(&outcome);
        self.journal.append_theory(&Record { digest: cell.digest(), outcome })?;
        Ok(verdict)
    }
}

/// The verdict where no value is asked for.
fn without_value(outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Done(_) => Verdict::Done(f64::NAN),
        Outcome::Failed(_) => Verdict::Failed,
    }
}
