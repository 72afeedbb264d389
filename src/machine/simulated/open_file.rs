//! A simulated file that a process has open.

use std::fs;
use std::io::{self, Error, SeekFrom};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::io::Errno;

use super::calls::Kind;
use super::fault::Fault;
use super::here;
use super::state::{Event, State};

/// An open simulated file.
#[derive(Debug)]
pub(crate) struct OpenFile {
    number: usize,
    position: AtomicUsize,
    appends: bool,
    /// Failed syncs of the file that this one knows of.
    failed_syncs: AtomicUsize,
}

impl OpenFile {
    pub(super) fn new(number: usize, appends: bool, failed_syncs: usize) -> Self {
        Self { number, position: AtomicUsize::new(0), appends, failed_syncs: failed_syncs.into() }
    }

    pub(crate) fn number(&self) -> usize {
        self.number
    }

    fn call<T>(&self, kind: Kind, act: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let here = here().ok_or_else(|| Error::other("no simulated machine"))?;
        here.call(kind, &|| format!("file {}", self.number), act)
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.call(Kind::Sync, |state| {
            let fails = state.rates.failed_sync > 0.0 && state.random.bernoulli(state.rates.failed_sync);
            let file = state.disk.file(self.number)?;
            if fails && !file.is_synced() {
                file.fail_to_sync();
                self.failed_syncs.store(file.failed_syncs, Ordering::Relaxed);
                state.reach("a sync failed");
                return Err(Errno::IO.into());
            }
            file.sync();
            let told = self.failed_syncs.swap(file.failed_syncs, Ordering::Relaxed);
            if told < file.failed_syncs {
                state.reach("a sync by somebody else failed");
                return Err(Errno::IO.into());
            }
            Ok(())
        })
    }

    pub(crate) fn set_len(&self, length: u64) -> io::Result<()> {
        self.call(Kind::Write, |state| {
            let file = state.disk.file(self.number)?;
            let is_truncation = (length as usize) < file.bytes.len();
            file.set_length(length as usize);
            let chance = state.rates.cut_at_truncation;
            if is_truncation && chance > 0.0 && state.random.bernoulli(chance) {
                state.add(state.now, Event::Fault(Fault::PowerCut));
            }
            Ok(())
        })
    }

    pub(crate) fn len(&self) -> io::Result<u64> {
        self.call(Kind::Look, |state| Ok(state.disk.file(self.number)?.bytes.len() as u64))
    }

    pub(crate) fn identity(&self) -> io::Result<(u64, u64)> {
        Ok((1, self.number as u64))
    }

    pub(crate) fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.call(Kind::Write, |state| state.write(self.number, offset as usize, bytes))
    }

    pub(crate) fn try_lock(&self, alone: bool) -> Result<(), fs::TryLockError> {
        let here = here().ok_or_else(|| fs::TryLockError::Error(Error::other("no simulated machine")))?;
        let mut state = here.world.state.borrow_mut();
        if !state.disk.has_locks {
            Err(fs::TryLockError::Error(Errno::OPNOTSUPP.into()))
        } else if state.disk.lock(self.number, here.process, alone) {
            Ok(())
        } else {
            Err(fs::TryLockError::WouldBlock)
        }
    }

    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let position = self.position.load(Ordering::Relaxed);
        let read = self.call(Kind::Look, |state| {
            let bytes = &state.disk.file(self.number)?.bytes;
            let rest = bytes.get(position..).unwrap_or_default();
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            Ok(count)
        })?;
        self.position.fetch_add(read, Ordering::Relaxed);
        Ok(read)
    }

    pub(crate) fn read_to_end(&self, into: &mut Vec<u8>) -> io::Result<usize> {
        let position = self.position.load(Ordering::Relaxed);
        let rest = self.call(Kind::Look, |state| {
            let bytes = &state.disk.file(self.number)?.bytes;
            Ok(bytes.get(position..).unwrap_or_default().to_vec())
        })?;
        self.position.fetch_add(rest.len(), Ordering::Relaxed);
        into.extend_from_slice(&rest);
        Ok(rest.len())
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let position = self.position.load(Ordering::Relaxed);
        let end = self.call(Kind::Write, |state| {
            let end = state.disk.file(self.number)?.bytes.len();
            let start = if self.appends { end } else { position };
            state.write(self.number, start, bytes)?;
            Ok(start + bytes.len())
        })?;
        self.position.store(end, Ordering::Relaxed);
        Ok(bytes.len())
    }

    pub(crate) fn seek(&self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::End(offset) => self.len()?.saturating_add_signed(offset),
            SeekFrom::Current(offset) => (self.position.load(Ordering::Relaxed) as u64).saturating_add_signed(offset),
        };
        self.position.store(position as usize, Ordering::Relaxed);
        Ok(position)
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        if let Some(here) = here() {
            here.world.state.borrow_mut().disk.unlock(self.number, here.process);
        }
    }
}
