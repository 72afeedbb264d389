//! The names in a simulated folder: as programs see them, and as the disk has them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use super::cut::Cut;

/// The number of the file or folder behind each name.
pub(super) type Names = BTreeMap<OsString, usize>;

#[derive(Clone, Debug, Default)]
pub(super) struct Folder {
    pub(super) names: Names,
    synced: Names,
    /// What has been done to the names since the folder was synced.
    pending: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Set(OsString, usize),
    Remove(OsString),
    /// Within the folder, at once.
    Rename(OsString, OsString),
}

impl Change {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Set(name, number) => drop(names.insert(name.clone(), *number)),
            Self::Remove(name) => drop(names.remove(name)),
            Self::Rename(from, to) => {
                if let Some(number) = names.remove(from) {
                    names.insert(to.clone(), number);
                }
            }
        }
    }
}

impl Folder {
    pub(super) fn set(&mut self, name: &OsStr, number: usize) {
        self.change(Change::Set(name.into(), number));
    }

    pub(super) fn remove(&mut self, name: &OsStr) {
        self.change(Change::Remove(name.into()));
    }

    pub(super) fn rename(&mut self, from: &OsStr, to: &OsStr) {
        self.change(Change::Rename(from.into(), to.into()));
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.names);
        self.pending.push(change);
    }

    pub(super) fn sync(&mut self) {
        self.synced = self.names.clone();
        self.pending.clear();
    }

    /// The names that the disk has when the power is gone: each change is there or lost. A file whose renaming is lost
    /// keeps its old name.
    pub(super) fn after_cut(&self, cut: &mut Cut) -> Self {
        let mut names = self.synced.clone();
        for change in &self.pending {
            match cut.random.bernoulli(0.5) {
                true => change.apply(&mut names),
                false => (cut.reach)("the change of a name was lost"),
            }
        }
        Self { synced: names.clone(), names, pending: Vec::new() }
    }
}
