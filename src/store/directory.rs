//! The directory of a sweep: where everything is, and whose it is.

use std::fs;
use std::path::{Path, PathBuf};

use super::{StoreError, atomic, run_record};
use crate::sweep::Sweep;

/// The paths of one results directory.
#[derive(Clone, Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn sweep_file(&self) -> PathBuf {
        self.root.join("sweep.toml")
    }

    pub fn lock_file(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub fn results_file(&self) -> PathBuf {
        self.root.join("results.h5")
    }

    /// BLAKE3 of the results file and the tables, in the format of `b3sum`.
    pub fn checksums_file(&self) -> PathBuf {
        self.root.join("checksums.b3")
    }

    pub fn tables(&self) -> PathBuf {
        self.root.join("tables")
    }

    pub fn journals(&self) -> PathBuf {
        self.root.join("journal")
    }

    pub fn shards(&self) -> PathBuf {
        self.root.join("shards")
    }

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
        for folder in [self.root.clone(), self.journals(), self.shards(), self.tables(), self.runs()] {
            fs::create_dir_all(&folder).map_err(StoreError::io(&folder))?;
        }
        Ok(())
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
        let version = run_record::latest(&self.runs()).map(|run| run.experiment_version);
        let difference = match version {
            Some(version) if version != sweep.experiment.version() => {
                let name = sweep.experiment.name();
                Some(format!("version {version} of {name:?} there and {} here", sweep.experiment.version()))
            }
            // The text itself is compared first: a sweep of a million points takes a second to take apart.
            _ if fs::read(self.sweep_file()).is_ok_and(|text| text == sweep.text.as_bytes()) => None,
            _ => sweep.difference_from(&self.sweep()?),
        };
        match difference {
            None => Ok(()),
            Some(difference) => Err(StoreError::OtherSweep { path: self.root.clone(), difference }),
        }
    }
}

/// The files of a folder with this extension, in order of name; none if there is no such folder.
///
/// # Errors
/// The folder cannot be read.
pub fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io(folder)(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(StoreError::io(folder))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
