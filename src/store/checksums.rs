//! `DIR/checksums.b3`: BLAKE3 of the files of a directory that are not records, in the format of `b3sum`.
//!
//! A file and its checksum cannot be replaced at once. So the checksum of a new file is recorded next to the checksum
//! of the old one before the file takes its place, and alone afterwards: whenever the power fails, the file has one of
//! the recorded checksums. A file that is not there yet counts as one of no bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::StoreError;
use super::atomic::{self, Staged};
use super::directory::{Directory, FORMAT_FILE, SWEEP_FILE};
use crate::machine::files;

/// What is noted of each file, by its name within the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checksums {
    /// Two hashes while a file is being replaced.
    hashes: BTreeMap<String, Vec<String>>,
}

impl Checksums {
    /// Those of a directory; `None` if it has no such file.
    ///
    /// # Errors
    /// The file is damaged or cannot be read.
    pub(crate) fn read(directory: &Directory) -> Result<Option<Self>, StoreError> {
        let path = directory.checksums_file();
        match files::read(&path) {
            Ok(bytes) => Self::parse(&path, &bytes).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io(path)(error)),
        }
    }

    /// Those that are not damaged; `verify` reports others.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn undamaged(directory: &Directory) -> Result<Option<Self>, StoreError> {
        match Self::read(directory) {
            Err(StoreError::Damaged { .. }) => Ok(None),
            read => read,
        }
    }

    pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = |offset: usize, what: String| StoreError::damaged(path, offset as u64, what);
        let text = std::str::from_utf8(bytes).map_err(|error| damaged(error.valid_up_to(), "it is not text".into()))?;
        if text.is_empty() {
            return Err(damaged(0, "it is empty".into()));
        }
        if !text.ends_with('\n') {
            return Err(damaged(text.len(), "its last line is cut".into()));
        }
        let mut checksums = Self::default();
        let mut offset = 0;
        for line in text.lines() {
            let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
            match line.split_once("  ").filter(|(hash, name)| is_hash(hash) && is_within(name)) {
                Some((hash, name)) => checksums.hashes.entry(name.into()).or_default().push(hash.into()),
                None => return Err(damaged(offset, format!("not a checksum: {line:?}"))),
            }
            offset += line.len() + 1;
        }
        Ok(checksums)
    }

    pub(super) fn text(&self) -> String {
        let lines = self.hashes.iter().flat_map(|(name, hashes)| hashes.iter().map(move |hash| (name, hash)));
        lines.map(|(name, hash)| format!("{hash}  {name}\n")).collect()
    }

    /// The names of the files.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.hashes.keys().map(String::as_str)
    }

    /// Whether these bytes are those of a file as it was written; `None` if it has no recorded checksum.
    pub(crate) fn matches(&self, name: &str, hash: blake3::Hash) -> Option<bool> {
        self.hashes.get(name).map(|hashes| hashes.iter().any(|noted| noted == hash.to_hex().as_str()))
    }

    /// Whether no file is being replaced, nor was when a process was killed.
    pub(crate) fn are_settled(&self) -> bool {
        self.hashes.values().all(|hashes| hashes.len() == 1)
    }

    /// Whether a file need not be there yet.
    pub(crate) fn allows_none(&self, name: &str) -> bool {
        self.matches(name, blake3::hash(b"")) == Some(true)
    }

    /// Whether a file lies there as it was written.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub(crate) fn is_sound(&self, directory: &Directory, name: &str) -> Result<bool, StoreError> {
        let path = directory.root().join(name);
        Ok(atomic::is_there(&path)? && self.matches(name, atomic::hash(&path)?) == Some(true))
    }

    /// The files, of those that have a checksum and those that must have one, that are not as they were written.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(crate) fn faults(
        &self,
        directory: &Directory,
        expected: &[String],
    ) -> Result<Vec<(PathBuf, &'static str)>, StoreError> {
        let names: BTreeSet<&str> = self.names().chain(expected.iter().map(String::as_str)).collect();
        let mut faults = Vec::new();
        for name in names {
            let path = directory.root().join(name);
            let what = match atomic::is_there(&path)? {
                false if self.allows_none(name) => continue,
                false => "missing",
                true => match self.matches(name, atomic::hash(&path)?) {
                    Some(true) => continue,
                    Some(false) => "not the bytes that were written",
                    None => "has no checksum in checksums.b3",
                },
            };
            faults.push((path, what));
        }
        Ok(faults)
    }

    /// The same with one hash for each file that lies there as one of several, and without those that need not be
    /// there and are not.
    fn settled(&self, directory: &Directory) -> Result<Self, StoreError> {
        let mut settled = Self::default();
        for (name, hashes) in &self.hashes {
            let path = directory.root().join(name);
            let found = if hashes.len() > 1 && files::is_file(&path) { Some(atomic::hash(&path)?) } else { None };
            match found {
                None if hashes.len() > 1 && self.allows_none(name) => {}
                Some(found) if self.matches(name, found) == Some(true) => settled.note(name, found),
                _ => settled.hashes.extend([(name.clone(), hashes.clone())]),
            }
        }
        Ok(settled)
    }

    fn note(&mut self, name: &str, hash: blake3::Hash) {
        let hash = hash.to_hex().to_string();
        let hashes = self.hashes.entry(name.into()).or_default();
        if !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
}

/// Whether a name is that of a file within the directory.
fn is_within(name: &str) -> bool {
    let is_plain = |part| matches!(part, Component::Normal(_));
    !name.is_empty() && !name.contains(char::is_control) && Path::new(name).components().all(is_plain)
}

/// What happens to the checksums of files that are not among those written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    Keep,
    /// The files written are all that there should be.
    Drop,
}

/// Puts staged files in their places, in their order, with their checksums. `fence` is asked before each step whether
/// this process may still write here. The caller has checked the files that guard the directory.
///
/// # Errors
/// The fence says no, or a file cannot be written; each file is then the old one or the new one.
pub(crate) fn publish(
    directory: &Directory,
    staged: Vec<(String, Staged)>,
    others: Others,
    fence: &dyn Fn() -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    // Damaged checksums are written again.
    let there = Checksums::undamaged(directory)?;
    let mut before = there.clone().unwrap_or_default();
    let mut after = if others == Others::Keep { before.settled(directory)? } else { Checksums::default() };
    for name in [FORMAT_FILE, SWEEP_FILE] {
        let path = directory.root().join(name);
        if files::is_file(&path) {
            let hash = atomic::hash(&path)?;
            before.note(name, hash);
            after.hashes.insert(name.into(), vec![hash.to_hex().to_string()]);
        }
    }
    for (name, file) in &staged {
        if !files::is_file(&directory.root().join(name)) {
            before.note(name, blake3::hash(b""));
        }
        before.note(name, file.hash());
        after.hashes.insert(name.clone(), vec![file.hash().to_hex().to_string()]);
    }
    let noted = |checksums: &Checksums| Staged::of_bytes(&directory.checksums_file(), checksums.text().as_bytes());
    // First the temporary file, then the fence, then the renaming: a process that deposes this one removes that file.
    let put = |file: Staged| {
        fence()?;
        file.commit().map_err(|error| fence().err().unwrap_or(error))
    };
    if there.as_ref() == Some(&before) {
        // Whoever has put them there may have been killed before their name was durable.
        atomic::sync_folder_of(&directory.checksums_file())?;
    } else {
        put(noted(&before)?)?;
    }
    for (_, file) in staged {
        put(file)?;
    }
    if before != after { put(noted(&after)?) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_sound_before_and_after_it_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(folder.path());
        let stage = |bytes: &[u8]| vec![("a".to_string(), Staged::of_bytes(&folder.path().join("a"), bytes).unwrap())];
        let is_sound = || Checksums::read(&directory).unwrap().unwrap().is_sound(&directory, "a").unwrap();
        let lost = || Err(StoreError::LeaseLost { path: "lease".into(), why: "in this test".into() });
        publish(&directory, stage(b"none"), Others::Keep, &lost).unwrap_err();
        assert!(!directory.checksums_file().exists());
        publish(&directory, stage(b"one"), Others::Keep, &|| Ok(())).unwrap();
        assert!(is_sound());
        for steps in 0..3 {
            let left = std::cell::Cell::new(steps);
            let fence = || match left.get() {
                0 => lost(),
                steps => {
                    left.set(steps - 1);
                    Ok(())
                }
            };
            publish(&directory, stage(format!("two, {steps}").as_bytes()), Others::Keep, &fence).unwrap_err();
            assert!(is_sound(), "after {steps} steps");
        }
        publish(&directory, stage(b"three"), Others::Drop, &|| Ok(())).unwrap();
        assert!(is_sound());
        assert_eq!(std::fs::read_to_string(directory.checksums_file()).unwrap().lines().count(), 1);
        std::fs::write(folder.path().join("a"), b"other").unwrap();
        assert!(!is_sound());
    }

    #[test]
    fn a_file_that_is_not_a_list_of_checksums_is_damaged() {
        let parse = |bytes: &[u8]| Checksums::parse(Path::new("checksums.b3"), bytes);
        let line = format!("{}  a\n", "0".repeat(64));
        assert!(parse(line.as_bytes()).is_ok());
        for bytes in [&b""[..], &line.as_bytes()[..40], &line.as_bytes()[..66], b"\xff\n", b"hash  name\n"] {
            assert!(matches!(parse(bytes), Err(StoreError::Damaged { .. })), "{bytes:?}");
        }
        for name in ["", "/dev/zero", "../a", "tables/../../a", "a\x1b[2J"] {
            let line = format!("{}  {name}\n", "0".repeat(64));
            assert!(matches!(parse(line.as_bytes()), Err(StoreError::Damaged { .. })), "{name:?}");
        }
    }
}
