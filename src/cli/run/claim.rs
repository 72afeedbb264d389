//! Takes a directory for a run: nobody else works there, it is the sweep's own, and it is whole.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::share::Part;
use super::{Arguments, reuse};
use crate::cli::agenda::{Agenda, Retry};
use crate::cli::item::Item;
use crate::cli::publication::OnLoss;
use crate::cli::results_directory::results_directory;
use crate::cli::size::Size;
use crate::cli::{Exit, Failure, machine, reduce, sweep_file};
use crate::experiment::Outcome;
use crate::machine::clock::today;
use crate::machine::{files, process};
use crate::results::Found;
use crate::schedule::Pending;
use crate::store::contents::{Living, OnDamage, move_aside};
use crate::store::lease::{self, Claim, Lease, Purpose, Sighting};
use crate::store::lock::Lock;
use crate::store::run_record::TheoryCounts;
use crate::store::{Contents, Directory, StoreError, journal};
use crate::sweep::{Identities, Sweep, TheoryCells};

/// A directory that this run may write to, and what is left to do there.
pub(super) struct Claimed {
    pub(super) sweep: Arc<Sweep>,
    pub(super) identities: Identities,
    pub(super) directory: Directory,
    pub(super) run: u32,
    /// No run has been here before.
    pub(super) is_new: bool,
    /// Tasks that were done.
    pub(super) done: usize,
    pub(super) agenda: Agenda,
    /// How many tasks and cells are left that other shares have taken, if that is all that is left.
    pub(super) elsewhere: Option<usize>,
    pub(super) known: Known,
    pub(super) on_loss: OnLoss,
    pub(super) lease: Lease,
    pub(super) _lock: Lock,
}

/// What a run that finds nothing to do has to know of the records.
pub(super) struct Known {
    /// The digest of what results are made from.
    pub(super) digest: String,
    /// What failed and may come to another end.
    pub(super) may_differ: usize,
    pub(super) theory: TheoryCounts,
}

impl Claimed {
    /// What journals call all that is left to do.
    pub(super) fn names(&self) -> Vec<journal::Item> {
        let cells = TheoryCells::new(&self.sweep);
        let name = |task: &Pending| Item::of(task.task, &self.sweep).name(&self.identities, &cells);
        self.agenda.pending.iter().map(name).collect()
    }
}

/// # Errors
/// The sweep file is bad; the directory is another sweep's, follows other rules, or is damaged; another run works
/// there.
pub(super) fn claim(arguments: &Arguments, interrupted: &AtomicBool) -> Result<Claimed, Failure> {
    let sweep = Arc::new(sweep_file::read(&arguments.sweep, &arguments.settings)?);
    // Before anything is computed that could not be merged.
    Size::of(&sweep).check(&sweep)?;
    let directory = results_directory(arguments.out.as_deref(), &arguments.sweep, &sweep)?;
    // Before anything is written.
    check_owner(arguments, &directory, &sweep)?;
    let is_new = !directory.has_been_claimed();
    directory.create()?;
    let purpose = if arguments.share.is_some() { Purpose::Share } else { Purpose::Run };
    let Claim { run, lease, others } = claim_run(&directory, purpose, interrupted)?;
    let lock = match purpose {
        Purpose::Share => Lock::acquire_shared(&directory.lock_file(), &holder())?,
        _ => Lock::acquire(&directory.lock_file(), &holder())?,
    };
    if arguments.recompute_damaged && matches!(directory.check_rules(&sweep), Err(StoreError::Damaged { .. })) {
        set_rules_aside(&directory)?;
    }
    // Again, because another run may have been here in between.
    check_owner(arguments, &directory, &sweep)?;
    let is_claimed = directory.is_claimed(&sweep)?;
    let identities = Identities::new(&sweep);
    if directory.has_lost_checksums()? {
        reduce::check_unguarded(&directory, &sweep, &identities, &Contents::read(&directory)?)?;
    }
    // A `reduce` that is at work is not disturbed, unless there is something to write.
    let reduce_lease = match is_claimed && lease::is_reduce_held(directory.root())? {
        true => None,
        false => Some(reduce::lease(&directory, interrupted)?),
    };
    if let Some(reduce_lease) = reduce_lease.as_ref().filter(|_| !is_claimed) {
        directory.claim(&sweep, &|| reduce_lease.check())?;
    }
    let on_damage = if arguments.recompute_damaged { OnDamage::MoveAside } else { OnDamage::Refuse };
    let living = Living { own: run, others, is_share: arguments.share.is_some() };
    let contents = Contents::recover(&directory, on_damage, reduce_lease.is_some(), &living)?;
    let on_loss = if contents.has_set_aside { OnLoss::Replace } else { OnLoss::Keep };
    let contents = reused(arguments, contents, &directory, run, &sweep, &identities)?;
    let found = Found::new(&sweep, &identities, &contents)?;
    let retry = Retry { failed: arguments.retry_failed, task_time_limit: arguments.task_time_limit };
    let mut agenda = Agenda::new(&sweep, &identities, &found, retry);
    let elsewhere = restrict(arguments, &mut agenda, &found, &identities, &contents);
    let known = Known::new(&contents, &found);
    let done = found.done();
    drop(found);
    Ok(Claimed {
        sweep,
        identities,
        directory,
        run,
        is_new,
        done,
        agenda,
        elsewhere,
        known,
        on_loss,
        lease,
        _lock: lock,
    })
}

/// This process, for whoever finds the lock taken.
fn holder() -> String {
    let since = humantime::format_rfc3339_seconds(today());
    format!("host {}, pid {}, since {since}", machine::host(), process::id())
}

/// Moves `format.json` aside, which is then written anew.
fn set_rules_aside(directory: &Directory) -> Result<(), StoreError> {
    let path = directory.format_file();
    tracing::warn!("{} is damaged; moved aside, and written anew", path.display());
    if files::is_file(&path) { move_aside(directory, &path) } else { Ok(()) }
}

/// Leaves a share only its part; how much is left that others have taken, if that is all.
fn restrict(
    arguments: &Arguments,
    agenda: &mut Agenda,
    found: &Found,
    identities: &Identities,
    contents: &Contents,
) -> Option<usize> {
    let share = arguments.share?;
    let threads = arguments.threads.map_or_else(|| machine::threads(1), usize::from);
    let name = |number| Item::of(number, found.sweep()).name(identities, &found.theory.cells);
    let (part, elsewhere) = match share.part(agenda.pending.clone(), name, &contents.taken, threads) {
        Part::Some(part) => (part, None),
        Part::Elsewhere(count) => (Vec::new(), Some(count)),
        Part::Nothing => (Vec::new(), None),
    };
    agenda.restrict(part);
    elsewhere
}

/// With what other directories have.
fn reused(
    arguments: &Arguments,
    mut contents: Contents,
    directory: &Directory,
    run: u32,
    sweep: &Arc<Sweep>,
    identities: &Identities,
) -> Result<Contents, Failure> {
    for other in &arguments.reuse {
        if reuse::reuse(other, directory, run, sweep, identities, &contents)? {
            let has_set_aside = contents.has_set_aside;
            contents = Contents::read(directory)?;
            contents.has_set_aside = has_set_aside;
        }
    }
    Ok(contents)
}

impl Known {
    fn new(contents: &Contents, found: &Found) -> Self {
        let cells = contents.cells.values().filter_map(|outcome| match outcome {
            Outcome::Failed(failure) => Some(failure),
            Outcome::Done(_) => None,
        });
        let failures = contents.records.failures().chain(cells);
        Self {
            digest: found.digest(),
            may_differ: failures.filter(|failure| failure.class.may_differ()).count(),
            theory: found.theory.counts(),
        }
    }
}

fn claim_run(directory: &Directory, purpose: Purpose, interrupted: &AtomicBool) -> Result<Claim, Failure> {
    let next = || Ok(directory.last_run()?.saturating_add(1));
    let on_wait = &mut |holder: &Sighting| news!("{}: {}", directory.root().display(), holder.may_still_live());
    let claimed = lease::claim_run(&directory.runs(), purpose, next, interrupted, on_wait)?;
    claimed.ok_or_else(|| Failure::new(Exit::Stopped, "stopped by a signal; the same command resumes"))
}

/// Whether the directory is this sweep's own, with the remedy if only its copy of the sweep is damaged.
fn check_owner(arguments: &Arguments, directory: &Directory, sweep: &Sweep) -> Result<(), Failure> {
    let copy = directory.sweep_file();
    let is_own = !is_same_file(&arguments.sweep, &copy);
    match directory.check_owner_of(sweep, is_own) {
        Err(StoreError::Damaged { path, .. }) if arguments.recompute_damaged && path == directory.format_file() => {
            Ok(())
        }
        Err(error @ (StoreError::OtherText { .. } | StoreError::Sweep(_)))
            if is_own && arguments.settings.is_empty() && directory.keeps_checksum_of(&sweep.text)? =>
        {
            let own = arguments.sweep.display();
            let remedy = format!("{own} is that file, and `cp {own} {}` mends it", copy.display());
            Err(Failure::new(Exit::Damaged, format!("{error}; {remedy}")))
        }
        outcome => Ok(outcome?),
    }
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
