//! The bytes of a file: as programs see them, and as the disk has them.

use std::time::Instant;

use microzone::random::RandomStream;

use crate::disk::{below, subset_in_any_order};

/// What a disk writes as a whole.
const BLOCK: usize = 4096;

#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    /// The bytes when the file was last synced.
    pub(crate) synced: Vec<u8>,
    /// What has been done to it since.
    pending: Vec<Change>,
    pending_since: Option<Instant>,
}

#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Length(usize),
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*offset..end].copy_from_slice(bytes);
            }
            Self::Length(length) => file.resize(*length, 0),
        }
    }

    /// The change when the power goes in the middle of it.
    fn torn(&self, random: &mut RandomStream) -> Self {
        match self {
            Self::Write { offset, bytes } => {
                Self::Write { offset: *offset, bytes: bytes[..below(random, bytes.len() + 1)].to_vec() }
            }
            Self::Length(length) => Self::Length(*length),
        }
    }
}

impl File {
    /// A file that has been on the disk all along.
    pub(crate) fn settled(bytes: Vec<u8>) -> Self {
        Self { synced: bytes.clone(), bytes, pending: Vec::new(), pending_since: None }
    }

    pub(crate) fn write(&mut self, offset: usize, bytes: &[u8]) {
        self.change(Change::Write { offset, bytes: bytes.to_vec() });
    }

    pub(crate) fn set_length(&mut self, length: usize) {
        self.change(Change::Length(length));
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.bytes);
        self.pending.push(change);
        self.pending_since.get_or_insert_with(Instant::now);
    }

    pub(crate) fn sync(&mut self) {
        *self = Self::settled(std::mem::take(&mut self.bytes));
    }

    /// When the oldest change was made that is not synced.
    pub(crate) fn pending_since(&self) -> Option<Instant> {
        self.pending_since
    }

    /// What a disk may have of the file after a cut, in any of the ways in which disks lose data.
    pub(crate) fn torn(&self, random: &mut RandomStream) -> Vec<u8> {
        match below(random, 4) {
            0 => self.synced.clone(),
            1 => self.first_changes(random),
            2 => self.some_blocks(random),
            _ => self.some_changes(random),
        }
    }

    /// The first changes, and a part of the next one.
    fn first_changes(&self, random: &mut RandomStream) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        let whole = below(random, self.pending.len() + 1);
        self.pending[..whole].iter().for_each(|change| change.apply(&mut bytes));
        if let Some(next) = self.pending.get(whole) {
            next.torn(random).apply(&mut bytes);
        }
        bytes
    }

    /// The new length, but blocks that have not reached the disk: the old ones, or zeros where there were none.
    fn some_blocks(&self, random: &mut RandomStream) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        bytes.resize(self.bytes.len(), 0);
        let every = below(random, 2) == 0;
        for (old, new) in bytes.chunks_mut(BLOCK).zip(self.bytes.chunks(BLOCK)) {
            if !every && below(random, 2) == 0 {
                old.copy_from_slice(new);
            }
        }
        bytes
    }

    /// Some changes, in any order.
    fn some_changes(&self, random: &mut RandomStream) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        subset_in_any_order(&self.pending, random).iter().for_each(|change| change.apply(&mut bytes));
        bytes
    }
}
