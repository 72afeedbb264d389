//! What Slurm's queue reports about the jobs of a directory.

use std::path::Path;
use std::time::Duration;

use super::error::SlurmError;
use super::job::{self, JobId};
use super::record;
use super::sbatch;

/// A job of a directory, as `squeue` lists it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct JobState {
    pub(crate) id: JobId,
    /// As Slurm writes it: PENDING, RUNNING, …
    pub(crate) state: String,
    /// Why it waits, as Slurm writes it.
    pub(crate) reason: String,
    /// Whether it waits until it is released.
    pub(crate) is_held: bool,
    /// Times that it has started again.
    pub(crate) restarts: u32,
    /// Until the limit of time, if it runs.
    pub(crate) seconds_left: Option<u64>,
}

/// States in which a job has not ended.
const UNFINISHED: [&str; 12] = [
    "PENDING",
    "RUNNING",
    "COMPLETING",
    "CONFIGURING",
    "SUSPENDED",
    "REQUEUED",
    "REQUEUE_HOLD",
    "REQUEUE_FED",
    "RESIZING",
    "SIGNALING",
    "STAGE_OUT",
    "STOPPED",
];

const FORMAT: &str = "%i|%T|%r|%L";

impl JobState {
    /// Whether it waits, runs, or is about to end.
    pub(crate) fn is_unfinished(&self) -> bool {
        UNFINISHED.contains(&self.state.as_str()) || self.is_held
    }

    /// Whether its processes may be there.
    pub(crate) fn may_run(&self) -> bool {
        self.is_unfinished() && self.state != "PENDING" && !self.is_held
    }

    /// The message for a user: its state, the reason, and what to type if it waits for that.
    pub(crate) fn sentence(&self) -> String {
        let Self { id, state, reason, restarts, seconds_left, .. } = self;
        let again = match restarts {
            0 => String::new(),
            1 => ", after 1 restart".into(),
            many => format!(", after {many} restarts"),
        };
        if self.is_held {
            let remedy = format!("`scontrol release {id}` lets it start, `scancel {id}` ends it");
            return format!("job {id} is held ({}){again}; {remedy}", in_words(reason));
        }
        match (state.as_str(), seconds_left) {
            ("RUNNING", Some(seconds)) => {
                let left = humantime::format_duration(Duration::from_secs(*seconds));
                format!("job {id} is running{again}; {left} are left of its time limit")
            }
            ("RUNNING", None) => format!("job {id} is running{again}, without a time limit"),
            ("PENDING", _) => format!("job {id} is waiting ({}){again}", in_words(reason)),
            (other, _) => format!("job {id} is {}{again}", other.to_lowercase().replace('_', " ")),
        }
    }
}

/// The reasons that most people meet, in words.
fn in_words(reason: &str) -> String {
    let known = match reason {
        "BeginTime" => "it starts again in a few minutes at most",
        "Dependency" => "another job of this directory comes first",
        "Resources" => "it is next when enough nodes are free",
        "Priority" => "jobs of higher priority come first",
        "JobHeldUser" => "by a user",
        "JobHeldAdmin" => "by an administrator",
        "PartitionTimeLimit" => "its time limit is beyond that of the partition",
        "ReqNodeNotAvail" => "nodes that it needs are down or reserved",
        other if is_failed_launch(other) => {
            "Slurm could not start it, most likely because of a fault in a node or in slurmctld"
        }
        other => return other.replace('_', " "),
    };
    known.into()
}

fn is_failed_launch(reason: &str) -> bool {
    let plain = reason.to_lowercase().replace('_', " ");
    plain.contains("launch failed") || plain.contains("requeued held")
}

/// The jobs of a directory that Slurm knows, also those that ended a few minutes ago, in the order of their numbers.
///
/// # Errors
/// There is no Slurm here, or it does not answer in time.
pub(crate) fn jobs_of(directory: &Path, patience: Duration) -> Result<Vec<JobState>, SlurmError> {
    let selection = format!("--name={}", job::name(directory));
    let mut jobs = read(&sbatch::squeue(&selection, FORMAT, patience)?)?;
    for job in &mut jobs {
        job.restarts = record::restarts(directory, &job.id);
    }
    Ok(jobs)
}

/// A job by its number; nothing if Slurm does not know it any more.
///
/// # Errors
/// There is no Slurm here, or it does not answer in time.
pub(crate) fn jobs_of_number(job: &JobId, patience: Duration) -> Result<Vec<JobState>, SlurmError> {
    match sbatch::squeue(&format!("--jobs={job}"), FORMAT, patience) {
        Ok(text) => read(&text),
        Err(SlurmError::Refused { message, .. }) if message.contains("Invalid job id") => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The lines of `squeue` in [`FORMAT`].
fn read(text: &str) -> Result<Vec<JobState>, SlurmError> {
    let strange = |line: &str| SlurmError::Strange {
        program: "squeue",
        answer: line.into(),
        wanted: "a line of job, state, reason and time left",
    };
    let job = |line: &str| {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let &[id, state, reason, left] = &parts[..] else { return None };
        // `7_[0-3]` are the elements of an array that wait.
        let id = JobId::parse(id).or_else(|| JobId::parse(id.split_once("_[")?.0))?;
        let is_held = reason.starts_with("JobHeld") || is_failed_launch(reason) || state == "SPECIAL_EXIT";
        let is_waiting = ["PENDING", "SPECIAL_EXIT", "REQUEUE_HOLD"].contains(&state);
        let seconds_left = (state == "RUNNING").then(|| seconds(left)).flatten();
        let (state, reason) = (state.to_string(), reason.to_string());
        Some(JobState { id, state, reason, is_held: is_held && is_waiting, restarts: 0, seconds_left })
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut jobs: Vec<JobState> = lines.map(|line| job(line).ok_or_else(|| strange(line))).collect::<Result<_, _>>()?;
    jobs.sort_by(|left, right| left.id.cmp(&right.id));
    Ok(jobs)
}

/// `1-02:03:04`, `02:03:04` or `3:04`.
fn seconds(text: &str) -> Option<u64> {
    let (days, rest) = text.split_once('-').map_or((0, text), |(days, rest)| (days.parse().unwrap_or(0), rest));
    let parts: Vec<u64> = rest.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    (parts.len() > 1).then(|| days * 86_400 + parts.iter().fold(0, |sum, part| sum * 60 + part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(line: &str) -> JobState {
        let mut jobs = read(line).unwrap();
        assert_eq!(jobs.len(), 1);
        jobs.remove(0)
    }

    #[test]
    fn what_squeue_printed_on_a_real_cluster_becomes_sentences() {
        for (line, sentence) in [
            ("7|RUNNING|None|1:59:03", "job 7 is running; 1h 59m 3s are left of its time limit"),
            ("7|RUNNING|None|UNLIMITED", "job 7 is running, without a time limit"),
            ("8|PENDING|BeginTime|2:00:00", "job 8 is waiting (it starts again in a few minutes at most)"),
            ("9|PENDING|Dependency|2:00:00", "job 9 is waiting (another job of this directory comes first)"),
            ("9_[0-3]|PENDING|Resources|2:00:00", "job 9 is waiting (it is next when enough nodes are free)"),
            ("9_2|COMPLETED|None|0:00", "job 9_2 is completed"),
            (
                "10|PENDING|launch failed requeued held|10:00",
                "job 10 is held (Slurm could not start it, most likely because of a fault in a node or in slurmctld); \
                 `scontrol release 10` lets it start, `scancel 10` ends it",
            ),
            (
                "11|PENDING|JobHeldUser|10:00",
                "job 11 is held (by a user); `scontrol release 11` lets it start, `scancel 11` ends it",
            ),
            ("12|OUT_OF_MEMORY|OutOfMemory|0:00", "job 12 is out of memory"),
        ] {
            assert_eq!(only(line).sentence(), sentence);
        }
    }

    #[test]
    fn waiting_running_and_ended_jobs_are_distinguished() {
        let of = |line: &str| (only(line).is_unfinished(), only(line).may_run());
        assert_eq!(of("7|RUNNING|None|1:00"), (true, true));
        assert_eq!(of("7|COMPLETING|None|1:00"), (true, true));
        assert_eq!(of("7|PENDING|Dependency|1:00"), (true, false));
        assert_eq!(of("7|PENDING|launch_failed_requeued_held|1:00"), (true, false));
        assert_eq!(of("7|CANCELLED|None|0:00"), (false, false));
        assert_eq!(of("7|TIMEOUT|TimeLimit|0:00"), (false, false));
        assert!(read("slurm_load_jobs error: Unable to contact slurm controller").is_err());
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn times_are_read() {
        for (text, wanted) in [
            ("0:05", Some(5)),
            ("1:59:03", Some(7143)),
            ("1-00:00:00", Some(86_400)),
            ("UNLIMITED", None),
            ("INVALID", None),
            ("2-01:00:01", Some(176_401)),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
    }
}
