//! Takes a directory for a run: nobody else works there, it is the sweep's own, and it is whole.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{Arguments, reuse};
use crate::cli::agenda::Agenda;
use crate::cli::publication::Fewer;
use crate::cli::results_directory::results_directory;
use crate::cli::size::Size;
use crate::cli::{Exit, Failure, machine, reduce, sweep_file};
use crate::experiment::Outcome;
use crate::results::Found;
use crate::store::contents::{OnDamage, move_aside};
use crate::store::lease::{self, Lease, Sighting};
use crate::store::lock::Lock;
use crate::store::run_record::TheoryCounts;
use crate::store::{Contents, Directory, StoreError};
use crate::sweep::{Identities, Sweep};

/// A directory that this run may write to, and what is left to do there.
pub(super) struct Claimed {
    pub(super) sweep: Arc<Sweep>,
    pub(super) identities: Identities,
    pub(super) directory: Directory,
    pub(super) run: u32,
    pub(super) agenda: Agenda,
    pub(super) known: Known,
    pub(super) fewer: Fewer,
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
    directory.create()?;
    let (run, lease) = claim_run(&directory, interrupted)?;
    let since = humantime::format_rfc3339_seconds(std::time::SystemTime::now());
    let holder = format!("host {}, pid {}, since {since}", machine::host(), std::process::id());
    let lock = Lock::acquire(&directory.lock_file(), &holder)?;
    if arguments.recompute_damaged && matches!(directory.check_rules(&sweep), Err(StoreError::Damaged { .. })) {
        let path = directory.format_file();
        tracing::warn!("{} is damaged; moved aside, and written anew", path.display());
        if path.exists() {
            move_aside(&directory, &path)?;
        }
    }
    // Again, because another run may have been here in between.
    check_owner(arguments, &directory, &sweep)?;
    let is_claimed = directory.is_claimed(&sweep);
    let identities = Identities::new(&sweep);
    if directory.has_lost_checksums() {
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
    let contents = Contents::recover(&directory, on_damage, reduce_lease.is_some())?;
    let fewer = if contents.has_set_aside { Fewer::Replace } else { Fewer::Keep };
    let contents = reused(arguments, contents, &directory, run, &sweep, &identities)?;
    let found = Found::new(&sweep, &identities, &contents)?;
    let agenda = Agenda::new(&sweep, &found, arguments.retry_failed);
    let known = Known::new(&contents, &found);
    drop(found);
    Ok(Claimed { sweep, identities, directory, run, agenda, known, fewer, lease, _lock: lock })
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

fn claim_run(directory: &Directory, interrupted: &AtomicBool) -> Result<(u32, Lease), Failure> {
    let next = || Ok(directory.last_run()?.saturating_add(1));
    let on_wait = &mut |holder: &Sighting| news!("{}: {}", directory.root().display(), holder.may_still_live());
    let claimed = lease::claim_run(&directory.runs(), next, interrupted, on_wait)?;
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
            if is_own && arguments.settings.is_empty() && directory.keeps_checksum_of(&sweep.text) =>
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
