//! Puts results.h5, the tables and their checksums in place; no result that is there is lost.

use super::{Exit, Failure};
use crate::experiment::Observable;
use crate::machine::program;
use crate::report;
use crate::results::{Lost, Results, Status, Summary, file};
use crate::store::atomic::{self, Staged};
use crate::store::checksums::{self, Checksums, Others};
use crate::store::contents::keep_aside;
use crate::store::directory::{FORMAT_FILE, RESULTS_FILE, SWEEP_FILE};
use crate::store::lease::Lease;
use crate::store::{Directory, StoreError};
use crate::sweep::Sweep;
use crate::wording::counted;

/// What to do where results.h5 has done tasks whose records have been lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnLoss {
    /// Leave it as it is.
    Keep,
    /// Replace it: the user has asked to give up damaged records.
    Replace,
}

/// The ending of the name of a table of values at infinite size.
const EXTRAPOLATED: &str = "_extrapolated";

const NOT_UNDERSTOOD: &str = "it cannot be understood";

/// What happened to the results.
#[derive(Debug)]
pub(super) enum Published {
    Written,
    /// What is there was made from the same records by this version, and is sound.
    UpToDate,
    /// What is there has done tasks whose records have been lost, and stays.
    Kept(Lost),
}

/// The results that exist.
pub(super) enum There {
    Nothing,
    Sound(Summary),
    /// A sound file with done tasks that have been lost since.
    More(Lost),
    /// A file that may hold anything, for this reason.
    Unsound(&'static str),
}

/// Writes the results file, the tables and their checksums, unless the same results are already there, or done tasks
/// that these do not have.
///
/// # Errors
/// A file cannot be written, the lease is lost, or what is there is damaged and may hold more than the records.
pub(super) fn publish(
    directory: &Directory,
    results: &Results,
    lease: &Lease,
    on_loss: OnLoss,
) -> Result<Published, Failure> {
    directory.create()?;
    let there = weighed(directory, results, on_loss)?;
    if matches!(there, There::Unsound(_)) {
        // While this process stood still, others may have replaced the file or its checksum.
        lease.check()?;
    }
    match there {
        There::Nothing => {}
        There::More(lost) => {
            // A deposed process reports only that, and nothing of what it finds.
            lease.check()?;
            return Ok(Published::Kept(lost));
        }
        There::Sound(there) => {
            let names = table_names(results);
            if is_made_from(&there, &results.records) && are_sound(directory, names.iter().map(String::as_str)) {
                return Ok(Published::UpToDate);
            }
        }
        There::Unsound(why) if results.count(Status::Missing) > 0 && on_loss == OnLoss::Keep => {
            return Err(Failure::new(Exit::Damaged, doubtful(directory, results, why)));
        }
        There::Unsound(_) => keep_aside(directory, &directory.results_file())?,
    }
    let written = stage(directory, results).and_then(|staged| {
        let fence = || lease.check();
        checksums::publish(directory, staged, Others::Drop, &fence)
    });
    // A process that deposes this one removes its files, so that it fails in one way or another.
    written.map_err(|error| lease.check().err().unwrap_or(error))?;
    Ok(Published::Written)
}

/// What is there, compared with these results if it may have more.
fn weighed(directory: &Directory, results: &Results, on_loss: OnLoss) -> Result<There, StoreError> {
    let there = there(directory)?;
    let is_whole = results.count(Status::Missing) + results.count(Status::Failed) == 0;
    if is_whole || on_loss == OnLoss::Replace || !matches!(there, There::Sound(_)) {
        return Ok(there);
    }
    match Lost::of(&directory.results_file(), results) {
        Ok(Lost { tasks: 0, .. }) => Ok(there),
        Ok(lost) => Ok(There::More(lost)),
        Err(error @ StoreError::Io { .. }) => Err(error),
        Err(_) => Ok(There::Unsound(NOT_UNDERSTOOD)),
    }
}

fn doubtful(directory: &Directory, results: &Results, why: &str) -> String {
    format!(
        "{}: {why}, and it may hold more than the {} of the records; it stays as it is, and `microzone run` \
         computes what is missing",
        directory.results_file().display(),
        counted(results.count(Status::Done), "done task")
    )
}

fn stage(directory: &Directory, results: &Results) -> Result<Vec<(String, Staged)>, StoreError> {
    let mut staged = Vec::new();
    for observable in report::filed(results.sweep) {
        let name = table_name(observable.name(), "");
        if let Some(parts) = report::csv_parts(results, observable.name()) {
            let table = Staged::of_parts(&directory.root().join(&name), parts)?;
            staged.push((name, table));
        }
        if let Some(text) = report::extrapolated_csv(results, observable) {
            let name = table_name(observable.name(), EXTRAPOLATED);
            let table = Staged::of_bytes(&directory.root().join(&name), text.as_bytes())?;
            staged.push((name, table));
        }
    }
    // Last, so that where it is there, its tables are.
    staged.push((RESULTS_FILE.to_string(), file::stage(&directory.results_file(), results)?));
    Ok(staged)
}

/// The names of all tables within the directory.
pub(super) fn table_names(results: &Results) -> Vec<String> {
    let names = |observable: &'static Observable| {
        let more = report::extrapolated_csv(results, observable).map(|_| table_name(observable.name(), EXTRAPOLATED));
        std::iter::once(table_name(observable.name(), "")).chain(more)
    };
    report::filed(results.sweep).flat_map(names).collect()
}

fn table_name(observable: &str, suffix: &str) -> String {
    format!("tables/{observable}{suffix}.csv")
}

/// What the results file holds. HDF5 opens it only if it is as it was written.
///
/// # Errors
/// It cannot be read.
pub(super) fn there(directory: &Directory) -> Result<There, StoreError> {
    let path = directory.results_file();
    if !atomic::is_there(&path)? {
        return Ok(There::Nothing);
    }
    let noted = Checksums::undamaged(directory)?.unwrap_or_default();
    match noted.matches(RESULTS_FILE, atomic::hash(&path)?) {
        None => Ok(There::Unsound("its checksum is lost")),
        Some(false) => Ok(There::Unsound("it is not the file that was written")),
        Some(true) => match Summary::read(&path) {
            Ok(summary) => Ok(There::Sound(summary)),
            Err(error @ StoreError::Io { .. }) => Err(error),
            Err(_) => Ok(There::Unsound(NOT_UNDERSTOOD)),
        },
    }
}

/// The same, if it is sound.
pub(super) fn summary(directory: &Directory) -> Option<Summary> {
    match there(directory) {
        Ok(There::Sound(summary)) => Some(summary),
        _ => None,
    }
}

/// The results of a sweep as they are there, if they were made from these records by this version and are sound.
pub(super) fn up_to_date(directory: &Directory, sweep: &Sweep, records: &str) -> Option<Summary> {
    let there = summary(directory).filter(|there| is_made_from(there, records))?;
    let tables: Vec<String> = report::filed(sweep).map(|observable| table_name(observable.name(), "")).collect();
    are_sound(directory, tables.iter().map(String::as_str)).then_some(there)
}

fn is_made_from(summary: &Summary, records: &str) -> bool {
    summary.records.as_deref() == Some(records) && summary.program == program::version()
}

/// Whether all files that have a checksum are as they were written, and these are among them.
fn are_sound<'a>(directory: &Directory, tables: impl Iterator<Item = &'a str>) -> bool {
    let Ok(Some(checksums)) = Checksums::read(directory) else { return false };
    let is_sound = |name: &str| checksums.is_sound(directory, name).unwrap_or(false);
    checksums.are_settled()
        && checksums.names().all(is_sound)
        && [SWEEP_FILE, FORMAT_FILE, RESULTS_FILE].into_iter().chain(tables).all(is_sound)
}
