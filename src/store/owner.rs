//! Whose a directory is: its sweep, its rules, and what guards both.

use std::io::ErrorKind;
use std::path::Path;

use super::atomic::Staged;
use super::checksums::{self, Checksums, Others};
use super::directory::{Directory, FORMAT_FILE, RESULTS_FILE, SWEEP_FILE};
use super::folder;
use super::netcdf::Reader;
use super::{Rules, StoreError};
use crate::machine::files;
use crate::sweep::Sweep;

/// A file whose checksum is kept.
pub(super) enum Guarded {
    There(Vec<u8>),
    NotYet,
    /// It was there once.
    Lost,
}

impl Directory {
    /// The sweep that this directory belongs to.
    ///
    /// # Errors
    /// There is none, its file is not the one whose checksum is kept, or this program does not understand it.
    pub fn sweep(&self) -> Result<Sweep, StoreError> {
        match self.sweep_text(None)? {
            Some(text) => self.parse(text),
            None => {
                let what =
                    if files::is_folder(self.root()) { "it has no sweep.toml" } else { "there is no such directory" };
                Err(StoreError::NoSweep { path: self.root().into(), what: what.into() })
            }
        }
    }

    fn parse(&self, text: String) -> Result<Sweep, StoreError> {
        let hash = blake3::hash(text.as_bytes());
        let error = match Sweep::parse(&self.sweep_file(), text) {
            Ok(sweep) => return Ok(sweep),
            Err(error) => error,
        };
        // A complete file that is not understood was written by a program that understood it.
        match self.keeps_checksum(hash)? {
            true => Err(StoreError::OtherRules {
                path: self.root().into(),
                program: "another version".into(),
                difference: error.to_string(),
            }),
            false => Err(error.into()),
        }
    }

    /// The text of the sweep that was given, if any has been. `witness` is a file of the user's own with the same text,
    /// if there is one: then it is the checksum that is damaged.
    fn sweep_text(&self, witness: Option<&str>) -> Result<Option<String>, StoreError> {
        let path = self.sweep_file();
        let bytes = match self.read_guarded(SWEEP_FILE)? {
            Guarded::There(bytes) => bytes,
            Guarded::NotYet if !self.has_records()? => return Ok(None),
            // Another run may have begun in between; a sweep without records may have come to nothing.
            Guarded::NotYet | Guarded::Lost => match files::read(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    return Err(StoreError::OtherText { path, what: "it is missing" });
                }
                Err(error) => return Err(StoreError::io(path)(error)),
            },
        };
        let other = || StoreError::OtherText { path, what: "it is not the file whose checksum is kept" };
        let noted = Checksums::undamaged(self)?.unwrap_or_default();
        let is_kept = noted.matches(SWEEP_FILE, blake3::hash(&bytes));
        let Ok(text) = String::from_utf8(bytes) else { return Err(other()) };
        match is_kept {
            Some(false) if witness != Some(&text) && !self.results_are_of(&text)? => Err(other()),
            _ => Ok(Some(text)),
        }
    }

    /// Whether any run has left records here.
    fn has_records(&self) -> Result<bool, StoreError> {
        let mut records = Vec::new();
        for (folder, extension) in [(self.shards(), "h5"), (self.journals(), "journal")] {
            records.extend(folder::files(&folder, extension)?);
        }
        Ok(!records.is_empty())
    }

    /// Whether sound results say that this is the text of their sweep.
    fn results_are_of(&self, text: &str) -> Result<bool, StoreError> {
        let noted = Checksums::undamaged(self)?.unwrap_or_default();
        if !noted.is_sound(self, RESULTS_FILE)? {
            return Ok(false);
        }
        match Reader::open(&self.results_file()) {
            Ok(file) => Ok(file.text("sweep").as_deref() == Some(text)),
            Err(error @ StoreError::Io { .. }) => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Reads a file whose checksum is kept.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn read_guarded(&self, name: &str) -> Result<Guarded, StoreError> {
        let path = self.root().join(name);
        // Another run may put it there between the look at the file and that at the checksums.
        for must_have in [false, true] {
            match files::read(&path) {
                Ok(bytes) => return Ok(Guarded::There(bytes)),
                Err(error) if error.kind() == ErrorKind::NotFound && must_have => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    if !self.must_have(name)? {
                        return Ok(Guarded::NotYet);
                    }
                }
                Err(error) => return Err(StoreError::io(path)(error)),
            }
        }
        Ok(Guarded::Lost)
    }

    /// Whether a file was there once.
    fn must_have(&self, name: &str) -> Result<bool, StoreError> {
        let noted = Checksums::undamaged(self)?.unwrap_or_default();
        Ok(noted.names().any(|known| known == name) && !noted.allows_none(name))
    }

    /// Whether the checksum of the sweep is lost, so that nothing guards its text.
    ///
    /// # Errors
    /// The checksums cannot be read.
    pub(crate) fn has_lost_checksums(&self) -> Result<bool, StoreError> {
        Ok(files::is_file(&self.format_file()) && !self.must_have(SWEEP_FILE)?)
    }

    /// Whether a text is the one whose checksum is kept as that of the sweep.
    ///
    /// # Errors
    /// The checksums cannot be read.
    pub(crate) fn keeps_checksum_of(&self, text: &str) -> Result<bool, StoreError> {
        self.keeps_checksum(blake3::hash(text.as_bytes()))
    }

    fn keeps_checksum(&self, hash: blake3::Hash) -> Result<bool, StoreError> {
        Ok(Checksums::undamaged(self)?.is_some_and(|noted| noted.matches(SWEEP_FILE, hash) == Some(true)))
    }

    /// Whether the records of this directory mean what they mean to this program, for this sweep.
    ///
    /// # Errors
    /// They do not ([`StoreError::OtherRules`] with the first difference), or its rules cannot be read.
    pub(crate) fn check_rules(&self, sweep: &Sweep) -> Result<(), StoreError> {
        let here = Rules::of(sweep);
        let Some(there) = Rules::read(self, sweep)? else { return Ok(()) };
        match there.difference(&here) {
            None => Ok(()),
            Some(difference) => {
                Err(StoreError::OtherRules { path: self.root().into(), program: there.program().into(), difference })
            }
        }
    }

    /// Whether `sweep` may use this directory.
    ///
    /// # Errors
    /// It belongs to another sweep (with the first difference) or follows other rules, or its sweep is damaged.
    pub fn check_owner(&self, sweep: &Sweep) -> Result<(), StoreError> {
        self.check_owner_of(sweep, false)
    }

    /// As [`Directory::check_owner`]; `is_own` says that the sweep is from a file of the user, so it shows whether the
    /// text here or its checksum is damaged.
    ///
    /// # Errors
    /// See there.
    pub(crate) fn check_owner_of(&self, sweep: &Sweep, is_own: bool) -> Result<(), StoreError> {
        let Some(text) = self.sweep_text(is_own.then_some(&sweep.text))? else { return Ok(()) };
        // The text itself is compared first: a sweep of a million points takes a second to take apart.
        if text != sweep.text {
            let there = self.parse(text)?;
            if let Some(difference) = sweep.difference_from(&there) {
                return Err(StoreError::OtherSweep { path: self.root().into(), difference });
            }
        }
        self.check_rules(sweep)
    }

    /// Makes this the directory of `sweep`, which [`Directory::check_owner`] has let in. What is there already is left
    /// alone. `fence` is asked before each step whether this process may still write here.
    ///
    /// # Errors
    /// A file cannot be written, or the fence says no.
    pub(crate) fn claim(&self, sweep: &Sweep, fence: &dyn Fn() -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.create()?;
        let mut staged = Vec::new();
        let mut stage = |name: &str, path: &Path, text: &str| {
            staged.push((name.to_string(), Staged::of_bytes(path, text.as_bytes())?));
            Ok::<_, StoreError>(())
        };
        // The rules of a sweep that came to nothing do not bind another one.
        if !files::is_file(&self.format_file()) || !files::is_file(&self.sweep_file()) {
            stage(FORMAT_FILE, &self.format_file(), &Rules::of(sweep).file())?;
        }
        if files::read(&self.sweep_file()).ok().as_deref() != Some(sweep.text.as_bytes()) {
            stage(SWEEP_FILE, &self.sweep_file(), &sweep.text)?;
        }
        checksums::publish(self, staged, Others::Keep, fence)
    }

    /// Whether [`Directory::claim`] would find everything done.
    ///
    /// # Errors
    /// The checksums cannot be read.
    pub(crate) fn is_claimed(&self, sweep: &Sweep) -> Result<bool, StoreError> {
        let noted = Checksums::undamaged(self)?.unwrap_or_default();
        let is_sound = |name: &str| noted.is_sound(self, name).unwrap_or(false);
        let is_sound = noted.are_settled() && is_sound(FORMAT_FILE) && is_sound(SWEEP_FILE);
        Ok(is_sound && self.keeps_checksum_of(&sweep.text)?)
    }
}
