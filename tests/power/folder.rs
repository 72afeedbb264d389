//! The names in a folder: as programs see them, and as the disk has them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use microzone::random::RandomStream;

use crate::disk::subset_in_any_order;

/// The number of the file or folder behind each name.
pub(crate) type Names = BTreeMap<OsString, u64>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    pub(crate) names: Names,
    /// The names when the folder was last synced.
    pub(crate) synced: Names,
    /// What has been done to them since.
    pending: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Set(OsString, u64),
    Remove(OsString),
    /// Within the folder, at once.
    Rename(OsString, OsString, u64),
}

impl Change {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Set(name, number) => {
                names.insert(name.clone(), *number);
            }
            Self::Remove(name) => {
                names.remove(name);
            }
            Self::Rename(from, to, number) => {
                names.remove(from);
                names.insert(to.clone(), *number);
            }
        }
    }
}

impl Folder {
    /// A folder that has been on the disk all along.
    pub(crate) fn settled(names: Names) -> Self {
        Self { synced: names.clone(), names, pending: Vec::new() }
    }

    pub(crate) fn set(&mut self, name: &OsStr, number: u64) {
        self.change(Change::Set(name.into(), number));
    }

    pub(crate) fn remove(&mut self, name: &OsStr) {
        self.change(Change::Remove(name.into()));
    }

    pub(crate) fn rename(&mut self, from: &OsStr, to: &OsStr, number: u64) {
        self.change(Change::Rename(from.into(), to.into(), number));
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.names);
        self.pending.push(change);
    }

    pub(crate) fn sync(&mut self) {
        *self = Self::settled(std::mem::take(&mut self.names));
    }

    /// What a disk may have of the names after a cut: some changes, in any order.
    pub(crate) fn torn(&self, random: &mut RandomStream) -> Names {
        let mut names = self.synced.clone();
        subset_in_any_order(&self.pending, random).iter().for_each(|change| change.apply(&mut names));
        names
    }
}
