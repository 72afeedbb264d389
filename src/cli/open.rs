//! Opens a results directory for the verbs that read it.

use std::path::Path;
use std::sync::Arc;

use super::results_directory::check_path;
use super::{Exit, Failure};
use crate::results::{Results, sweep_text};
use crate::store::checksums::Checksums;
use crate::store::directory::RESULTS_FILE;
use crate::store::run_record::TheoryCounts;
use crate::store::{Contents, Directory, StoreError};
use crate::sweep::{Identities, Sweep};
use crate::wording::counted;

/// A directory with its sweep and all its good records.
pub(super) struct Opened {
    pub directory: Directory,
    pub sweep: Arc<Sweep>,
    pub identities: Identities,
    pub contents: Contents,
    /// Why this program cannot read the records; the results are then those of results.h5, as they are.
    pub other_rules: Option<String>,
}

/// Whether HDF5 can open the files of a directory.
///
/// # Errors
/// It cannot.
pub(super) fn check(root: &Path) -> Result<(), Failure> {
    check_path(root, Exit::Usage, "rename it, or go there and call it `.`")
}

impl Opened {
    /// # Errors
    /// No sweep has been run there, or something cannot be read; damage is left to the caller.
    pub(super) fn read(root: &Path) -> Result<Self, Failure> {
        check(root)?;
        match Self::of_own_rules(root) {
            Err(error @ StoreError::OtherRules { .. }) => Self::of_other_rules(root, error),
            opened => Ok(opened?),
        }
    }

    /// As [`Opened::read`], but only a directory whose records this program can read.
    ///
    /// # Errors
    /// Its records follow other rules, or what that function says.
    pub(super) fn of_own_rules(root: &Path) -> Result<Self, StoreError> {
        Self::of_own_rules_as(root, Contents::read)
    }

    /// As [`Opened::of_own_rules`], for whoever publishes what is there.
    ///
    /// # Errors
    /// Likewise, or the disk does not take what has been written to it.
    pub(super) fn to_publish(root: &Path) -> Result<Self, StoreError> {
        Self::of_own_rules_as(root, Contents::read_durable)
    }

    fn of_own_rules_as(root: &Path, read: fn(&Directory) -> Result<Contents, StoreError>) -> Result<Self, StoreError> {
        let directory = Directory::new(root);
        let sweep = Arc::new(directory.sweep()?);
        directory.check_rules(&sweep)?;
        let identities = Identities::new(&sweep);
        let contents = read(&directory)?;
        Ok(Self { directory, sweep, identities, contents, other_rules: None })
    }

    /// The sweep of a file of the user's in the directory that `run` would use, which need not exist: what the file has
    /// in addition is not computed yet.
    ///
    /// # Errors
    /// The directory belongs to another sweep, or something cannot be read; damage is left to the caller.
    pub(super) fn of_sweep(sweep: Arc<Sweep>, directory: Directory) -> Result<Self, Failure> {
        check(directory.root())?;
        match directory.check_owner(&sweep) {
            Err(error @ StoreError::OtherRules { .. }) => return Self::of_other_rules(directory.root(), error),
            owned => owned?,
        }
        let identities = Identities::new(&sweep);
        let contents = Contents::read(&directory)?;
        Ok(Self { directory, sweep, identities, contents, other_rules: None })
    }

    fn of_other_rules(root: &Path, error: StoreError) -> Result<Self, Failure> {
        let directory = Directory::new(root);
        let path = directory.results_file();
        let noted = Checksums::read(&directory)?.unwrap_or_default();
        let is_sound = noted.is_sound(&directory, RESULTS_FILE)?;
        if !is_sound {
            let what = if path.is_file() { "is not as it was written" } else { "is not there" };
            return Err(Failure::new(Exit::OtherSweep, format!("{}, and results.h5 {what}", Failure::from(error))));
        }
        let sweep = Arc::new(Sweep::parse(&path, sweep_text(&path)?).map_err(|unknown| {
            let what =
                format!("{error}; this version does not understand its sweep ({unknown}): open results.h5 itself");
            Failure::new(Exit::OtherSweep, what)
        })?);
        let identities = Identities::new(&sweep);
        Ok(Self { directory, sweep, identities, contents: Contents::default(), other_rules: Some(error.to_string()) })
    }

    /// The merged results of an undamaged directory.
    ///
    /// # Errors
    /// The directory is damaged.
    pub(super) fn results(&mut self) -> Result<Results<'_>, Failure> {
        if self.other_rules.is_some() {
            return Ok(Results::read(&self.directory.results_file(), &self.sweep)?);
        }
        self.contents = std::mem::take(&mut self.contents).undamaged()?;
        Ok(Results::merge(&self.sweep, &self.identities, &self.contents)?)
    }

    /// How far an undamaged directory is, without any value.
    ///
    /// # Errors
    /// The directory is damaged.
    pub(super) fn counts(&mut self) -> Result<Results<'_>, Failure> {
        if self.other_rules.is_some() {
            return self.results();
        }
        self.contents = std::mem::take(&mut self.contents).undamaged()?;
        Ok(Results::count_only(&self.sweep, &self.identities, &self.contents)?)
    }

    /// Tells whoever reads the output that it is that of results.h5.
    pub(super) fn tell_of_other_rules(&self) {
        if let Some(why) = &self.other_rules {
            tell!("microzone: {why}; what follows is {} as it is", self.directory.results_file().display());
        }
    }
}

/// Tells whoever reads the output how many theory cells it is without.
pub(super) fn tell_of_missing_theory(results: &Results) {
    let TheoryCounts { cells, done, failed } = results.theory;
    if done == cells {
        return;
    }
    let remedy = match cells - done - failed {
        0 => String::from("`microzone status` says why they failed"),
        left => format!("`microzone run` computes {left} of them"),
    };
    tell!("microzone: {} of {} without theory; {remedy}", cells - done, counted(cells, "cell"));
}
