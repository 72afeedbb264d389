//! What a reader sees of a lease.

use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::content::{Content, Purpose, Stage};
use super::process::{Life, Process};
use crate::machine::files::{Access, File};
use crate::machine::threads;
use crate::store::StoreError;
use crate::store::directory::LAST_RUN;

/// A text that was being rewritten is whole again at one of these readings.
const READINGS: usize = 5;
const PAUSE: Duration = Duration::from_millis(20);
/// More than the names of any host and boot make of a lease.
const LONGEST: u64 = 1 << 16;

/// A lease at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// Of the file, such as `run-0003`.
    pub(crate) name: String,
    pub(crate) host: String,
    /// In words: host, process, and since when.
    pub(crate) holder: String,
    pub(crate) life: Life,
    pub(super) purpose: Purpose,
    pub(super) stage: Stage,
    pub(super) beat: Beat,
}

/// What changes as long as a holder lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Beat {
    pub(super) token: String,
    pub(super) counter: u64,
}

impl Sighting {
    pub(super) fn of(name: String, content: Content, reader: &Process) -> Self {
        Self {
            name,
            holder: content.holder(),
            life: if content.stage == Stage::Ended { Life::Dead } else { reader.life_of(&content.process()) },
            host: content.host,
            purpose: content.purpose,
            stage: content.stage,
            beat: Beat { token: content.token, counter: content.counter },
        }
    }

    /// Cut off when it was made, or of a later program: it may live as long as its bytes change.
    fn unreadable(name: String, bytes: &[u8]) -> Self {
        Self {
            name,
            host: "unknown".into(),
            holder: "a holder whose lease this version of microzone cannot read".into(),
            life: Life::Unknown,
            purpose: Purpose::Run,
            stage: Stage::Working,
            beat: Beat { token: blake3::hash(bytes).to_string(), counter: 0 },
        }
    }

    /// The message for a process that waits until it is known whether a run is alive.
    pub(crate) fn may_still_live(&self) -> String {
        format!("{} on host {} may still be alive; waiting up to 60 s to find out", self.name, self.host)
    }

    /// The message for a process that waits for the lease `reduce`.
    pub(crate) fn is_reducing(&self) -> String {
        format!("another reduce is working here: {}; waiting for it", self.holder)
    }
}

/// The lease at this path now; none if there is no file.
///
/// # Errors
/// There is a file, and it cannot be read.
pub(crate) fn observe(path: &Path) -> Result<Option<Sighting>, StoreError> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match read(|| bytes_of(File::open(path, Access::ReadUnlinked)?)) {
        Ok(Reading::Whole(content)) => Ok(Some(Sighting::of(name, content, &Process::own()))),
        Ok(Reading::Unreadable(bytes)) => Ok(Some(Sighting::unreadable(name, &bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(path)(error)),
    }
}

/// What a lease file holds, as far as a lease can be that long.
pub(super) fn bytes_of(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes).map(|_| bytes)
}

#[derive(Debug, PartialEq)]
pub(super) enum Reading {
    Whole(Content),
    Unreadable(Vec<u8>),
}

/// Reads until the text is whole, a few times.
pub(super) fn read(mut bytes: impl FnMut() -> io::Result<Vec<u8>>) -> io::Result<Reading> {
    let mut seen = bytes();
    for _ in 1..READINGS {
        match &seen {
            Ok(text) => {
                if let Some(content) = Content::parse(text) {
                    return Ok(Reading::Whole(content));
                }
            }
            // NFS: the file was replaced between opening and reading.
            Err(error) if error.kind() == ErrorKind::StaleNetworkFileHandle => {}
            Err(_) => break,
        }
        threads::sleep(PAUSE);
        seen = bytes();
    }
    seen.map(|text| Content::parse(&text).map_or(Reading::Unreadable(text), Reading::Whole))
}

/// The lease of a run.
pub(crate) fn run_lease(runs: &Path, run: u32) -> PathBuf {
    runs.join(format!("run-{run:04}.lease"))
}

/// The lease of the process that replaces the results.
pub(crate) fn reduce_lease(runs: &Path) -> PathBuf {
    runs.join("reduce.lease")
}

/// The leases of all runs, in the order of their numbers; none if there is no such folder.
pub(super) fn run_leases(runs: &Path) -> Result<Vec<(u32, PathBuf)>, StoreError> {
    let number = |path: &Path| path.file_stem()?.to_str()?.strip_prefix("run-")?.parse().ok();
    let number = |path: &Path| number(path).filter(|run: &u32| *run <= LAST_RUN);
    let paths = crate::store::folder::files(runs, "lease")?;
    let mut leases: Vec<_> = paths.into_iter().filter_map(|path| Some((number(&path)?, path))).collect();
    leases.sort();
    Ok(leases)
}
