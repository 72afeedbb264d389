//! The directory of a sweep: where everything is, and whose it is.

use std::fs;
use std::path::{Path, PathBuf};

use super::folder::files;
use super::{StoreError, atomic, run_record};
use crate::sweep::Sweep;

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
        self.root.join("sweep.toml")
    }

    /// Held by the run that works here.
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// The merged results.
    pub(crate) fn results_file(&self) -> PathBuf {
        self.root.join("results.h5")
    }

    /// BLAKE3 of the results file and the tables, in the format of `b3sum`.
    pub(crate) fn checksums_file(&self) -> PathBuf {
        self.root.join("checksums.b3")
    }

    /// The tables as CSV.
    pub fn tables(&self) -> PathBuf {
        self.root.join("tables")
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

    /// The sweep that a run computed, as given.
    pub(crate) fn run_sweep(&self, run: u32) -> PathBuf {
        self.runs().join(format!("run-{run:04}.toml"))
    }

    /// That of the last run that recorded it.
    fn last_run_sweep(&self) -> Result<Option<PathBuf>, StoreError> {
        Ok(files(&self.runs(), "toml")?.pop())
    }

    /// Makes the folders.
    ///
    /// # Errors
    /// One of them cannot be made.
    pub fn create(&self) -> Result<(), StoreError> {
        for folder in [self.root.clone(), self.journals(), self.shards(), self.tables(), self.runs()] {
            fs::create_dir_all(&folder).map_err(StoreError::io(&folder))?;
        }
        Ok(())
    }

    /// Whether it looks like the directory of a sweep: [`Directory::claim`] has made its folders.
    pub(crate) fn has_been_claimed(&self) -> bool {
        [self.sweep_file(), self.journals(), self.shards(), self.runs()].iter().all(|path| path.exists())
    }

    /// The sweep that this directory belongs to.
    ///
    /// # Errors
    /// There is none, or its file is damaged.
    pub fn sweep(&self) -> Result<Sweep, StoreError> {
        let path = self.sweep_file();
        if !path.is_file() {
            let what = if self.root.is_dir() { "it has no sweep.toml" } else { "there is no such directory" };
            return Err(StoreError::NoSweep { path: self.root.clone(), what: what.into() });
        }
        Ok(Sweep::read(&path)?)
    }

    /// A number that no run in this directory has used yet, for its record, journals or shards.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub(crate) fn next_run(&self) -> Result<u32, StoreError> {
        let mut highest = 0;
        for (folder, extension) in [(self.runs(), "json"), (self.journals(), "journal"), (self.shards(), "h5")] {
            highest = files(&folder, extension)?.iter().filter_map(|path| run_number(path)).fold(highest, u32::max);
        }
        Ok(highest + 1)
    }

    /// Makes this the directory of `sweep`, if it is nobody's or the sweep carries on the one it belongs to.
    ///
    /// # Errors
    /// It belongs to another sweep (with the first difference), or cannot be written.
    pub fn claim(&self, sweep: &Sweep) -> Result<(), StoreError> {
        self.check_owner(sweep)?;
        self.create()?;
        match fs::read(self.sweep_file()) {
            Ok(text) if text == sweep.text.as_bytes() => Ok(()),
            _ => atomic::write_bytes(&self.sweep_file(), sweep.text.as_bytes()),
        }
    }

    /// Whether `sweep` may use this directory.
    ///
    /// # Errors
    /// It belongs to another sweep (with the first difference).
    pub fn check_owner(&self, sweep: &Sweep) -> Result<(), StoreError> {
        if !self.sweep_file().is_file() {
            return Ok(());
        }
        let (name, here) = (sweep.declaration().name, sweep.declaration().version);
        let latest = run_record::latest(&self.runs()).filter(|run| run.experiment == name);
        let difference = match latest.map(|run| run.experiment_version) {
            Some(there) if there != here => Some(format!("version {there} of {name:?} there and {here} here")),
            // The last run's own copy too: `sweep.toml` may have been edited, and be the file that is asked for.
            _ => match self.last_run_sweep()? {
                Some(path) => difference(sweep, &path)?.or(difference(sweep, &self.sweep_file())?),
                None => difference(sweep, &self.sweep_file())?,
            },
        };
        match difference {
            None => Ok(()),
            Some(difference) => Err(StoreError::OtherSweep { path: self.root.clone(), difference }),
        }
    }
}

/// The first thing in which a sweep does not carry on the one in a file.
fn difference(sweep: &Sweep, file: &Path) -> Result<Option<String>, StoreError> {
    // The text itself is compared first: a sweep of a million points takes a second to take apart.
    if fs::read(file).is_ok_and(|text| text == sweep.text.as_bytes()) {
        return Ok(None);
    }
    Ok(sweep.difference_from(&Sweep::read(file)?))
}

/// The number in a file name that begins with `run-0001`.
fn run_number(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_string_lossy();
    let digits: String = name.strip_prefix("run-")?.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
