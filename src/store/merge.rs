//! Merges small shards: a large run leaves one per rank, and whoever reads the directory opens all of them.

use std::path::PathBuf;

use super::directory::Directory;
use super::fold::{MOST_RECORDS, remove, save};
use super::folder::files;
use super::frame::Frame;
use super::journal::Scan;
use super::{StoreError, ownership, shard};
use crate::machine;
use crate::machine::coverage::reached;

/// So many small shards may lie side by side. In tests few are enough to reach what happens then.
const MOST_SMALL: usize = if cfg!(test) { 4 } else { 64 };
/// In bytes.
const SMALL: u64 = 1 << 20;
/// In the names of merged shards.
const MERGED: &str = "merged";

/// Writes the records of small shards to larger ones of this run, reads them back, and removes the small ones, if there
/// are many. Whoever is killed in between leaves some records twice, which count once.
///
/// Only who may tidy the directory may do this. Damaged shards, and those of other users, stay as they are.
///
/// # Errors
/// A shard cannot be read, written or removed.
pub(super) fn merge_small_shards(directory: &Directory, run: u32) -> Result<(), StoreError> {
    let is_small = |path: &PathBuf| machine::files::length(path).is_ok_and(|length| length < SMALL);
    let small: Vec<PathBuf> = files(&directory.shards(), "h5")?.into_iter().filter(is_small).collect();
    if small.len() <= MOST_SMALL {
        return Ok(());
    }
    let mut part = Part { directory, from: directory.journal(run, 0), scan: Scan::default(), sources: Vec::new() };
    small.into_iter().filter(|path| ownership::check(path).is_ok()).try_for_each(|path| part.add(path))?;
    part.save()
}

/// The records of some shards.
struct Part<'a> {
    directory: &'a Directory,
    from: PathBuf,
    scan: Scan,
    sources: Vec<PathBuf>,
}

impl Part<'_> {
    fn add(&mut self, path: PathBuf) -> Result<(), StoreError> {
        let found = shard::read(&path)?;
        if found.damage.is_some() {
            return Ok(());
        }
        if self.scan.records.len() + found.records.len() > MOST_RECORDS {
            self.save()?;
        }
        (0..found.records.len()).for_each(|index| self.scan.records.push_from(&found.records, index));
        self.scan.frames.extend(found.frames.into_iter().filter(|frame| !Frame::is_of_the_journal(frame)));
        self.sources.push(path);
        Ok(())
    }

    fn save(&mut self) -> Result<(), StoreError> {
        save(self.directory, &self.from, MERGED, &self.scan)?;
        self.scan = Scan::default();
        if self.sources.len() > 1 {
            reached("small shards were merged");
        }
        self.sources.drain(..).try_for_each(|path| remove(&path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Outcome;
    use crate::store::{Contents, Record};

    fn record(number: u8) -> Record {
        Record { digest: [number; 32], outcome: Outcome::Done(vec![f64::from(number)]) }
    }

    #[test]
    fn many_small_shards_become_one_with_the_same_records() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(folder.path());
        directory.create().unwrap();
        let shards = || files(&directory.shards(), "h5").unwrap();
        let path = |rank: usize| directory.journal(1, rank);
        for number in 0..=MOST_SMALL as u8 {
            let mut scan = Scan::default();
            scan.records.push(&record(number));
            // A kill has left this one twice.
            scan.records.push(&record(number / 2));
            merge_small_shards(&directory, 2).unwrap();
            assert_eq!(shards().len(), usize::from(number), "few stay as they are");
            save(&directory, &path(number.into()), "", &scan).unwrap();
        }
        let damaged = shards()[0].clone();
        let whole = std::fs::read(&damaged).unwrap();
        std::fs::write(&damaged, &whole[..whole.len() / 2]).unwrap();
        merge_small_shards(&directory, 2).unwrap();
        let names: Vec<_> = shards().iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["run-0001-rank-0000.h5", "run-0002-rank-0000-merged.h5"], "a damaged one stays");
        std::fs::write(&damaged, whole).unwrap();
        let contents = Contents::read(&directory).unwrap().undamaged().unwrap();
        assert!((0..=MOST_SMALL as u8).all(|number| contents.records.find(&[number; 32]).is_some()));
        assert_eq!(contents.records.len(), MOST_SMALL + 1);
    }
}
