//! How far a directory is, for the end of a job.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::agenda::{Agenda, Retry};
use crate::cli::open::Opened;
use crate::cli::suspects::suspects;
use crate::cli::{Exit, Failure, publication};
use crate::results::Found;
use crate::slurm::decision::Standing;
use crate::store::{Contents, Directory, lease};
use crate::sweep::Identities;

/// What a directory holds.
pub(super) struct Look {
    pub(super) standing: Standing,
    /// Of tasks and of theory cells; none if it is not known.
    pub(super) records: Option<u64>,
}

/// Looks into a directory. What cannot be read now may be read at the next start.
pub(super) fn look(directory: &Directory) -> Look {
    match try_look(directory) {
        Ok(look) => look,
        Err(failure) => Look {
            standing: match failure.exit {
                Exit::Usage | Exit::OtherSweep | Exit::Damaged => {
                    Standing::Unusable { exit: failure.exit as u8, why: failure.message }
                }
                _ => Standing::Left,
            },
            records: None,
        },
    }
}

fn try_look(directory: &Directory) -> Result<Look, Failure> {
    let sweep = Arc::new(directory.sweep()?);
    directory.check_rules(&sweep)?;
    let contents = Contents::read(directory)?.undamaged()?;
    let identities = Identities::new(&sweep);
    let found = Found::new(&sweep, &identities, &contents)?;
    let agenda = Agenda::new(&sweep, &identities, &found, Retry::default());
    let is_complete = agenda.pending.is_empty();
    let has_failures = contents.records.failures().next().is_some() || agenda.theory.failed > 0;
    let is_written = || publication::up_to_date(directory, &sweep, &found.digest()).is_some();
    let standing = match is_complete && is_written() {
        true => Standing::Complete { has_failures },
        false => Standing::Left,
    };
    Ok(Look { standing, records: Some(count(&contents)) })
}

/// The number of records in a directory; 0 if there are none that can be read.
pub(super) fn records(directory: &Directory) -> u64 {
    Contents::read(directory).map_or(0, |contents| count(&contents))
}

/// Evidence against a task that the kernel kills for its memory also counts: with enough of it the task fails, and the
/// job continues.
fn count(contents: &Contents) -> u64 {
    (contents.records.len() + contents.cells.len() + contents.suspects.evidence()) as u64
}

/// As [`look`], for a share that has found nothing left for itself: others may be at work on the rest.
pub(super) fn look_beside_others(directory: &Directory) -> Look {
    let look = look(directory);
    let others = lease::living_run(&directory.runs()).ok().flatten();
    match look.standing {
        Standing::Left if others.is_some() => Look { standing: Standing::WithOthers, ..look },
        _ => look,
    }
}

/// The tasks that were running when the last start of a job ended without order, in words; none if that cannot be seen.
pub(super) fn interrupted_tasks(directory: &Directory) -> Vec<String> {
    let Ok(Opened { sweep, identities, contents, .. }) = Opened::of_own_rules(directory.root()) else {
        return Vec::new();
    };
    suspects(&sweep, &identities, &contents, true).into_iter().map(|suspect| suspect.task).collect()
}

/// The file that this process's messages go to, which is the log of the job; empty if they go elsewhere.
pub(super) fn log() -> PathBuf {
    let target = std::fs::read_link("/proc/self/fd/2").unwrap_or_default();
    if is_file(&target) { target } else { PathBuf::new() }
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}
