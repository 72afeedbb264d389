//! How results.h5 stands to the records.

use std::fmt;

use crate::cli::results_directory::check_path;
use crate::cli::{Exit, Failure};
use crate::machine::program;
use crate::results::{Lost, Results, Status, Summary, file};
use crate::store::{Directory, atomic, lease, run_record};

pub(super) enum Standing {
    /// Made from the records by this version, with these bytes.
    Equal,
    /// Made from the records by the version named, with these values.
    EqualInValue(String),
    /// Made from the records, but not what they give: this variable, or the bytes.
    Other(String),
    /// Made from fewer records; whether more are on their way.
    Older { is_awaited: bool },
    /// Made from done tasks whose records have been lost.
    OfMore(Lost),
}

impl Standing {
    /// # Errors
    /// A file cannot be read, or the results cannot be written for the comparison.
    pub(super) fn of(directory: &Directory, results: &Results) -> Result<Self, Failure> {
        let path = directory.results_file();
        let there = Summary::read(&path)?;
        let other_values = || file::first_other_values(&path, results);
        match there.records.as_deref() {
            Some(records) if records == results.records => {
                if there.program == program::version() {
                    let equal = rebuilt_equals(directory, results)?;
                    return Ok(if equal { Self::Equal } else { Self::Other("its bytes".into()) });
                }
                Ok(other_values()?.map_or(Self::EqualInValue(there.program), Self::Other))
            }
            // Of the first format, which does not record what it was made from.
            None if other_values()?.is_none() => Ok(Self::EqualInValue(there.program)),
            _ => Self::of_other_records(directory, results),
        }
    }

    fn of_other_records(directory: &Directory, results: &Results) -> Result<Self, Failure> {
        let lost = Lost::of(&directory.results_file(), results)?;
        if lost.tasks > 0 {
            return Ok(Self::OfMore(lost));
        }
        let lives = lease::living_run(&directory.runs())?.is_some();
        let ended = run_record::latest(&directory.runs())?.is_some_and(|run| !run.is_unfinished());
        Ok(Self::Older { is_awaited: results.count(Status::Missing) > 0 || lives || !ended })
    }

    /// What is wrong, if anything is.
    pub(super) fn fault(&self, directory: &Directory) -> Option<String> {
        let is_fault = match self {
            Self::Equal | Self::EqualInValue(_) | Self::Older { is_awaited: true } => false,
            Self::Other(_) | Self::Older { is_awaited: false } | Self::OfMore(_) => true,
        };
        is_fault.then(|| format!("{}: {self}", directory.results_file().display()))
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Equal => write!(formatter, "equal to what the records give"),
            Self::EqualInValue(program) => {
                write!(formatter, "equal in value to what the records give (written by microzone {program})")
            }
            Self::Other(what) => {
                write!(
                    formatter,
                    "made from these records, but {what} differs from what they give; `microzone reduce` writes \
                    it again"
                )
            }
            Self::Older { .. } => write!(formatter, "older than the records; `microzone reduce` brings it up to date"),
            Self::OfMore(lost) => {
                write!(formatter, "the records have lost {lost}, and `microzone run` computes them again")
            }
        }
    }
}

fn rebuilt_equals(directory: &Directory, results: &Results) -> Result<bool, Failure> {
    let folder = std::env::temp_dir();
    check_path(&folder, Exit::Environment, "set TMPDIR to another folder")?;
    let path = folder.join(format!("microzone-verify-{}.h5", std::process::id()));
    // It is only for the comparison, and removed when it is dropped.
    let rebuilt = file::stage(&path, results)?;
    Ok(rebuilt.hash() == atomic::hash(&directory.results_file())?)
}
