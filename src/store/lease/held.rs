//! A lease that this process holds.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::content::{Content, Purpose, Stage};
use super::process::Process;
use super::pulse::Pulse;
use super::sighting::{Reading, bytes_of, read};
use crate::machine::clock::{Moment, since_boot};
use crate::machine::files::{self, Access, File};
use crate::machine::process::random_bytes;
use crate::machine::sabotage::{Defect, has};
use crate::machine::threads::{self, News, Thread, lock};
use crate::store::StoreError;
use crate::store::atomic::Staged;

const BEAT: Duration = Duration::from_secs(1);

/// Held until it is dropped, or lost: see [`Lease::check`].
pub(crate) struct Lease {
    shared: Arc<Shared>,
    heart: Option<Thread>,
}

/// What the heart, a separate thread, shares with the holder.
struct Shared {
    path: PathBuf,
    /// The descriptor that created the file: what it writes can never end up in another one.
    file: File,
    /// Device and inode.
    identity: (u64, u64),
    token: String,
    length: usize,
    /// Locked while it is being written.
    content: Mutex<Content>,
    pulse: Mutex<Pulse>,
    lost: Arc<AtomicBool>,
    /// The holder lets go.
    ended: Mutex<bool>,
    news: News,
}

impl Lease {
    /// Takes the lease; none if the file exists already.
    ///
    /// # Errors
    /// The file cannot be created or written, or its thread cannot be started.
    pub(crate) fn create(path: &Path, purpose: Purpose) -> Result<Option<Self>, StoreError> {
        let content =
            token().map(|token| Content::new(purpose, Process::own(), token)).map_err(StoreError::io(path))?;
        let bytes = content.length().and_then(|length| content.bytes(length));
        let bytes = bytes.map_err(|error| StoreError::io(path)(error.into()))?;
        // Complete from its first moment: the owner of a lease that a killed process had only begun could not be known.
        let attempt = || Staged::of_bytes(path, &bytes)?.commit_new();
        let taken = match attempt() {
            // A run that tidied up has removed the file before it had its name.
            Err(StoreError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => attempt()?,
            taken => taken?,
        };
        let Some(file) = taken else { return Ok(None) };
        Self::begin(path, content, file).map(Some).inspect_err(|_| {
            // It is ours, and cannot be held. The error that led here is what counts.
            let _ = files::remove(path);
        })
    }

    fn begin(path: &Path, content: Content, file: File) -> Result<Self, StoreError> {
        let (identity, length) =
            file.identity().and_then(|own| Ok((own, file.len()?))).map_err(StoreError::io(path))?;
        let shared = Arc::new(Shared {
            path: path.to_path_buf(),
            identity,
            token: content.token.clone(),
            length: length as usize,
            content: Mutex::new(content),
            pulse: Mutex::new(Pulse::new(since_boot())),
            lost: Arc::default(),
            ended: Mutex::default(),
            news: News::default(),
            file,
        });
        let beating = Arc::clone(&shared);
        let heart = threads::start("lease", move || beating.beat()).map_err(StoreError::no_thread(path))?;
        Ok(Self { shared, heart: Some(heart) })
    }

    /// Looks at the file and at the clock, now. A lease that is lost stays lost.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], or the file cannot be read, which may pass.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if has(Defect::LeaseNotChecked) { Ok(()) } else { self.shared.check() }
    }

    /// Becomes true when the lease is lost, within a second or so.
    pub(crate) fn lost_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.shared.lost)
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Tells all others that this run has found itself alone.
    pub(super) fn begin_work(&self) -> Result<(), StoreError> {
        self.check()?;
        self.shared.write(|content| content.stage = Stage::Working).map_err(StoreError::io(self.path()))?;
        // The process may have slept in between, for so long that others think it dead.
        self.check()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        *lock(&self.shared.ended) = true;
        self.shared.news.tell();
        self.heart.take().into_iter().for_each(Thread::join);
        let is_removed = match self.shared.look() {
            Ok(None) => files::remove(&self.shared.path).is_ok(),
            // It belongs to another process, or is gone.
            Ok(Some(_)) => true,
            Err(_) => false,
        };
        // A file that cannot be removed says so itself, and goes stale when this process ends at the latest.
        if !is_removed {
            let _ = self.shared.write(|content| content.stage = Stage::Ended);
        }
    }
}

impl Shared {
    /// Waits for the next beat; whether there is one.
    fn rests(&self) -> bool {
        let begun = Moment::now();
        let mut ended = lock(&self.ended);
        while !*ended && begun.elapsed() < BEAT {
            ended = self.news.wait(&self.ended, ended, Some(BEAT.saturating_sub(begun.elapsed())));
        }
        !*ended
    }

    fn beat(&self) {
        while self.rests() {
            match self.check() {
                Err(StoreError::LeaseLost { .. }) => return,
                Err(error) => self.pulse().failed(error.to_string()),
                Ok(()) => {
                    let began = since_boot();
                    match self.write(|content| content.counter += 1) {
                        Ok(()) => self.pulse().beat(began),
                        Err(error) => self.pulse().failed(error.to_string()),
                    }
                }
            }
        }
    }

    /// Rewrites the file in place.
    fn write(&self, change: impl FnOnce(&mut Content)) -> io::Result<()> {
        let mut content = lock(&self.content);
        change(&mut content);
        self.file.write_all_at(&content.bytes(self.length)?, 0)?;
        // Machines that share the disk see what has been synced.
        self.file.sync_data()
    }

    fn check(&self) -> Result<(), StoreError> {
        let seen = self.look();
        let mut pulse = self.pulse();
        if let Ok(Some(why)) = &seen {
            pulse.lose(why.clone());
        }
        // The look may have taken long.
        if let Some(why) = pulse.lost_at(since_boot()) {
            self.lost.store(true, Ordering::Relaxed);
            return Err(StoreError::LeaseLost { path: self.path.clone(), why: why.into() });
        }
        seen.map(|_| ()).map_err(StoreError::io(&self.path))
    }

    /// Why the file in this place is not ours, if it is not.
    fn look(&self) -> io::Result<Option<String>> {
        let mut is_ours = true;
        let reading = read(|| {
            let file = File::open(&self.path, Access::ReadUnlinked)?;
            is_ours = file.identity()? == self.identity;
            bytes_of(file)
        });
        Ok(match reading {
            Ok(Reading::Whole(content)) if content.token != self.token => Some(format!("{} took it", content.holder())),
            Ok(_) if !is_ours => Some("another file is in its place".into()),
            // What is torn is written again at the next beat.
            Ok(_) => None,
            Err(error) if error.kind() == ErrorKind::NotFound => Some("the file is gone".into()),
            Err(error) => return Err(error),
        })
    }

    fn pulse(&self) -> MutexGuard<'_, Pulse> {
        lock(&self.pulse)
    }
}

fn token() -> io::Result<String> {
    Ok(random_bytes()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
