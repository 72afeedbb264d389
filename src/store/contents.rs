//! Everything that a directory holds: all good records of its journals and shards, and what is damaged.

use std::collections::HashMap;
use std::fs;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::directory::Directory;
use super::folder::files;
use super::{Outcome, Record, StoreError, journal, shard};
use crate::sweep::{Demand, Extent, Identities, Precision, Sweep, Task, Trial};

/// The outcome of every task that has one, by the digest of the task.
#[derive(Debug, Default)]
pub struct Contents {
    pub outcomes: HashMap<[u8; 32], Outcome, BuildHasherDefault<DigestHasher>>,
    /// One error a damaged file; what is good in it is among the outcomes.
    pub damage: Vec<StoreError>,
}

/// Tasks looked up together.
const LOOK_UPS: usize = 1024;

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

    /// Reads a directory at the start of a run that holds its lock, and tidies up after dead runs: journals become
    /// shards, temporary files go.
    ///
    /// # Errors
    /// A file is damaged and `on_damage` is to refuse, a rank of an earlier run still writes, or a file cannot be read or
    /// written.
    pub fn recover(directory: &Directory, on_damage: OnDamage) -> Result<Self, StoreError> {
        let mut contents = Self::default();
        for path in files(&directory.shards(), "h5")? {
            let shard = shard::read(&path)?;
            if let Some(damage) = shard.damage {
                handle(on_damage, damage)?;
                save_good(directory, &path, "rescued", &shard.records)?;
                move_aside(directory, &path)?;
            }
            contents.add(shard.records);
        }
        for path in files(&directory.journals(), "journal")? {
            let scan = journal::recover(&path)?;
            if let Some(damage) = damage_of(&path, &scan) {
                handle(on_damage, damage)?;
                save_good(directory, &path, "rescued", &scan.records)?;
                move_aside(directory, &path)?;
            } else {
                save_good(directory, &path, "recovered", &scan.records)?;
                fs::remove_file(&path).map_err(StoreError::io(&path))?;
            }
            contents.add(scan.records);
        }
        remove_temporaries(directory);
        Ok(contents)
    }

    /// # Errors
    /// The first damage, if there is any.
    pub fn undamaged(mut self) -> Result<Self, StoreError> {
        if self.damage.is_empty() { Ok(self) } else { Err(self.damage.remove(0)) }
    }

    /// What a sweep with a precision still calls for.
    pub fn demand(
        &self,
        sweep: &Arc<Sweep>,
        precision: Precision,
        identities: &Identities,
        retry_failed: bool,
    ) -> Demand {
        let is_retried = |trial: &Trial| retry_failed && *trial == Trial::Failed;
        Demand::new(sweep, precision, |task| self.trial(precision, identities, task).filter(|trial| !is_retried(trial)))
    }

    /// How many replicates of a point a sweep with a precision calls for.
    pub fn extent(&self, sweep: &Sweep, precision: Precision, identities: &Identities, point: usize) -> Extent {
        let known = |replicate| self.trial(precision, identities, sweep.task(point, replicate));
        precision.extent(sweep.replicates, known)
    }

    fn trial(&self, precision: Precision, identities: &Identities, task: Task) -> Option<Trial> {
        if self.outcomes.is_empty() {
            return None;
        }
        self.outcomes.get(&identities.digest(task)).map(|outcome| match outcome {
            Outcome::Done(values) => Trial::Value(values.get(precision.place).copied().unwrap_or(f64::NAN)),
            Outcome::Failed(_) => Trial::Failed,
        })
    }

    /// The tasks of a sweep with a fixed number of replicates that have no outcome here, with their expected seconds.
    pub fn pending(&self, sweep: &Sweep, identities: &Identities, retry_failed: bool) -> Vec<(f32, u32)> {
        let is_pending = |digest: &[u8; 32]| match self.outcomes.get(digest) {
            None => true,
            Some(Outcome::Failed(_)) => retry_failed,
            Some(Outcome::Done(_)) => false,
        };
        let pending_of = |tasks: Vec<u32>| {
            // First all digests, then all look-ups: their waits for memory overlap.
            let digests: Vec<[u8; 32]> = tasks.iter().map(|task| identities.digest(Task(*task))).collect();
            let pending: Vec<bool> = digests.iter().map(is_pending).collect();
            tasks.into_iter().zip(pending).filter_map(|(task, pending)| pending.then_some(task)).collect::<Vec<u32>>()
        };
        let tasks = (0..sweep.tasks() as u32).into_par_iter().chunks(LOOK_UPS).flat_map_iter(pending_of);
        tasks.map(|task| (sweep.expected_seconds(Task(task)) as f32, task)).collect()
    }

    fn add_scan(&mut self, path: &Path, scan: journal::Scan) {
        self.damage.extend(damage_of(path, &scan));
        self.add(scan.records);
    }

    /// A result beats a failure, for a failed task may have been tried again.
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

/// Folds the finished journal of a rank into a shard and removes it.
///
/// # Errors
/// The journal is damaged, or a file cannot be read or written; the journal then stays.
pub fn fold(directory: &Directory, journal: &Path) -> Result<(), StoreError> {
    let scan = journal::read(journal)?;
    if let Some(damage) = damage_of(journal, &scan) {
        return Err(damage);
    }
    save_good(directory, journal, "", &scan.records)?;
    fs::remove_file(journal).map_err(StoreError::io(journal))
}

fn damage_of(path: &Path, scan: &journal::Scan) -> Option<StoreError> {
    let what = "no good record here, but there is more behind".to_string();
    scan.damaged_at.map(|offset| StoreError::Damaged { path: path.to_path_buf(), offset, what })
}

fn handle(on_damage: OnDamage, damage: StoreError) -> Result<(), StoreError> {
    match on_damage {
        OnDamage::Refuse => Err(damage),
        OnDamage::MoveAside => {
            tracing::warn!("{damage}; moved aside, what is lost is computed again");
            Ok(())
        }
    }
}

fn save_good(directory: &Directory, from: &Path, mark: &str, records: &[Record]) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    shard::write(&unused(&directory.shards(), from, mark), records)
}

/// A path in `folder` for a shard made from `from` that no file has.
fn unused(folder: &Path, from: &Path, mark: &str) -> PathBuf {
    let stem = from.file_stem().unwrap_or_default().to_string_lossy();
    let mark = if mark.is_empty() { String::new() } else { format!("-{mark}") };
    let name = |attempt: u32| match attempt {
        0 => format!("{stem}{mark}.h5"),
        attempt => format!("{stem}{mark}-{attempt}.h5"),
    };
    (0..).map(|attempt| folder.join(name(attempt))).find(|path| !path.exists()).unwrap_or_else(|| folder.join(name(0)))
}

fn move_aside(directory: &Directory, path: &Path) -> Result<(), StoreError> {
    let folder = directory.damaged();
    fs::create_dir_all(&folder).map_err(StoreError::io(&folder))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let target = (0..)
        .map(|attempt| folder.join(if attempt == 0 { name.clone() } else { format!("{name}.{attempt}") }))
        .find(|target| !target.exists())
        .unwrap_or_else(|| folder.join(&name));
    fs::rename(path, target).map_err(StoreError::io(path))
}

/// What killed runs left half written; failing to tidy is no reason to stop.
fn remove_temporaries(directory: &Directory) {
    for folder in [directory.root().to_path_buf(), directory.shards(), directory.tables(), directory.runs()] {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') && name.ends_with(".temporary") {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
