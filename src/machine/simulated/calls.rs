//! What the program asks of a machine.

use std::cell::RefMut;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Error, ErrorKind};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use rustix::io::Errno;

use super::disk::DISK;
use super::fibre::Ended;
use super::file::PAGE;
use super::open_file::OpenFile;
use super::scratch::Scratch;
use super::state::State;
use super::{Here, here};
use crate::machine::files::Access;
use crate::machine::threads::News;

/// Long enough for others to take a process for dead.
const LONGEST_STANDSTILL: Duration = Duration::from_secs(300);

/// What a call does to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Look,
    Write,
    Sync,
    Rename,
    Name,
}

impl Here {
    fn is_alive(&self) -> bool {
        self.world.state.borrow().processes[self.process].is_alive
    }

    /// Lets others run until a time, news or the end of a fibre. In a process that has ended nothing continues, also
    /// where panics are caught.
    fn pause(&self, until: Option<Duration>, news: Option<usize>, end_of: Option<usize>) {
        if self.is_alive() {
            self.world.state.borrow_mut().wait(self.fibre, until, news, end_of);
            self.world.way(self.fibre).give();
        } else if !std::thread::panicking() {
            std::panic::resume_unwind(Box::new(Ended));
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.world.now()
    }

    /// A busy machine wakes nobody earlier than it has to, and some later.
    pub(crate) fn sleep(&self, time: Duration) {
        let time = {
            let mut state = self.world.state.borrow_mut();
            let state = &mut *state;
            time.max(state.rates.least_sleep.mul_f64(0.5 + state.random.uniform()))
        };
        self.pause(Some(self.now().saturating_add(time)), None, None);
    }

    pub(crate) fn start(&self, work: Box<dyn FnOnce() + Send>) -> Thread {
        Thread(self.world.start(self.process, work))
    }

    /// # Panics
    /// The work has ended without a result: it has panicked.
    pub(crate) fn beside<T>(&self, work: impl FnOnce() -> T, interval: Duration, meanwhile: &mut dyn FnMut()) -> T {
        let mut outcome = None;
        let body: Box<dyn FnOnce() + '_> = Box::new(|| outcome = Some(work()));
        // SAFETY: the fibre ends before this function returns, or, if the process is ended, before this fibre does.
        let body: Box<dyn FnOnce() + 'static> = unsafe { std::mem::transmute(body) };
        let thread = self.world.start(self.process, body);
        while self.is_alive() && !self.world.has_ended(thread) {
            meanwhile();
            self.pause(Some(self.now() + interval), None, Some(thread));
        }
        outcome.expect("the work has ended")
    }

    pub(crate) fn tell(&self, news: &News) {
        self.world.state.borrow_mut().tell(self.process, std::ptr::from_ref(news).addr());
    }

    pub(crate) fn wait(&self, news: &News, patience: Option<Duration>) {
        let until = patience.map(|patience| self.now().saturating_add(patience));
        self.pause(until, Some(std::ptr::from_ref(news).addr()), None);
    }

    /// Simulated threads share a real one, which must not block.
    pub(crate) fn lock<'a, T>(&self, value: &'a Mutex<T>) -> MutexGuard<'a, T> {
        loop {
            match value.try_lock() {
                Ok(locked) => return locked,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => self.pause(Some(self.now() + Duration::from_micros(10)), None, None),
            }
        }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process as u32 + 1000
    }

    pub(crate) fn host(&self) -> String {
        format!("node{}", self.world.state.borrow().node_of(self.process))
    }

    pub(crate) fn program_version(&self) -> &'static str {
        let state = self.world.state.borrow();
        state.launches[state.processes[self.process].launch].program
    }

    /// All machines are started together.
    pub(crate) fn boot_id(&self) -> String {
        format!("boot {}", self.world.state.borrow().boot)
    }

    pub(crate) fn is_gone(&self, pid: u32) -> bool {
        let state = self.world.state.borrow();
        !state.processes.get(pid as usize - 1000).is_some_and(|process| process.is_alive)
    }

    /// As `/proc/PID/stat` has it; the start is the number itself.
    pub(crate) fn status(&self, pid: u32) -> Option<String> {
        let state = self.world.state.borrow();
        let process = state.processes.get(pid as usize - 1000).filter(|process| process.is_alive)?;
        let letter = if process.is_frozen { 'T' } else { 'S' };
        Some(format!("{pid} (microzone) {letter} {}{pid}", "0 ".repeat(18)))
    }

    pub(crate) fn random_bytes(&self) -> [u8; 16] {
        let mut state = self.world.state.borrow_mut();
        u128::from(state.random.bits()).to_le_bytes()
    }

    /// A rare branch of the program has been taken.
    pub(crate) fn reached(&self, branch: &'static str) {
        let mut state = self.world.state.borrow_mut();
        state.reach(branch);
        state.note(|| format!("{} {branch}", self.process));
    }

    /// Whether somebody reads what users would read.
    pub(crate) fn is_logged(&self) -> bool {
        self.world.state.borrow().log.is_some()
    }

    /// What a user would read.
    pub(crate) fn tell_user(&self, line: std::fmt::Arguments) {
        let process = self.process;
        self.world.state.borrow_mut().note(|| format!("{process} SAYS {line}"));
    }

    /// Set by a signal that asks this process to stop.
    pub(crate) fn interrupted(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.world.state.borrow().processes[self.process].interrupted)
    }

    /// Sends bytes to another rank of this launch.
    pub(crate) fn send(&self, to: usize, bytes: Vec<u8>) {
        let mut state = self.world.state.borrow_mut();
        let state = &mut *state;
        let sender = &state.processes[self.process];
        let (from, target) = (sender.rank, state.launches[sender.launch].processes[to]);
        let time = state.now + state.rates.message_time(&mut state.random);
        let receiver = &mut state.processes[target];
        let arrival = time.max(receiver.last_arrival.get(&from).copied().unwrap_or_default());
        receiver.last_arrival.insert(from, arrival);
        state.count += 1;
        receiver.inbox.insert((arrival, state.count), (from, bytes.clone()));
        if state.rates.twice > 0.0 && state.random.bernoulli(state.rates.twice) {
            let again = arrival + state.rates.message_time(&mut state.random);
            state.count += 1;
            receiver.inbox.insert((again, state.count), (from, bytes));
            state.reach("a message arrived twice");
        }
    }

    /// The next message that has arrived, with the rank of its sender.
    pub(crate) fn receive(&self) -> Option<(usize, Vec<u8>)> {
        let mut state = self.world.state.borrow_mut();
        let now = state.now;
        let inbox = &mut state.processes[self.process].inbox;
        inbox.first_key_value().filter(|((time, _), _)| *time <= now)?;
        inbox.pop_first().map(|(_, message)| message)
    }

    /// Does something to the disk, after some time, unless it fails.
    pub(super) fn call<T>(
        &self,
        kind: Kind,
        path: &dyn Fn() -> String,
        act: impl FnOnce(&mut State) -> io::Result<T>,
    ) -> io::Result<T> {
        let until = {
            let mut state = self.world.state.borrow_mut();
            let state = &mut *state;
            if let Some(time) = state.processes[self.process].ambush(kind == Kind::Rename) {
                state.stand_still(self.process, time);
            } else if state.rates.standstill > 0.0 && state.random.bernoulli(state.rates.standstill) {
                let time = LONGEST_STANDSTILL.mul_f64(state.random.uniform().powi(2));
                state.stand_still(self.process, time);
            }
            state.now + state.rates.call_time(&mut state.random)
        };
        self.pause(Some(until), None, None);
        let mut state = self.world.state.borrow_mut();
        if !state.processes[self.process].is_alive {
            return Err(Error::other("this process has ended"));
        }
        let outcome = match state.fault_of(kind) {
            Some(error) => Err(error),
            None => act(&mut state),
        };
        let process = self.process;
        state.note(|| {
            let failed = outcome.as_ref().err().map_or(String::new(), |error| format!(" FAILED: {error}"));
            format!("{process} {kind:?} {}{failed}", path())
        });
        outcome
    }

    fn call_path<T>(&self, kind: Kind, path: &Path, act: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        self.call(kind, &|| path.display().to_string(), act)
    }

    pub(crate) fn open(&self, path: &Path, access: Access) -> io::Result<OpenFile> {
        let kind = if matches!(access, Access::Read | Access::ReadUnlinked) { Kind::Look } else { Kind::Name };
        let (number, failed_syncs) = self.call_path(kind, path, |state| {
            let number = match (state.disk.find(path), access) {
                (Ok(_), Access::New | Access::NewToAppend) => return Err(ErrorKind::AlreadyExists.into()),
                (Ok(number), _) => number,
                (Err(error), Access::Read | Access::ReadUnlinked | Access::ReadAndWrite) => return Err(error),
                (Err(_), _) => state.disk.create_file(path)?,
            };
            state.disk.file(number).map(|file| (number, file.failed_syncs))
        })?;
        Ok(OpenFile::new(number, access == Access::NewToAppend, failed_syncs))
    }

    /// What lies outside of the simulated disk is the user's, and real.
    pub(crate) fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if !path.starts_with(DISK) {
            return fs::read(path);
        }
        self.call_path(Kind::Look, path, |state| {
            let number = state.disk.find(path)?;
            state.disk.file(number).map(|file| file.bytes.clone())
        })
    }

    pub(crate) fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        self.call_path(Kind::Look, folder, |state| state.disk.names(folder))
    }

    pub(crate) fn is_there(&self, path: &Path) -> io::Result<bool> {
        self.call_path(Kind::Look, path, |state| Ok(state.disk.find(path).is_ok()))
    }

    /// A look that takes no time and does not fail.
    fn look(&self, path: &Path) -> RefMut<'_, State> {
        let mut state = self.world.state.borrow_mut();
        state.note(|| format!("{} {:?} {}", self.process, Kind::Look, path.display()));
        state
    }

    pub(crate) fn is_file(&self, path: &Path) -> bool {
        let mut state = self.look(path);
        state.disk.find(path).is_ok_and(|number| state.disk.is_file(number))
    }

    pub(crate) fn is_folder(&self, path: &Path) -> bool {
        let mut state = self.look(path);
        state.disk.find(path).is_ok_and(|number| !state.disk.is_file(number))
    }

    pub(crate) fn written(&self, path: &Path) -> Option<f64> {
        let mut state = self.look(path);
        let number = state.disk.find(path).ok()?;
        state.disk.file(number).ok().map(|file| file.written)
    }

    pub(crate) fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.call_path(Kind::Name, path, |state| state.disk.create_folder(path))
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call_path(Kind::Rename, to, |state| state.disk.rename(from, to))
    }

    pub(crate) fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call_path(Kind::Name, to, |state| state.disk.link(from, to))
    }

    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        self.call_path(Kind::Name, path, |state| state.disk.remove(path))
    }

    pub(crate) fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.call_path(Kind::Sync, folder, |state| state.disk.sync_folder(folder))
    }

    pub(crate) fn scratch_copy(&self, path: &Path) -> io::Result<Scratch> {
        let scratch = Scratch::new();
        std::fs::write(scratch.path(), self.read(path)?).map(|()| scratch)
    }

    pub(crate) fn written_by_path<T>(&self, path: &Path, write: impl FnOnce(&Path) -> T) -> io::Result<T> {
        let scratch = Scratch::new();
        let outcome = write(scratch.path());
        let bytes = std::fs::read(scratch.path()).unwrap_or_default();
        self.call_path(Kind::Write, path, |state| {
            let number = state.disk.find(path)?;
            state.write(number, 0, &bytes)
        })?;
        Ok(outcome)
    }
}

impl State {
    /// Whether a call fails, and how.
    fn fault_of(&mut self, kind: Kind) -> Option<Error> {
        let rates = self.rates;
        let mut happens = |rate: f64| rate > 0.0 && self.random.bernoulli(rate);
        let failed = if kind == Kind::Sync { "a sync failed" } else { "input or output failed" };
        let error = match kind {
            _ if happens(rates.input_output_error) => (Errno::IO, failed),
            Kind::Write | Kind::Name if happens(rates.no_space) => (Errno::NOSPC, "the disk was full"),
            Kind::Rename if happens(rates.failed_rename) => (Errno::IO, "a rename failed"),
            _ => return None,
        };
        self.reach(error.1);
        Some(error.0.into())
    }

    pub(super) fn write(&mut self, number: usize, offset: usize, bytes: &[u8]) -> io::Result<()> {
        let written = 1.8e9 + self.now.as_secs_f64();
        let pages = self.disk.file(number)?.bytes.len().div_ceil(PAGE) + 1;
        let mut offset = offset;
        if self.rates.misdirected > 0.0 && self.random.bernoulli(self.rates.misdirected) {
            offset = (self.random.uniform() * pages as f64) as usize * PAGE;
            self.reach("a write was misdirected");
        }
        let file = self.disk.file(number)?;
        file.write(offset, bytes);
        file.written = written;
        self.count_write();
        Ok(())
    }
}

/// A simulated thread.
pub(crate) struct Thread(usize);

impl Thread {
    pub(crate) fn join(self) {
        if let Some(here) = here() {
            while here.is_alive() && !here.world.has_ended(self.0) {
                here.pause(None, None, Some(self.0));
            }
        }
    }
}
