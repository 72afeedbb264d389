//! The bytes of a simulated file: as programs see them, and as the disk has them.

use std::collections::BTreeSet;

use super::cut::Cut;
use crate::random::RandomStream;

/// What a disk writes as a whole, if it is lucky.
pub(super) const PAGE: usize = 4096;
/// What it always writes as a whole.
const SECTOR: usize = 512;
const WORD: usize = 8;

#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) bytes: Vec<u8>,
    /// The bytes when the file was last synced.
    synced: Vec<u8>,
    /// Sectors written since.
    dirty: BTreeSet<usize>,
    /// Its length or a page has changed since.
    is_dirty: bool,
    /// Pages that a sync has failed to write: they count as written, although the disk gets them only if something is
    /// written into them again.
    forgotten: BTreeSet<usize>,
    /// Syncs that have failed.
    pub(super) failed_syncs: usize,
    pub(super) written: f64,
}

impl File {
    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[offset..end].copy_from_slice(bytes);
        let sectors = offset / SECTOR..end.div_ceil(SECTOR);
        for sector in sectors.clone() {
            // The system writes whole pages.
            self.forgotten.remove(&page_of(sector));
        }
        self.dirty.extend(sectors);
        self.is_dirty = true;
    }

    pub(super) fn set_length(&mut self, length: usize) {
        self.bytes.resize(length, 0);
        self.is_dirty = true;
    }

    /// Whether the disk has all of it.
    pub(super) fn is_synced(&self) -> bool {
        !self.is_dirty
    }

    /// The disk has all that was written, but for what a failed sync has forgotten.
    pub(super) fn sync(&mut self) {
        let mut synced = self.bytes.clone();
        for page in &self.forgotten {
            let (start, end) = (page * PAGE, ((page + 1) * PAGE).min(synced.len()));
            if start < end {
                let old = self.synced.get(start..end.min(self.synced.len()).max(start)).unwrap_or_default();
                synced[start..end].fill(0);
                synced[start..start + old.len()].copy_from_slice(old);
            }
        }
        self.synced = synced;
        self.dirty.clear();
        self.is_dirty = false;
    }

    /// A sync fails: the system tells it once to everybody who has the file open, as Linux does since 4.13, and takes
    /// the pages for clean from then on.
    pub(super) fn fail_to_sync(&mut self) {
        self.failed_syncs += 1;
        self.forgotten.extend(std::mem::take(&mut self.dirty).into_iter().map(page_of));
    }

    /// The file on the disk after a power cut. Each page that was not synced is the old one, the new one, or a new one
    /// with a bad sector; the length is the old or the new one.
    pub(super) fn after_cut(&self, cut: &mut Cut) -> Self {
        let mut bytes = self.synced.clone();
        if self.is_dirty {
            if cut.random.bernoulli(0.7) {
                bytes.resize(self.bytes.len(), 0);
            } else if self.bytes.len() < bytes.len() {
                (cut.reach)("a truncation was lost");
            }
            let pages: BTreeSet<usize> = self.dirty.iter().copied().map(page_of).collect();
            for page in pages.difference(&self.forgotten) {
                let (start, end) = (page * PAGE, ((page + 1) * PAGE).min(bytes.len()).min(self.bytes.len()));
                if start >= end || cut.random.bernoulli(0.3) {
                    (cut.reach)("a page was lost");
                    continue;
                }
                bytes[start..end].copy_from_slice(&self.bytes[start..end]);
                if cut.random.bernoulli(cut.bad_sectors) {
                    (cut.reach)("a sector went bad");
                    let sectors: Vec<usize> =
                        self.dirty.iter().copied().filter(|sector| page_of(*sector) == *page).collect();
                    let sector = sectors[(cut.random.uniform() * sectors.len() as f64) as usize];
                    if sector * SECTOR < self.synced.len() {
                        (cut.reach)("a sector with synced bytes went bad");
                    }
                    damage(&mut bytes[(sector * SECTOR).min(end)..((sector + 1) * SECTOR).min(end)], cut.random);
                }
            }
        }
        Self { synced: bytes.clone(), bytes, written: self.written, ..Self::default() }
    }
}

fn page_of(sector: usize) -> usize {
    sector * SECTOR / PAGE
}

/// A sector is something else: all of it, its left or its right half, or some words here and there.
fn damage(sector: &mut [u8], random: &mut RandomStream) {
    let middle = sector.len() / 2;
    let range = match (random.uniform() * 6.0) as u32 {
        0 => 0..middle,
        1 => middle..sector.len(),
        2 => 0..sector.len(),
        _ => return sector.chunks_mut(WORD).for_each(|word| damage_sometimes(word, random)),
    };
    sector[range].iter_mut().for_each(|byte| *byte = random.bits() as u8);
}

fn damage_sometimes(word: &mut [u8], random: &mut RandomStream) {
    if random.bernoulli(1.0 / 16.0) {
        word.iter_mut().for_each(|byte| *byte = random.bits() as u8);
    }
}
