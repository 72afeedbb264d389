//! Everything that a directory holds: all good records of its journals and shards, and what is damaged.

use std::collections::HashMap;
use std::fs;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};

use super::directory::Directory;
use super::fold::{damage_of, is_folded, remove, save};
use super::folder::files;
use super::journal::Scan;
use super::{Record, StoreError, atomic, journal, shard};
use crate::experiment::Outcome;

/// The outcome of every task that has one, by the digest of the task.
#[derive(Debug, Default)]
pub struct Contents {
    /// By the digest of the task.
    pub outcomes: HashMap<[u8; 32], Outcome, BuildHasherDefault<DigestHasher>>,
    /// One error a damaged file; what is good in it is among the outcomes.
    pub damage: Vec<StoreError>,
    /// Whether damaged files have been moved aside.
    pub has_set_aside: bool,
}

/// Hashes a digest to its first bytes, which are as good as random.
#[derive(Default)]
pub struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk::<8>() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    /// The length, which all digests share.
    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What to do about a damaged file when a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDamage {
    /// End the run with the first damage.
    Refuse,
    /// Keep its good records, move it to `damaged/`, and have the rest computed again.
    MoveAside,
}

impl Contents {
    /// Reads a directory, also while a run writes to it, without changing anything.
    ///
    /// # Errors
    /// A file or folder cannot be read; damage is no error here.
    pub fn read(directory: &Directory) -> Result<Self, StoreError> {
        let mut contents = Self::default();
        // Journals before shards: a journal that is folded meanwhile is then found as a shard.
        for path in files(&directory.journals(), "journal")? {
            match journal::read(&path) {
                Ok(scan) => contents.add_scan(&path, scan),
                Err(StoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        for path in files(&directory.shards(), "h5")? {
            let shard = shard::read(&path)?;
            contents.add(shard.records);
            contents.damage.extend(shard.damage);
        }
        Ok(contents)
    }

    /// Reads a directory at the start of a run that holds its lease, and moves damaged files aside or refuses them.
    /// If this process holds the lease `reduce` too (`may_tidy`), it tidies up after dead runs: journals become shards,
    /// temporary files go.
    ///
    /// # Errors
    /// A file is damaged and `on_damage` is to refuse, a rank of an earlier run still writes, or a file cannot be read
    /// or written.
    pub fn recover(directory: &Directory, on_damage: OnDamage, may_tidy: bool) -> Result<Self, StoreError> {
        let mut contents = Self::default();
        for path in files(&directory.shards(), "h5")? {
            let shard = shard::read(&path)?;
            let scan = Scan { records: shard.records, frames: shard.frames, ..Scan::default() };
            if let Some(damage) = shard.damage {
                set_aside(directory, &path, damage, &scan, on_damage)?;
                contents.has_set_aside = true;
            }
            contents.add(scan.records);
        }
        for path in files(&directory.journals(), "journal")? {
            let scan = journal::recover(&path)?;
            if let Some(damage) = damage_of(&path, &scan) {
                set_aside(directory, &path, damage, &scan, on_damage)?;
                contents.has_set_aside = true;
            } else if may_tidy {
                if !is_folded(directory, &path, &scan) {
                    save(directory, &path, "recovered", &scan)?;
                }
                remove(&path)?;
            }
            contents.add(scan.records);
        }
        if may_tidy {
            remove_temporaries(directory);
        }
        Ok(contents)
    }

    /// # Errors
    /// The first damage, if there is any.
    pub fn undamaged(mut self) -> Result<Self, StoreError> {
        if self.damage.is_empty() { Ok(self) } else { Err(self.damage.remove(0)) }
    }

    fn add_scan(&mut self, path: &Path, scan: Scan) {
        self.damage.extend(damage_of(path, &scan));
        self.add(scan.records);
    }

    /// A result beats a failure, because a failed task may have been tried again.
    fn add(&mut self, records: Vec<Record>) {
        self.outcomes.reserve(records.len());
        for Record { digest, outcome } in records {
            let stays = matches!((self.outcomes.get(&digest), &outcome), (Some(Outcome::Done(_)), Outcome::Failed(_)));
            if !stays {
                self.outcomes.insert(digest, outcome);
            }
        }
    }
}

/// Keeps what is good of a damaged file and moves the file to `damaged/`.
fn set_aside(
    directory: &Directory,
    path: &Path,
    damage: StoreError,
    good: &Scan,
    on_damage: OnDamage,
) -> Result<(), StoreError> {
    if on_damage == OnDamage::Refuse {
        return Err(damage);
    }
    tracing::warn!("{damage}; moved aside, what is lost is computed again");
    save(directory, path, "rescued", good)?;
    move_aside(directory, path)
}

/// Moves a damaged file to `damaged/`, under a name that no other file has there.
///
/// # Errors
/// It cannot be moved.
pub(crate) fn move_aside(directory: &Directory, path: &Path) -> Result<(), StoreError> {
    let target = unused_in_damaged(directory, path)?;
    fs::rename(path, &target).map_err(StoreError::io(path))?;
    atomic::sync_folder_of(&target)?;
    atomic::sync_folder_of(path)
}

/// Copies a file that is about to be replaced to `damaged/`, likewise.
///
/// # Errors
/// It cannot be copied.
pub(crate) fn keep_aside(directory: &Directory, path: &Path) -> Result<(), StoreError> {
    let target = unused_in_damaged(directory, path)?;
    fs::copy(path, &target).map_err(StoreError::io(path))?;
    atomic::sync_folder_of(&target)
}

fn unused_in_damaged(directory: &Directory, path: &Path) -> Result<PathBuf, StoreError> {
    let folder = directory.damaged();
    atomic::create_folder(&folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut targets =
        (0..).map(|attempt| folder.join(if attempt == 0 { name.clone() } else { format!("{name}.{attempt}") }));
    Ok(targets.find(|target| !target.exists()).unwrap_or_else(|| folder.join(&name)))
}

/// What killed runs left half written; failing to tidy is no reason to stop.
fn remove_temporaries(directory: &Directory) {
    for folder in
        [directory.root().to_path_buf(), directory.shards(), directory.tables(), directory.figures(), directory.runs()]
    {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if atomic::is_temporary(&name) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
