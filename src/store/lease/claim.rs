//! A run claims its number and the directory.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::content::Purpose;
use super::held::Lease;
use super::process::Life;
use super::sighting::{Sighting, run_lease, run_leases};
use super::wait::{Look, Pauses, Settled, Watched, remove_stale};
use super::watch::Rule;
use crate::machine::clock::Moment;
use crate::store::StoreError;

/// A run that may work in the directory.
pub(crate) struct Claim {
    pub(crate) run: u32,
    pub(crate) lease: Lease,
    /// The numbers of the other shares that live.
    pub(crate) others: BTreeSet<u32>,
}

/// A number that no other run has, and the lease of the only run that works in the directory, or of one of several
/// shares that do; none if interrupted.
///
/// `next` gives a number above those of every record, journal and shard there is, whatever leases there are. `on_wait`
/// is called once for each run of which it takes time to see whether it lives. Leases of dead runs are removed. The
/// module says why no two runs get through.
///
/// # Errors
/// Another run lives (named), or a file cannot be read or written.
pub(crate) fn claim_run(
    runs: &Path,
    purpose: Purpose,
    next: impl Fn() -> Result<u32, StoreError>,
    interrupted: &AtomicBool,
    on_wait: &mut dyn FnMut(&Sighting),
) -> Result<Option<Claim>, StoreError> {
    let mut at_least = 1;
    loop {
        let leased = run_leases(runs)?.last().map_or(0, |(run, _)| *run);
        let run = next()?.max(leased.saturating_add(1)).max(at_least);
        at_least = run.saturating_add(1);
        let Some(lease) = Lease::create(&run_lease(runs, run), purpose)? else { continue };
        // A run with this number may have come and gone between looking and creating.
        if next()? > run {
            continue;
        }
        let Some(others) = found_alone(runs, (run, purpose), interrupted, on_wait)? else { return Ok(None) };
        lease.begin_work()?;
        return Ok(Some(Claim { run, lease, others }));
    }
}

/// Waits until no other run that has a lease now can be working, except for other shares if this is one; returns their
/// numbers, or none if interrupted.
fn found_alone(
    runs: &Path,
    (run, purpose): (u32, Purpose),
    interrupted: &AtomicBool,
    on_wait: &mut dyn FnMut(&Sighting),
) -> Result<Option<BTreeSet<u32>>, StoreError> {
    let clock = Moment::now();
    let leases = run_leases(runs)?.into_iter().filter(|(other, _)| *other != run);
    let rule = |other| if other < run { Rule::Run } else { Rule::HigherRun };
    let watched = |(other, path)| Other { run: other, watched: Watched::new(path, rule(other)), told: false };
    let mut left: Vec<Other> = leases.map(watched).collect();
    let mut shares = BTreeSet::new();
    let mut pauses = Pauses::new();
    loop {
        for mut other in std::mem::take(&mut left) {
            let is_share = |seen: &Sighting| (purpose, seen.purpose) == (Purpose::Share, Purpose::Share);
            match other.watched.look(clock)? {
                // Neither waits for the other, nor gives way.
                Look::Settled(Settled::Lives(seen)) if is_share(&seen) => {
                    shares.insert(other.run);
                    continue;
                }
                Look::Undecided(seen) if is_share(&seen) && seen.life == Life::Alive => {
                    shares.insert(other.run);
                    continue;
                }
                Look::Settled(Settled::Lives(seen)) => return Err(locked(&other.watched.path, seen)),
                Look::Settled(Settled::Stale(seen)) if !remove_stale(&other.watched.path, &seen)? => {}
                Look::Settled(_) => continue,
                Look::Undecided(seen) if pauses.are_long() && !other.told => {
                    on_wait(&seen);
                    other.told = true;
                }
                Look::Undecided(_) => {}
            }
            left.push(other);
        }
        if left.is_empty() {
            return Ok(Some(shares));
        }
        if interrupted.load(Ordering::Relaxed) {
            return Ok(None);
        }
        pauses.pause();
    }
}

/// Another run that has a lease.
struct Other {
    run: u32,
    watched: Watched,
    told: bool,
}

fn locked(path: &Path, other: Sighting) -> StoreError {
    let suspended = if other.life == Life::Stopped { ", suspended" } else { "" };
    StoreError::Locked { path: path.to_path_buf(), holder: format!("{}{suspended}", other.holder) }
}
