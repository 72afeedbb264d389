//! What is noted of a job in `DIR/runs/slurm-<job>.json`: who sent it, its starts, and how each came to its end.
//!
//! `submit` makes the file, and then only the job itself writes it, at the start and at the end of each of its starts.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::decision::Cause;
use super::job::JobId;
use crate::machine::files;
use crate::store::atomic::{self, Staged};
use crate::store::{Directory, StoreError};

const FORMAT: u32 = 1;

/// One job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct JobRecord {
    pub(crate) format: u32,
    pub(crate) job: JobId,
    /// Of the program that has sent the job.
    pub(crate) version: String,
    pub(crate) commit: String,
    pub(crate) submitted: String,
    /// The command line that has sent it.
    pub(crate) command: Vec<String>,
    /// The digest of what the sweep means.
    pub(crate) sweep_digest: String,
    /// The number of elements, if it is an array.
    pub(crate) array: Option<u32>,
    /// The job that this one continues, where jobs cannot be requeued.
    pub(crate) predecessor: Option<JobId>,
    /// The job that continues this one.
    #[serde(default)]
    pub(crate) successor: Option<JobId>,
    #[serde(default)]
    pub(crate) counts: Counts,
    #[serde(default)]
    pub(crate) starts: Vec<Start>,
}

/// Ends of starts, classified for finding faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Drained in time, or beyond the limit of time.
    pub(crate) timeouts: u32,
    pub(crate) preemptions: u32,
    pub(crate) crashes: u32,
    pub(crate) out_of_memory: u32,
    pub(crate) lost: u32,
}

impl Counts {
    fn count(&mut self, cause: Cause) {
        let counter = match cause {
            Cause::Complete | Cause::Cancelled => return,
            Cause::Drained | Cause::OutOfTime => &mut self.timeouts,
            Cause::Preempted => &mut self.preemptions,
            Cause::Crashed => &mut self.crashes,
            Cause::OutOfMemory => &mut self.out_of_memory,
            Cause::Lost => &mut self.lost,
        };
        *counter = counter.saturating_add(1);
    }
}

/// One start of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) time: String,
    /// As Slurm writes the list of them.
    pub(crate) nodes: String,
    /// Of the first node.
    pub(crate) boot_id: String,
    /// How many processes the kernel of the first node had killed for lack of memory, if it reported this.
    #[serde(default)]
    pub(crate) memory_kills: Option<u64>,
    /// Records that were there.
    pub(crate) records: u64,
    /// The number of the newest run that was there.
    pub(crate) run: u32,
    /// Of each rank.
    pub(crate) threads: u32,
    /// The log and its length.
    pub(crate) log: PathBuf,
    pub(crate) log_length: u64,
    pub(crate) ending: Option<Ending>,
}

/// The end of a start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ending {
    pub(crate) time: String,
    pub(crate) code: Option<i32>,
    pub(crate) cause: Cause,
    /// Records that were there.
    pub(crate) records: u64,
    /// What followed, in words.
    pub(crate) then: String,
    /// Of each rank of the next start.
    pub(crate) threads: u32,
}

impl JobRecord {
    /// A job that has just been sent, or that is not recorded.
    pub(crate) fn new(job: JobId, command: Vec<String>, sweep_digest: String) -> Self {
        Self {
            format: FORMAT,
            job,
            version: env!("CARGO_PKG_VERSION").into(),
            commit: env!("MICROZONE_COMMIT").into(),
            submitted: now(),
            command,
            sweep_digest,
            array: None,
            predecessor: None,
            successor: None,
            counts: Counts::default(),
            starts: Vec::new(),
        }
    }

    /// The record of a job; none if there is no such file.
    ///
    /// # Errors
    /// It cannot be read, or is of another program.
    pub(crate) fn read(directory: &Directory, job: &JobId) -> Result<Option<Self>, StoreError> {
        let path = path(directory, job);
        match files::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| StoreError::io(&path)(error.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io(&path)(error)),
        }
    }

    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write(&self, directory: &Directory) -> Result<(), StoreError> {
        let path = path(directory, &self.job);
        let bytes = self.bytes(&path)?;
        Directory::create_within(&directory.runs())?;
        match atomic::write_bytes(&path, &bytes) {
            // A run that tidied up has removed the file before it had its name.
            Err(StoreError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                atomic::write_bytes(&path, &bytes)
            }
            written => written,
        }
    }

    /// Writes the file unless the job itself has.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write_first(&self, directory: &Directory) -> Result<(), StoreError> {
        let path = path(directory, &self.job);
        Staged::of_bytes(&path, &self.bytes(&path)?)?.commit_new().map(drop)
    }

    fn bytes(&self, path: &Path) -> Result<Vec<u8>, StoreError> {
        let mut text = serde_json::to_vec_pretty(self).map_err(|error| StoreError::io(path)(error.into()))?;
        text.push(b'\n');
        Ok(text)
    }

    /// Notes how the newest start came to its end.
    pub(crate) fn end_start(&mut self, ending: Ending) {
        if let Some(start) = self.starts.last_mut().filter(|start| start.ending.is_none()) {
            self.counts.count(ending.cause);
            start.ending = Some(ending);
        }
    }

    /// All starts, those of the jobs before this one first.
    pub(crate) fn history(&self, directory: &Directory) -> Vec<Start> {
        let mut all = vec![self.starts.clone()];
        let mut known = vec![self.job.clone()];
        let mut next = self.predecessor.clone();
        while let Some(job) = next.filter(|job| !known.contains(job)) {
            // What cannot be read any more counts as nothing.
            let before = Self::read(directory, &job).ok().flatten();
            known.push(job);
            next = before.as_ref().and_then(|before| before.predecessor.clone());
            all.extend(before.map(|before| before.starts));
        }
        all.into_iter().rev().flatten().collect()
    }
}

#[cfg(feature = "fuzzing")]
impl JobRecord {
    /// Does with a record what the end of a job does.
    pub(crate) fn exercise(&mut self) {
        let records = self.starts.last().map_or(0, |start| start.records);
        let causes =
            [Cause::Complete, Cause::Drained, Cause::Preempted, Cause::Crashed, Cause::OutOfMemory, Cause::Lost];
        for cause in causes {
            let (time, then) = (now(), String::new());
            self.end_start(Ending { time, code: None, cause, records, then, threads: 1 });
            self.starts.iter_mut().for_each(|start| start.ending = None);
        }
        assert!(idle(&self.starts, records) <= self.starts.len());
        assert!(unnoted(self, Some(usize::MAX - 1)) <= usize::MAX - self.starts.len());
        assert!(self.bytes(Path::new("slurm-1.json")).is_ok());
    }
}

/// How many of the last starts added nothing, given what is there now.
pub(crate) fn idle(starts: &[Start], records: u64) -> usize {
    let later = starts.iter().skip(1).map(|start| start.records).chain([records]);
    let added: Vec<bool> = starts.iter().zip(later).map(|(start, later)| later > start.records).collect();
    added.iter().rev().take_while(|added| !**added).count()
}

/// Starts of a job that are not recorded, for example because the disk was full: of as many restarts as Slurm counts,
/// with the present start if that is recorded.
pub(crate) fn unnoted(record: &JobRecord, restarts: Option<usize>) -> usize {
    restarts.map_or(0, |restarts| (restarts + 1).saturating_sub(record.starts.len()))
}

/// How often a job of this directory has started again; 0 if nothing is noted.
pub(crate) fn restarts(directory: &Path, job: &JobId) -> u32 {
    let record = JobRecord::read(&Directory::new(directory), job).ok().flatten();
    record.map_or(0, |record| u32::try_from(record.starts.len().saturating_sub(1)).unwrap_or(u32::MAX))
}

/// The jobs that are noted in a directory.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn jobs(directory: &Directory) -> Result<Vec<JobId>, StoreError> {
    let folder = directory.runs();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io(&folder)(error)),
    };
    let mut jobs: Vec<JobId> = entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name();
            JobId::parse(name.to_str()?.strip_prefix("slurm-")?.strip_suffix(".json")?)
        })
        .collect();
    jobs.sort();
    Ok(jobs)
}

/// Marks a job as cancelled, so that it does not start again.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn mark_cancelled(directory: &Directory, job: &JobId) -> Result<(), StoreError> {
    atomic::write_bytes(&mark(directory, job), format!("{}\n", now()).as_bytes())
}

/// Whether a job, or the array that it is an element of, has been cancelled by `microzone cancel`.
pub(crate) fn is_cancelled(directory: &Directory, job: &JobId) -> bool {
    let number = job.as_str().split('_').next().and_then(JobId::parse);
    [Some(job.clone()), number].into_iter().flatten().any(|job| mark(directory, &job).exists())
}

fn mark(directory: &Directory, job: &JobId) -> PathBuf {
    directory.runs().join(format!("slurm-{job}.cancelled"))
}

fn path(directory: &Directory, job: &JobId) -> PathBuf {
    directory.runs().join(format!("slurm-{job}.json"))
}

/// The time now, for people.
pub(crate) fn now() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(records: u64) -> Start {
        Start {
            time: now(),
            nodes: "n[1-2]".into(),
            boot_id: String::new(),
            memory_kills: None,
            records,
            run: 0,
            threads: 1,
            log: PathBuf::new(),
            log_length: 0,
            ending: None,
        }
    }

    #[test]
    fn starts_that_added_nothing_are_counted_from_the_last() {
        let of = |before: &[u64], now| idle(&before.iter().map(|records| start(*records)).collect::<Vec<_>>(), now);
        assert_eq!(of(&[], 0), 0);
        assert_eq!(of(&[0], 0), 1);
        assert_eq!(of(&[0], 5), 0);
        assert_eq!(of(&[0, 5, 5, 5], 5), 3);
        assert_eq!(of(&[0, 0, 5, 5], 5), 2);
        assert_eq!(of(&[0, 0, 0, 5], 6), 0);
    }

    #[test]
    fn a_record_is_read_as_it_was_written_and_its_predecessors_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(folder.path());
        directory.create().unwrap();
        let id = |text| JobId::parse(text).unwrap();
        let mut first = JobRecord::new(id("7"), vec!["microzone".into()], "digest".into());
        first.starts = vec![start(0), start(3)];
        first.end_start(Ending {
            time: now(),
            code: Some(137),
            cause: Cause::Crashed,
            records: 5,
            then: String::new(),
            threads: 1,
        });
        first.write_first(&directory).unwrap();
        assert_eq!(JobRecord::read(&directory, &id("7")).unwrap(), Some(first.clone()));
        assert_eq!([None, Some(1), Some(3)].map(|restarts| unnoted(&first, restarts)), [0, 0, 2]);
        assert_eq!((first.counts.crashes, restarts(folder.path(), &id("7"))), (1, 1));
        let mut second = JobRecord::new(id("9"), Vec::new(), String::new());
        (second.predecessor, second.starts) = (Some(id("7")), vec![start(5)]);
        second.write(&directory).unwrap();
        let history = second.history(&directory);
        assert_eq!(history.iter().map(|start| start.records).collect::<Vec<_>>(), [0, 3, 5]);
        assert_eq!(jobs(&directory).unwrap(), [id("7"), id("9")]);
        mark_cancelled(&directory, &id("9")).unwrap();
        assert!(is_cancelled(&directory, &id("9_3")) && !is_cancelled(&directory, &id("7")));
        // The records of runs are found next to it.
        assert!(crate::store::run_record::latest(&directory.runs()).unwrap().is_none());
    }
}
