//! Watches lease files until it is known whether their holders live.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::sighting::{Sighting, observe};
use super::watch::{Rule, Verdict, Watch};
use crate::machine::clock::Moment;
use crate::machine::coverage::reached;
use crate::machine::files;
use crate::machine::threads::sleep;
use crate::store::{StoreError, ownership};

const POLL: Duration = Duration::from_millis(200);
/// Of two runs that start at the same moment one is gone soon.
const FIRST_POLL: Duration = Duration::from_millis(10);

/// The fate of a lease that was watched.
#[derive(Debug)]
pub(crate) enum Settled {
    Gone,
    /// To be removed by [`remove_stale`].
    Stale(Sighting),
    /// Never with [`Rule::Reduce`].
    Lives(Sighting),
    Interrupted,
}

/// One lease that is looked at again and again.
pub(super) struct Watched {
    pub(super) path: PathBuf,
    watch: Watch,
}

impl Watched {
    pub(super) fn new(path: PathBuf, rule: Rule) -> Self {
        Self { path, watch: Watch::new(rule) }
    }

    /// `clock` is the observer's own.
    pub(super) fn look(&mut self, clock: Moment) -> Result<Look, StoreError> {
        let began = clock.elapsed();
        let Some(sighting) = observe(&self.path)? else { return Ok(Look::Settled(Settled::Gone)) };
        Ok(match self.watch.see(&sighting, began, clock.elapsed()) {
            Verdict::Lives => Look::Settled(Settled::Lives(sighting)),
            Verdict::Stale => Look::Settled(Settled::Stale(sighting)),
            Verdict::Undecided => Look::Undecided(sighting),
        })
    }

    pub(super) fn moved(&self) -> bool {
        self.watch.moved()
    }
}

pub(super) enum Look {
    Settled(Settled),
    Undecided(Sighting),
}

/// The pauses between looks: short ones first.
pub(super) struct Pauses(Duration);

impl Pauses {
    pub(super) fn new() -> Self {
        Self(FIRST_POLL)
    }

    pub(super) fn pause(&mut self) {
        sleep(self.0);
        self.0 = (self.0 * 2).min(POLL);
    }

    /// Whether the wait is long enough for a user to notice.
    pub(super) fn are_long(&self) -> bool {
        self.0 == POLL
    }
}

/// Waits until the lease is gone or stale, or, for that of a run, is known to live.
///
/// `on_wait` is called once, when the wait becomes long enough for a user to notice.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn await_free(
    path: &Path,
    rule: Rule,
    interrupted: &AtomicBool,
    on_wait: &mut dyn FnMut(&Sighting),
) -> Result<Settled, StoreError> {
    let clock = Moment::now();
    let mut watched = Watched::new(path.into(), rule);
    let mut pauses = Pauses::new();
    let mut told = false;
    loop {
        let sighting = match watched.look(clock)? {
            Look::Settled(settled) => return Ok(settled),
            Look::Undecided(sighting) => sighting,
        };
        if interrupted.load(Ordering::Relaxed) {
            return Ok(Settled::Interrupted);
        }
        if pauses.are_long() && !told {
            on_wait(&sighting);
            told = true;
        }
        pauses.pause();
    }
}

/// Removes a lease that was found stale; false if it has changed since, and is not.
///
/// # Errors
/// It cannot be read or removed, or belongs to another user.
pub(crate) fn remove_stale(path: &Path, stale: &Sighting) -> Result<bool, StoreError> {
    match observe(path)? {
        Some(now) if now.beat != stale.beat => {
            reached("a stale lease has changed hands");
            Ok(false)
        }
        Some(_) => match ownership::check(path).map(|()| files::remove(path))? {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io(path)(error)),
            _ => Ok(true),
        },
        None => Ok(true),
    }
}
