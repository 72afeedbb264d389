//! The directory of a sweep: where everything is.

use std::path::{Path, PathBuf};

use super::folder::files;
use super::{StoreError, atomic, ownership};
use crate::machine;

/// The names of the files that guard a directory, as they stand in the checksums.
pub(crate) const SWEEP_FILE: &str = "sweep.toml";
pub(crate) const FORMAT_FILE: &str = "format.json";
pub(crate) const RESULTS_FILE: &str = "results.h5";

/// The paths of one results directory.
#[derive(Clone, Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The directory at this path, which need not exist.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Its path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The sweep that it belongs to, as given.
    pub fn sweep_file(&self) -> PathBuf {
        self.root.join(SWEEP_FILE)
    }

    /// The rules by which its records are named.
    pub(crate) fn format_file(&self) -> PathBuf {
        self.root.join(FORMAT_FILE)
    }

    /// Held by the run that works here.
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// The merged results.
    pub(crate) fn results_file(&self) -> PathBuf {
        self.root.join(RESULTS_FILE)
    }

    /// BLAKE3 of the files that are not records, in the format of `b3sum`.
    pub(crate) fn checksums_file(&self) -> PathBuf {
        self.root.join("checksums.b3")
    }

    /// The tables as CSV.
    pub fn tables(&self) -> PathBuf {
        self.root.join("tables")
    }

    /// The page that `report` writes.
    pub(crate) fn report_file(&self) -> PathBuf {
        self.root.join("report.html")
    }

    /// The figures, which nothing but their own verb reads or writes.
    pub(crate) fn figures(&self) -> PathBuf {
        self.root.join("figures")
    }

    /// One journal per rank of a live or dead run.
    pub fn journals(&self) -> PathBuf {
        self.root.join("journal")
    }

    /// Journals of finished runs, folded.
    pub fn shards(&self) -> PathBuf {
        self.root.join("shards")
    }

    /// The record of each run.
    pub fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// Where damaged files are moved to.
    pub fn damaged(&self) -> PathBuf {
        self.root.join("damaged")
    }

    /// The journal of a rank in a run.
    pub fn journal(&self, run: u32, rank: usize) -> PathBuf {
        self.journals().join(format!("run-{run:04}-rank-{rank:04}.journal"))
    }

    /// Makes the folders.
    ///
    /// # Errors
    /// One of them cannot be made.
    pub fn create(&self) -> Result<(), StoreError> {
        atomic::create_folder(&self.root)?;
        [self.journals(), self.shards(), self.tables(), self.runs()]
            .iter()
            .try_for_each(|path| Self::create_within(path))
    }

    /// Makes a folder of the directory, unless it is there. It may be a link to another place, if we have made it.
    ///
    /// # Errors
    /// It cannot be made, or is a link of another user.
    pub(crate) fn create_within(path: &Path) -> Result<(), StoreError> {
        ownership::check_folder(path)?;
        atomic::create_folder(path)
    }

    /// Whether it looks like the directory of a sweep: [`Directory::claim`] has made its folders.
    pub(crate) fn has_been_claimed(&self) -> bool {
        [self.sweep_file(), self.journals(), self.shards(), self.runs()]
            .iter()
            .all(|path| machine::files::is_there(path).unwrap_or(false))
    }

    /// The highest number of a run that has left a record, a journal or a shard; 0 if none has.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub(crate) fn last_run(&self) -> Result<u32, StoreError> {
        let mut highest = 0;
        for (folder, extension) in [(self.runs(), "json"), (self.journals(), "journal"), (self.shards(), "h5")] {
            highest = files(&folder, extension)?.iter().filter_map(|path| run_number(path)).fold(highest, u32::max);
        }
        Ok(highest)
    }
}

/// No directory has seen more runs. Whoever makes a file with a higher number leaves room for the numbers of all runs.
pub(super) const LAST_RUN: u32 = 999_999_999;

/// The number in a file name that begins with `run-0001`.
pub(super) fn run_number(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_string_lossy();
    let digits: String = name.strip_prefix("run-")?.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|number| *number <= LAST_RUN)
}
