//! Everything that a directory holds: all good records of its journals and shards, and what is damaged.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use super::atomic::{self, Filling, Staged};
use super::columns::Columns;
use super::directory::{Directory, run_number};
use super::fold::{damage_of, fold_dead, remove, save};
use super::folder::files;
use super::journal::{Item, Scan};
use super::merge::merge_small_shards;
use super::suspects::Suspects;
use super::{Frame, Record, Records, StoreError, journal, ownership, shard};
use crate::experiment::Outcome;
use crate::machine;
use crate::machine::files::{Access, File};
use crate::machine::sabotage::{Defect, has};

/// So often a directory is read anew because a file in it has gone.
const ATTEMPTS: usize = 5;

/// Outcomes by the digests that name them.
pub type Outcomes = HashMap<[u8; 32], Outcome>;

/// What has an outcome: names and states of all tasks, and where their values are; and the theory cells.
///
/// The values of tasks stay on the disk until [`Contents::visit`] shows them, and are checked then.
#[derive(Debug, Default)]
pub struct Contents {
    /// The tasks that have an outcome.
    pub records: Records,
    /// The outcome of every theory cell that has one, by its digest.
    pub cells: Outcomes,
    /// What was in hand when earlier processes were killed.
    pub(crate) suspects: Suspects,
    /// What journals that have not ended in order say is in hand: now, if a run lives, else when it was killed.
    pub(crate) in_hand: BTreeSet<Item>,
    /// What they say that shares mean to compute.
    pub(crate) taken: BTreeSet<Item>,
    sources: Vec<Source>,
    /// One error a damaged file; what is good in it is among the records.
    pub damage: Vec<StoreError>,
    /// Whether damaged files have been moved aside.
    pub has_set_aside: bool,
}

/// Where records are.
#[derive(Debug)]
enum Source {
    Shard(PathBuf),
    /// A journal may be folded at any time, and is held.
    Journal(Columns),
}

/// Who else works in a directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Living {
    /// The number of this run.
    pub(crate) own: u32,
    /// The numbers of other shares that live. A run that is not a share has none.
    pub(crate) others: BTreeSet<u32>,
    /// Whether others may have come since.
    pub(crate) is_share: bool,
}

impl Living {
    /// Whether a journal may have a living writer.
    fn has(&self, journal: &Path) -> bool {
        let is_later = |run: u32| self.is_share && run > self.own;
        run_number(journal).is_some_and(|run| self.others.contains(&run) || is_later(run))
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
    /// A file or folder cannot be read; damage is not an error here.
    pub fn read(directory: &Directory) -> Result<Self, StoreError> {
        Self::read_all(directory, |_| Ok(()))
    }

    /// As [`Contents::read`], for whoever publishes what is there: it is on the disk first. The last second of a
    /// journal may not be.
    ///
    /// # Errors
    /// Likewise, or a journal cannot be synced.
    pub(crate) fn read_durable(directory: &Directory) -> Result<Self, StoreError> {
        Self::read_all(directory, |path| match File::open(path, Access::ReadAndWrite) {
            // It has been folded in between.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            opened => opened.and_then(|file| file.sync_data()).map_err(StoreError::io(path)),
        })
    }

    fn read_all(directory: &Directory, prepare: impl Fn(&Path) -> Result<(), StoreError>) -> Result<Self, StoreError> {
        for _ in 1..ATTEMPTS {
            match Self::read_once(directory, &prepare) {
                // A run that has just begun has merged small shards into another one.
                Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
                read => return read,
            }
        }
        Self::read_once(directory, &prepare)
    }

    fn read_once(
        directory: &Directory,
        prepare: &impl Fn(&Path) -> Result<(), StoreError>,
    ) -> Result<Self, StoreError> {
        let mut contents = Self::default();
        // Journals before shards: a journal that is folded in between is then found as a shard.
        for path in files(&directory.journals(), "journal")? {
            // What is read has been written before.
            contents.read_journal(path.clone())?;
            prepare(&path)?;
        }
        for path in files(&directory.shards(), "h5")? {
            let damage = contents.add_shard(path)?;
            contents.damage.extend(damage);
        }
        Ok(contents)
    }

    /// Reads a directory at the start of a run that holds its lease, and moves damaged files aside or refuses them:
    /// values are looked at only to be moved aside. If this process holds the lease `reduce` too (`may_tidy`), it
    /// tidies up after dead runs: journals become shards, temporary files go. Journals of `others`, shares that live,
    /// and of those that have come since `own` number was given, are only read.
    ///
    /// # Errors
    /// A file is damaged and `on_damage` is to refuse, a rank of an earlier run still writes, or a file cannot be read
    /// or written.
    pub(crate) fn recover(
        directory: &Directory,
        on_damage: OnDamage,
        may_tidy: bool,
        living: &Living,
    ) -> Result<Self, StoreError> {
        let mut contents = Self::default();
        // Journals before shards: a journal that is folded in between is then found as a shard.
        let journals = files(&directory.journals(), "journal")?;
        let (theirs, dead): (Vec<_>, Vec<_>) = journals.into_iter().partition(|path| living.has(path));
        theirs.into_iter().try_for_each(|path| contents.read_journal(path))?;
        if may_tidy && !living.is_share {
            merge_small_shards(directory, living.own)?;
        }
        for path in files(&directory.shards(), "h5")? {
            if on_damage == OnDamage::MoveAside {
                contents.rescue_shard(directory, &path)?;
            } else if let Some(damage) = contents.add_shard(path)? {
                return Err(damage);
            }
        }
        for (path, scan) in contents.dead_journals(dead)? {
            if let Some(damage) = damage_of(&path, &scan) {
                set_aside(directory, &path, damage, &scan, on_damage)?;
                contents.has_set_aside = true;
            } else if may_tidy {
                if has(Defect::JournalRemovedEarly) {
                    remove(&path)?;
                }
                fold_dead(directory, &path, &scan)?;
                remove(&path)?;
            }
            contents.add_journal(scan);
        }
        // Another share may have just come, and write.
        if may_tidy && !living.is_share {
            remove_temporaries(directory);
        }
        Ok(contents)
    }

    /// Adds a journal that may still be written to, and notes what is damaged.
    fn read_journal(&mut self, path: PathBuf) -> Result<(), StoreError> {
        match journal::read(&path) {
            Ok(scan) => {
                self.damage.extend(damage_of(&path, &scan));
                self.add_journal(scan);
            }
            Err(StoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The journals that dead runs left, with a note of what was in hand when they were killed.
    fn dead_journals(&mut self, paths: Vec<PathBuf>) -> Result<Vec<(PathBuf, Scan)>, StoreError> {
        let mut journals = Vec::new();
        for path in paths {
            let scan = journal::recover(&path)?;
            journals.push((path, scan));
        }
        for run in journals.chunk_by_mut(|(one, _), (next, _)| run_number(one) == run_number(next)) {
            let mut run: Vec<(&Path, &mut Scan)> = run.iter_mut().map(|(path, scan)| (&**path, scan)).collect();
            self.suspects.judge(&mut run);
        }
        Ok(journals)
    }

    /// Adds a shard, or what is good of it, after it has been moved aside.
    fn rescue_shard(&mut self, directory: &Directory, path: &Path) -> Result<(), StoreError> {
        let found = shard::read(path)?;
        let Some(damage) = found.damage else { return self.add_shard(path.into()).map(drop) };
        let scan = Scan { records: found.records, frames: found.frames, ..Scan::default() };
        set_aside(directory, path, damage, &scan, OnDamage::MoveAside)?;
        self.has_set_aside = true;
        self.add_journal(scan);
        Ok(())
    }

    /// # Errors
    /// The first damage, if there is any.
    pub fn undamaged(mut self) -> Result<Self, StoreError> {
        if self.damage.is_empty() { Ok(self) } else { Err(self.damage.remove(0)) }
    }

    /// Shows the values of each done task, with the number of its record, and returns what is damaged. A record may be
    /// shown more than once.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn visit(&self, show: &mut dyn FnMut(u32, &[f64])) -> Result<Vec<StoreError>, StoreError> {
        let mut damage = Vec::new();
        // Records stand in the order in which they were read.
        let mut guess = 0;
        let mut take = |columns: &Columns| {
            for index in 0..columns.len() {
                if let Some(number) = self.records.find_same(columns, index, guess) {
                    guess = number + 1;
                    if self.records.is_done(number) {
                        show(number, columns.values(index));
                    }
                }
            }
        };
        for source in &self.sources {
            match source {
                Source::Shard(path) => damage.extend(shard::visit(path, &mut take)?),
                Source::Journal(columns) => take(columns),
            }
        }
        Ok(damage)
    }

    /// Adds the outcome of a task.
    pub fn insert(&mut self, digest: [u8; 32], outcome: Outcome) {
        let columns = Columns::of(&[Record { digest, outcome }]);
        self.records.add_columns(&columns);
        self.sources.push(Source::Journal(columns));
    }

    fn add_journal(&mut self, scan: Scan) {
        self.records.add_columns(&scan.records);
        self.add_frames(&scan.frames);
        if !scan.has_ended() {
            self.in_hand.extend(&scan.open);
            self.taken.extend(&scan.taken);
        }
        self.sources.push(Source::Journal(scan.records));
    }

    fn add_shard(&mut self, path: PathBuf) -> Result<Option<StoreError>, StoreError> {
        let found = shard::read_keys(&path)?;
        self.records.add_keys(&found);
        self.add_frames(&found.frames);
        self.sources.push(Source::Shard(path));
        Ok(found.damage)
    }

    /// A result beats a failure, because what failed may have been tried again.
    fn add_frames(&mut self, frames: &[Frame]) {
        self.suspects.add(frames);
        for Record { digest, outcome } in frames.iter().filter_map(Frame::cell) {
            let stays = matches!((self.cells.get(&digest), &outcome), (Some(Outcome::Done(_)), Outcome::Failed(_)));
            if !stays {
                self.cells.insert(digest, outcome);
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
    ownership::check(path)?;
    let target = unused_in_damaged(directory, path)?;
    machine::files::rename(path, &target).map_err(StoreError::io(path))?;
    atomic::sync_folder_of(&target)?;
    atomic::sync_folder_of(path)
}

/// Copies a file that is about to be replaced to `damaged/`, likewise, unless it is a link.
///
/// # Errors
/// It cannot be copied.
pub(crate) fn keep_aside(directory: &Directory, path: &Path) -> Result<(), StoreError> {
    // What a link leads to stays where it is, and may be meant for no other reader of this directory.
    if machine::files::is_link(path) {
        return Ok(());
    }
    let mut source = File::open(path, Access::ReadUnlinked).map_err(StoreError::io(path))?;
    let target = unused_in_damaged(directory, path)?;
    let fill = |copy: &mut Filling| io::copy(&mut source, copy).map(|_| ()).map_err(StoreError::io(&target));
    Staged::filled(&target, fill)?.commit()
}

fn unused_in_damaged(directory: &Directory, path: &Path) -> Result<PathBuf, StoreError> {
    let folder = directory.damaged();
    Directory::create_within(&folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut targets =
        (0..).map(|attempt| folder.join(if attempt == 0 { name.clone() } else { format!("{name}.{attempt}") }));
    Ok(targets.find(|target| machine::files::owner(target).is_err()).unwrap_or_else(|| folder.join(&name)))
}

/// What killed runs left half written; failing to tidy is no reason to stop.
fn remove_temporaries(directory: &Directory) {
    for folder in [
        directory.root().to_path_buf(),
        directory.shards(),
        directory.tables(),
        directory.figures(),
        directory.runs(),
        directory.journals(),
    ] {
        for name in machine::files::names(&folder).unwrap_or_default() {
            let path = folder.join(&name);
            if atomic::is_temporary(&name.to_string_lossy()) && ownership::check(&path).is_ok() {
                let _ = machine::files::remove(&path);
            }
        }
    }
}
