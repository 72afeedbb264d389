//! A run claims its number and the directory.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::content::Purpose;
use super::held::Lease;
use super::process::Life;
use super::sighting::{Sighting, run_lease, run_leases};
use super::wait::{Look, Pauses, Settled, Watched, remove_stale};
use super::watch::Rule;
use crate::store::StoreError;

/// A number that no other run has, and the lease of the only run that works in the directory; none if interrupted.
///
/// `next` gives a number above those of every record, journal and shard there is, whatever leases there are. `on_wait`
/// is called once for each run of which it takes time to see whether it lives. Leases of dead runs are removed. The
/// module says why no two runs get through.
///
/// # Errors
/// Another run lives (named), or a file cannot be read or written.
pub(crate) fn claim_run(
    runs: &Path,
    next: impl Fn() -> Result<u32, StoreError>,
    interrupted: &AtomicBool,
    on_wait: &mut dyn FnMut(&Sighting),
) -> Result<Option<(u32, Lease)>, StoreError> {
    let mut at_least = 1;
    loop {
        let leased = run_leases(runs)?.last().map_or(0, |(run, _)| *run);
        let run = next()?.max(leased.saturating_add(1)).max(at_least);
        at_least = run.saturating_add(1);
        let Some(lease) = Lease::create(&run_lease(runs, run), Purpose::Run)? else { continue };
        // A run with this number may have come and gone between looking and creating.
        if next()? > run {
            continue;
        }
        if !found_alone(runs, run, interrupted, on_wait)? {
            return Ok(None);
        }
        lease.begin_work()?;
        return Ok(Some((run, lease)));
    }
}

/// Waits until no other run that has a lease now can be working; false if interrupted.
fn found_alone(
    runs: &Path,
    run: u32,
    interrupted: &AtomicBool,
    on_wait: &mut dyn FnMut(&Sighting),
) -> Result<bool, StoreError> {
    let clock = Instant::now();
    let others = run_leases(runs)?.into_iter().filter(|(other, _)| *other != run);
    let rule = |other| if other < run { Rule::Run } else { Rule::HigherRun };
    let mut others: Vec<(Watched, bool)> =
        others.map(|(other, path)| (Watched::new(path, rule(other)), false)).collect();
    let mut pauses = Pauses::new();
    loop {
        let mut left = Vec::new();
        for (mut watched, mut told) in others {
            match watched.look(clock)? {
                Look::Settled(Settled::Lives(other)) => return Err(locked(&watched.path, other)),
                Look::Settled(Settled::Stale(other)) if !remove_stale(&watched.path, &other)? => {}
                Look::Settled(_) => continue,
                Look::Undecided(other) if pauses.are_long() && !told => {
                    on_wait(&other);
                    told = true;
                }
                Look::Undecided(_) => {}
            }
            left.push((watched, told));
        }
        if left.is_empty() {
            return Ok(true);
        }
        if interrupted.load(Ordering::Relaxed) {
            return Ok(false);
        }
        others = left;
        pauses.pause();
    }
}

fn locked(path: &Path, other: Sighting) -> StoreError {
    let suspended = if other.life == Life::Stopped { ", suspended" } else { "" };
    StoreError::Locked { path: path.to_path_buf(), holder: format!("{}{suspended}", other.holder) }
}
