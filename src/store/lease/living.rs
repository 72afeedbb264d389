//! Whether a run lives, for those who only read.

use std::path::Path;
use std::time::Duration;

use super::process::Life;
use super::sighting::{Sighting, observe, run_leases};
use super::wait::{Look, Pauses, Settled, Watched};
use super::watch::Rule;
use crate::machine::clock::{Moment, since_1970};
use crate::machine::files;
use crate::store::StoreError;

/// A beat comes every second, so one that did not come for so long is late.
const LOOK: Duration = Duration::from_secs(3);

/// A run that lives, or may live.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LivingRun {
    pub(crate) run: u32,
    /// In words: host, process, and since when.
    pub(crate) holder: String,
    pub(crate) state: LivingState,
    /// How long ago its lease was written for the last time, by the clocks of this machine and of the disk.
    pub(crate) heartbeat: Option<Duration>,
}

impl LivingRun {
    fn new(run: u32, seen: &Sighting, path: &Path, state: LivingState) -> Self {
        // A clock that is ahead of this one has just been read.
        let heartbeat = files::written(path).map(|time| Duration::from_secs_f64((since_1970() - time).max(0.0)));
        Self { run, holder: seen.holder.clone(), state, heartbeat }
    }
}

/// How a run lives, the least lively first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LivingState {
    /// Elsewhere, and no beat was seen: it may be dead.
    Stalled,
    /// Suspended on this machine.
    Stopped,
    Running,
}

/// The liveliest run that has a lease, and the newest of several. On this boot that is known at once; one elsewhere is
/// watched for up to 3 s. Nothing is changed.
///
/// # Errors
/// A lease or the folder cannot be read.
pub(crate) fn living_run(runs: &Path) -> Result<Option<LivingRun>, StoreError> {
    let clock = Moment::now();
    let mut found: Vec<LivingRun> = Vec::new();
    let mut unknown = Vec::new();
    for (run, path) in run_leases(runs)? {
        match observe(&path)? {
            None => {}
            Some(seen) => match seen.life {
                Life::Dead => {}
                Life::Alive => found.push(LivingRun::new(run, &seen, &path, LivingState::Running)),
                Life::Stopped => found.push(LivingRun::new(run, &seen, &path, LivingState::Stopped)),
                Life::Unknown => unknown.push((run, Watched::new(path, Rule::Run))),
            },
        }
    }
    let mut pauses = Pauses::new();
    while !unknown.is_empty() && found.iter().all(|run| run.state != LivingState::Running) {
        let is_last = clock.elapsed() >= LOOK;
        let mut left = Vec::new();
        for (run, mut watched) in unknown {
            match watched.look(clock)? {
                Look::Settled(Settled::Lives(seen)) => {
                    // One on this boot that was torn at first may be a suspended one.
                    let stopped = seen.life == Life::Stopped && !watched.moved();
                    let state = if stopped { LivingState::Stopped } else { LivingState::Running };
                    found.push(LivingRun::new(run, &seen, &watched.path, state));
                }
                Look::Settled(_) => {}
                Look::Undecided(seen) if is_last => {
                    found.push(LivingRun::new(run, &seen, &watched.path, LivingState::Stalled));
                }
                Look::Undecided(_) => left.push((run, watched)),
            }
        }
        unknown = left;
        if !unknown.is_empty() {
            pauses.pause();
        }
    }
    Ok(found.into_iter().max_by_key(|run| (run.state, run.run)))
}
