//! `DIR/format.json`: the rules by which the records of a directory are named.
//!
//! Records found under a name are believed only where the rules are ours. A directory without this file is of the first
//! format, up to version 0.2; the records of its runs name experiment and version.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::directory::{Directory, FORMAT_FILE};
use super::owner::Guarded;
use super::run_record::{self, RunRecord};
use super::stamp::{self, FORMAT};
use crate::machine::program;
use crate::sweep::Sweep;

/// What a record's name and its values mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    format: u32,
    /// The version of the program that wrote the file.
    program: String,
    experiment: String,
    experiment_version: u32,
    /// The scheme by which tasks are named.
    identities: String,
    /// The values of a record, in their order; not known of the first format.
    observables: Vec<String>,
    /// BLAKE3 of the file with nothing in this place.
    checksum: String,
}

/// The little that every format has in common.
#[derive(Deserialize)]
struct Head {
    format: u32,
    program: String,
}

impl Rules {
    /// Those of this program for a sweep.
    pub fn of(sweep: &Sweep) -> Self {
        let declaration = sweep.declaration();
        Self {
            format: FORMAT,
            program: program::version().into(),
            experiment: declaration.name.into(),
            experiment_version: declaration.version,
            identities: sweep.streams.scheme().into(),
            observables: declaration.observables.iter().map(|observable| observable.name().into()).collect(),
            checksum: String::new(),
        }
    }

    /// Those of a directory, if it has any yet.
    ///
    /// # Errors
    /// The file is damaged, of a newer format, or cannot be read.
    pub(super) fn read(directory: &Directory, sweep: &Sweep) -> Result<Option<Self>, StoreError> {
        let path = directory.format_file();
        match directory.read_guarded(FORMAT_FILE)? {
            Guarded::There(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Self::parse(&path, &text).map(Some),
                Err(_) => Err(StoreError::damaged(&path, 0, "it is not text")),
            },
            Guarded::Lost => Err(StoreError::damaged(&path, 0, "it is missing")),
            Guarded::NotYet => Self::of_first_format(directory, sweep),
        }
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, StoreError> {
        let unreadable =
            |error: serde_json::Error| StoreError::damaged(path, 0, format!("it is not as it was written ({error})"));
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        // What a newer format guards by its checksum is not known here.
        if stamp::is_newer(head.format) {
            return Err(StoreError::newer(path, head.format, &head.program));
        }
        let rules: Self = serde_json::from_str(text).map_err(unreadable)?;
        if rules.clone().with_checksum().checksum == rules.checksum && rules.text() == text {
            Ok(rules)
        } else {
            Err(StoreError::damaged(path, 0, "it does not match its checksum"))
        }
    }

    /// What the record of its last run shows about a directory of the first format.
    fn of_first_format(directory: &Directory, sweep: &Sweep) -> Result<Option<Self>, StoreError> {
        let of_run = |run: RunRecord| Self {
            format: 1,
            program: run.version,
            experiment: run.experiment,
            experiment_version: run.experiment_version,
            identities: sweep.streams.first_scheme().into(),
            observables: Vec::new(),
            checksum: String::new(),
        };
        Ok(run_record::latest(&directory.runs())?.map(of_run))
    }

    /// The version of the program that follows them.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Whether they are those of a directory without the file.
    pub(super) fn is_first_format(&self) -> bool {
        self.format == 1
    }

    /// The text of the file.
    pub fn file(&self) -> String {
        self.clone().with_checksum().text()
    }

    /// The first thing in which records by these rules are not what they are by those of `here`.
    pub(super) fn difference(&self, here: &Self) -> Option<String> {
        let name = &here.experiment;
        if self.experiment != *name {
            return Some(format!("experiment {:?} there and {name:?} here", self.experiment));
        }
        if self.experiment_version != here.experiment_version {
            let (there, here) = (self.experiment_version, here.experiment_version);
            return Some(format!("version {there} of {name:?} there and {here} here"));
        }
        if self.identities != here.identities {
            let (there, here) = (&self.identities, &here.identities);
            return Some(format!("tasks are named by the scheme {there:?} there and {here:?} here"));
        }
        if !self.is_first_format() && self.observables != here.observables {
            let (there, here) = (self.observables.join(", "), here.observables.join(", "));
            return Some(format!("records hold [{there}] there and [{here}] here"));
        }
        None
    }

    fn with_checksum(mut self) -> Self {
        self.checksum.clear();
        self.checksum = blake3::hash(self.text().as_bytes()).to_hex().to_string();
        self
    }

    fn text(&self) -> String {
        // Texts and numbers can always be written as JSON.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        let text = "[sweep]\nname = \"rules\"\nexperiment = \"probe\"\n";
        Rules::of(&Sweep::parse(Path::new("rules.toml"), text.into()).unwrap())
    }

    #[test]
    fn the_file_is_read_as_written_and_no_flipped_bit_passes() {
        let (path, text) = (Path::new("format.json"), rules().file());
        assert_eq!(Rules::parse(path, &text).unwrap().difference(&rules()), None);
        for bit in 0..8 * text.len() {
            let mut flipped = text.clone().into_bytes();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(flipped) = String::from_utf8(flipped) {
                let error = Rules::parse(path, &flipped).unwrap_err();
                assert!(matches!(error, StoreError::Damaged { .. }), "bit {bit}: {error}: {flipped}");
            }
        }
    }

    #[test]
    fn every_other_rule_is_named() {
        let here = rules();
        let difference = |change: &dyn Fn(&mut Rules)| {
            let mut there = rules();
            change(&mut there);
            there.difference(&here).unwrap()
        };
        let version = difference(&|rules| rules.experiment_version = 0);
        assert_eq!(version, format!("version 0 of \"probe\" there and {} here", here.experiment_version));
        assert!(difference(&|rules| rules.experiment = "null".into()).contains("\"null\" there"));
        assert!(difference(&|rules| rules.identities = "paired 0".into()).contains("\"paired 0\" there"));
        assert!(difference(&|rules| rules.observables.truncate(1)).starts_with("records hold ["));
        assert_eq!(here.difference(&Rules { program: "99".into(), ..rules() }), None, "a program is not a rule");
    }

    #[test]
    fn a_newer_format_is_not_damage() {
        let newer = rules().file().replacen(&format!("\"format\": {FORMAT}"), "\"format\": 99, \"more\": true", 1);
        let error = Rules::parse(Path::new("format.json"), &newer).unwrap_err();
        assert!(matches!(error, StoreError::Newer { format: 99, .. }), "{error}");
    }
}
