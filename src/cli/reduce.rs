//! `microzone reduce`: joins store, results and report.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::locate;
use super::open::{self, Opened};
use super::publication::{self, OnLoss, Published};
use super::{Exit, Failure};
use crate::results::{Lost, Results, Status};
use crate::store::lease::{Lease, Sighting, acquire_reduce};
use crate::store::{Contents, Directory};
use crate::sweep::{Identities, Sweep, Task};
use crate::wording::counted;

/// Merge the results so far into results.h5 and tables/*.csv
///
/// `run` does this at its end; use it to look at a sweep that is still running or was killed. Results that are up to
/// date are not written again, and results are never replaced by results without some of their done tasks.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  microzone reduce results/quickstart")]
pub(super) struct Arguments {
    /// The results directory, its sweep file, or a file inside it
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}

/// # Errors
/// The directory has no sweep, is damaged, follows other rules, or cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let root = locate::directory(&arguments.dir)?;
    open::check(&root)?;
    let directory = Directory::new(&root);
    // First of all whether there is anything to write to.
    directory.check_rules(&directory.sweep()?)?;
    let lease = lease(&directory, &AtomicBool::new(false))?;
    // The records are read under the lease: an earlier holder has read no later ones.
    let mut opened = Opened::to_publish(&root)?;
    check_unguarded(&directory, &opened.sweep, &opened.identities, &opened.contents)?;
    let results = opened.results()?;
    let (done, tasks) = (results.count(Status::Done), results.tasks());
    let file = directory.results_file();
    open::tell_of_missing_theory(&results);
    match publication::publish(&directory, &results, &lease, OnLoss::Keep)? {
        Published::Written => say!("{done} of {}: {}", counted(tasks, "task"), file.display()),
        Published::UpToDate => say!("{done} of {}: {} is up to date", counted(tasks, "task"), file.display()),
        Published::Kept(lost) => return Err(Failure::new(Exit::Damaged, kept(&directory, lost, &results))),
    }
    Ok(Exit::Complete)
}

/// Waits for the right to replace the results.
///
/// # Errors
/// The lease cannot be written, or a signal ends the wait.
pub(super) fn lease(directory: &Directory, interrupted: &AtomicBool) -> Result<Lease, Failure> {
    let on_wait = &mut |holder: &Sighting| news!("{}: {}", directory.root().display(), holder.is_reducing());
    let lease = acquire_reduce(directory.root(), interrupted, on_wait)?;
    lease.ok_or_else(|| {
        let what = "stopped by a signal while another process writes the results; the same command resumes";
        Failure::new(Exit::Stopped, format!("{}: {what}", directory.root().display()))
    })
}

/// If the checksum of the sweep is lost, the records show whether the sweep still belongs to them: a sweep only grows.
///
/// # Errors
/// Some records belong to no task of the sweep.
pub(super) fn check_unguarded(
    directory: &Directory,
    sweep: &Sweep,
    identities: &Identities,
    contents: &Contents,
) -> Result<(), Failure> {
    let tasks = (0..sweep.tasks() as u32).map(Task);
    if !directory.has_lost_checksums()? {
        return Ok(());
    }
    let known = tasks.filter(|task| contents.records.find(&identities.digest(*task)).is_some()).count();
    let strange = contents.records.len() - known;
    if strange == 0 {
        return Ok(());
    }
    let what = format!(
        "{}: damaged: its checksum is lost, and {} no task of it; restore the file of \
         this directory's sweep there",
        directory.sweep_file().display(),
        if strange == 1 { "1 record belongs to".into() } else { format!("{strange} records belong to") }
    );
    Err(Failure::new(Exit::Damaged, what))
}

/// Why the results stay as they are.
pub(super) fn kept(directory: &Directory, lost: Lost, here: &Results) -> String {
    let may_help = here.failures.iter().any(|(_, failure)| failure.class.may_differ());
    format!(
        "{}: the records have lost {lost}; it stays as it is, and `microzone run`{} computes what is missing",
        directory.results_file().display(),
        if may_help { " with `--retry-failed`" } else { "" }
    )
}
