//! The start of a job.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use super::allotment::seconds_left;
use super::standing::{log, records};
use super::{Settings, standing, successor};
use crate::cli::submit::freeze;
use crate::cli::{Exit, Failure, machine};
use crate::slurm::decision::{Cause, MOST_IDLE};
use crate::slurm::job::JobId;
use crate::slurm::log::length;
use crate::slurm::record::{self, Ending, JobRecord, Start};
use crate::store::atomic::Staged;
use crate::store::lease::{self, LivingState};
use crate::store::{Directory, StoreError};

/// At most this many tasks are listed.
const MOST_NAMED: usize = 10;

/// The longest wait: for the processes of an earlier start whose node was lost for Slurm only, and for room on a disk.
const PATIENCE: Duration = Duration::from_secs(600);

/// # Errors
/// The job is to stay stopped, its time limit is too short, or another process works in the directory.
pub(super) fn begin(settings: &Settings, job: &JobId) -> Result<Exit, Failure> {
    let directory = Directory::new(&settings.dir);
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let nodes = variable("SLURM_JOB_NODELIST");
    tell!("microzone: {}: job {job} starts on {nodes} ({})", record::now(), machine::host());
    if record::is_cancelled(&directory, job) {
        return Err(Failure::new(Exit::Stopped, format!("job {job} was cancelled by `microzone cancel`")));
    }
    let left = seconds_left(settings, job)?;
    wait_for_room(&directory, job, patience(left))?;
    let mut record = own_record(&directory, job)?;
    tell_of_another_program(&record);
    // Other elements of an array may be at work, with the sweep as it is.
    if !settings.shares {
        wait_for_the_dead(&directory, patience(left))?;
        take_over(&directory);
    }
    let records = records(&directory);
    let history = record.history(&directory);
    let threads = threads(settings, &history);
    note_lost(&mut record, records, threads);
    let idle = record::idle(&history, records) + record::unnoted(&record, super::restarts()).saturating_sub(1);
    if idle >= MOST_IDLE {
        record.write(&directory)?;
        return Err(Failure::new(Exit::Stopped, without_progress(&directory, idle)));
    }
    if settings.no_requeue && successor::is_there(settings.script.as_deref()) {
        match successor::send(settings, &directory, &record) {
            Ok(next) => {
                tell!("microzone: job {next} continues if this one is ended from outside");
                record.successor = Some(next);
            }
            // The end of this job tries again.
            Err(failure) => tell!("microzone: no successor could be sent: {failure}"),
        }
    }
    let log = log();
    record.starts.push(Start {
        time: record::now(),
        nodes,
        boot_id: lease::own_boot(),
        memory_kills: lease::memory_kills(),
        records,
        run: directory.last_run()?,
        threads,
        log_length: length(&log),
        log,
        ending: None,
    });
    record.write(&directory)?;
    say!("--threads\n{threads}\n--grace\n{}s", settings.grace.as_secs());
    left.iter().for_each(|left| say!("--time-limit\n{}s", left.as_secs()));
    Ok(Exit::Complete)
}

/// What has been recorded about this job. Each element of an array has a separate record, and a job may start before
/// the process that sent it can write.
fn own_record(directory: &Directory, job: &JobId) -> Result<JobRecord, Failure> {
    const SOON: Duration = Duration::from_secs(5);
    if let Some(record) = JobRecord::read(directory, job)? {
        return Ok(record);
    }
    let number = job.as_str().split('_').next().and_then(JobId::parse);
    if let Some(whole) = number.filter(|number| number != job)
        && let Some(of_array) = JobRecord::read(directory, &whole)?
    {
        return Ok(JobRecord { job: job.clone(), ..of_array });
    }
    let began = Instant::now();
    // A script that was edited and sent by hand has no recorded job.
    while std::env::var("SLURM_JOB_NAME").is_ok_and(|name| name.starts_with("microzone-")) && began.elapsed() < SOON {
        std::thread::sleep(Duration::from_millis(100));
        if let Some(record) = JobRecord::read(directory, job)? {
            return Ok(record);
        }
    }
    Ok(JobRecord::new(job.clone(), Vec::new(), String::new()))
}

fn tell_of_another_program(record: &JobRecord) {
    let (version, commit) = (env!("CARGO_PKG_VERSION"), env!("MICROZONE_COMMIT"));
    if record.version != version || record.commit != commit {
        tell!(
            "microzone: this is version {version} ({commit}), and the job was submitted by version {} ({}); if the \
             records now have another meaning, the run reports this and stops",
            record.version,
            record.commit
        );
    }
}

/// How long a start may wait for anything.
fn patience(left: Option<Duration>) -> Duration {
    left.map_or(PATIENCE, |left| PATIENCE.min(left / 2))
}

/// Waits until files can be written, because a full disk may get space again.
fn wait_for_room(directory: &Directory, job: &JobId, patience: Duration) -> Result<(), Failure> {
    let began = Instant::now();
    // Elements of an array try it at the same moment.
    let probe = directory.runs().join(format!("room-{job}"));
    let try_it = || {
        directory.create()?;
        // Removed at once, also if it was cut short.
        Staged::of_bytes(&probe, &[0; 1 << 16]).map(drop)
    };
    loop {
        match try_it() {
            Err(StoreError::Io { path, source })
                if matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
                    && began.elapsed() < patience =>
            {
                tell!("microzone: {}: {source}; waiting for room", path.display());
            }
            tried => return Ok(tried?),
        }
        std::thread::sleep(Duration::from_secs(10));
    }
}

/// Waits for a run that is still at work: on a node that was lost for Slurm only, it ends when the node comes back. A
/// run that shows no sign is left to the next run, which knows how long to wait.
fn wait_for_the_dead(directory: &Directory, patience: Duration) -> Result<(), Failure> {
    let began = Instant::now();
    let mut told = false;
    loop {
        let living = lease::living_run(&directory.runs())?.filter(|run| run.state != LivingState::Stalled);
        let Some(run) = living else { return Ok(()) };
        if began.elapsed() > patience {
            let what = format!("{}: another run works here: {}", directory.root().display(), run.holder);
            return Err(Failure::new(Exit::Environment, what));
        }
        if !told {
            tell!("microzone: a run still works here: {}; waiting for its end", run.holder);
            told = true;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Takes an extension over that was submitted meanwhile. If that is not possible, the sweep stays as it is.
fn take_over(directory: &Directory) {
    let taken = freeze::waiting(directory).and_then(|next| match next {
        Some(next) => freeze::take(directory, &next).map(|()| true),
        None => Ok(false),
    });
    match taken {
        Ok(true) => tell!("microzone: the sweep has grown: sweep.next.toml is now sweep.toml"),
        Ok(false) => {}
        Err(failure) => tell!("microzone: sweep.next.toml is not taken over: {failure}"),
    }
}

/// Of each rank: as given in the script, unless memory ran out before.
fn threads(settings: &Settings, history: &[Start]) -> u32 {
    let last = history.iter().rev().find_map(|start| start.ending.as_ref());
    last.map_or(settings.threads, |ending| ending.threads.clamp(1, settings.threads))
}

/// A start without an end was lost with its node, or Slurm has put the job back by itself.
fn note_lost(record: &mut JobRecord, records: u64, threads: u32) {
    let then = "started again by Slurm".into();
    let ending = Ending { time: record::now(), code: None, cause: Cause::Lost, records, then, threads };
    record.end_start(ending);
}

/// What to report if starts add nothing.
pub(super) fn without_progress(directory: &Directory, starts: usize) -> String {
    let tasks = standing::interrupted_tasks(directory);
    let named: Vec<&str> = tasks.iter().take(MOST_NAMED).map(String::as_str).collect();
    let more = match tasks.len() - named.len() {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let running = match tasks.is_empty() {
        true => String::new(),
        false => format!("; these tasks were running: {}{more}", named.join("; ")),
    };
    let root = directory.root().display();
    format!(
        "{root}: {starts} starts in a row have added nothing, so the job does not start again{running}; `microzone \
         status {root}` and the log show more, and `microzone submit {root}/sweep.toml` continues"
    )
}
