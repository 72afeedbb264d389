//! The end of one start of a job.

use std::time::{Duration, Instant};

use super::begin::without_progress;
use super::standing::{Look, look, look_beside_others};
use super::{Settings, successor};
use crate::cli::{Exit, Failure};
use crate::slurm::answer::Phase;
use crate::slurm::decision::{Cause, Decision, Facts, Obstacle, Standing, Way};
use crate::slurm::job::JobId;
use crate::slurm::record::{self, Ending, JobRecord, Start};
use crate::slurm::sbatch;
use crate::slurm::{log, memory};
use crate::store::{Directory, lease};
use crate::wording::counted;

/// # Errors
/// The record of the job cannot be read or written.
pub(super) fn end(settings: &Settings, job: &JobId, code: i32) -> Result<Exit, Failure> {
    let directory = Directory::new(&settings.dir);
    let mut record =
        JobRecord::read(&directory, job)?.unwrap_or_else(|| JobRecord::new(job.clone(), Vec::new(), String::new()));
    // A share ends with 0 once it finds nothing that others have not taken.
    let look = if settings.shares && code == 0 { look_beside_others(&directory) } else { look(&directory) };
    let facts = facts(settings, &directory, &record, &look, code);
    let (cause, decision) = (facts.cause(), facts.decide());
    let threads = match decision {
        Decision::Again { threads, .. } => threads,
        _ => facts.threads,
    };
    let before = record.starts.last().map_or(0, |start| start.records);
    let records = look.records.unwrap_or(before);
    let then = in_words(&directory, &facts, decision);
    let added = records.saturating_sub(before);
    tell!("microzone: {}: job {job}: {}; {then}", record::now(), how_it_ended(cause, code, added));
    record.end_start(Ending { time: record::now(), code: Some(code), cause, records, then, threads });
    // Before Slurm ends this process. If the disk is full the job still continues.
    if let Err(error) = record.write(&directory) {
        tell!("microzone: the end of job {job} cannot be noted: {error}");
    }
    act(settings, &directory, &mut record, cause, decision)
}

fn facts(settings: &Settings, directory: &Directory, record: &JobRecord, look: &Look, code: i32) -> Facts {
    let start = record.starts.last();
    let history = record.history(directory);
    let before = start.map_or(0, |start| start.records);
    let earlier = &history[..history.len().saturating_sub(1)];
    let log = start.map_or_else(String::new, |start| log::since(&start.log, start.log_length));
    let details = sbatch::show(&["job", record.job.as_str()]);
    let phase = match details.map_or(Phase::Unknown, |text| Phase::of_details(&text)) {
        Phase::Ending => log::end_by_slurm(&log).unwrap_or(Phase::Ending),
        phase => phase,
    };
    Facts {
        standing: look.standing.clone(),
        code,
        has_progress: look.records.is_some_and(|records| records > before),
        idle_before: record::idle(earlier, before) + record::unnoted(record, super::restarts()),
        tells_of_memory: log::tells_of_memory(&log) || memory::was_short() || start.is_some_and(has_killed_for_memory),
        threads: start.map_or(settings.threads, |start| start.threads),
        phase,
        is_cancelled: record::is_cancelled(directory, &record.job),
        may_requeue: !settings.no_requeue,
        has_successor: record.successor.is_some(),
        restarts: history.len().saturating_sub(1),
        most_restarts: settings.max_restarts,
    }
}

/// Whether the kernel of this node has killed some process for lack of memory since the start. Where Slurm does not
/// limit memory, nothing else shows it.
fn has_killed_for_memory(start: &Start) -> bool {
    let is_here = start.boot_id == lease::own_boot();
    is_here && start.memory_kills.zip(lease::memory_kills()).is_some_and(|(then, now)| now > then)
}

fn how_it_ended(cause: Cause, code: i32, added: u64) -> String {
    let added = format!("this start added {}", counted(added, "record"));
    match cause {
        Cause::Complete => added,
        Cause::Drained => format!("it stopped in time; {added}"),
        Cause::OutOfTime => format!("its time limit was reached; {added}"),
        Cause::Preempted => format!("another job took its place; {added}"),
        Cause::OutOfMemory => format!("memory was short (exit code {code}); {added}"),
        Cause::Crashed => format!("it ended with the exit code {code} and is not complete; {added}"),
        Cause::Cancelled => format!("it was cancelled; {added}"),
        Cause::Lost => format!("Slurm has taken it back; {added}"),
    }
}

fn in_words(directory: &Directory, facts: &Facts, decision: Decision) -> String {
    let root = directory.root().display();
    match decision {
        Decision::Finish { .. } if facts.standing == Standing::WithOthers => {
            "other jobs are working on everything that is left".into()
        }
        Decision::Finish { has_failures: false } => format!("the sweep is complete: {root}/results.h5"),
        Decision::Finish { has_failures: true } => {
            format!("the sweep is finished, and tasks failed: `microzone status {root}` lists them")
        }
        Decision::Stop(Obstacle::Directory(_)) => match &facts.standing {
            Standing::Unusable { why, .. } => format!("it does not start again: {why}"),
            _ => "it does not start again".into(),
        },
        Decision::Stop(Obstacle::NoProgress) => without_progress(directory, facts.idle_before + 1),
        Decision::Stop(Obstacle::MostRestarts) => format!(
            "it has started again {} and will not do so again; `microzone submit {root}/sweep.toml` continues",
            counted(facts.restarts, "time")
        ),
        Decision::Leave => "it is not sent back from here".into(),
        Decision::Again { threads, .. } if threads < facts.threads => {
            format!("it starts again with {} for each rank in place of {}", counted(threads, "thread"), facts.threads)
        }
        Decision::Again { .. } => "it starts again".into(),
    }
}

fn act(
    settings: &Settings,
    directory: &Directory,
    record: &mut JobRecord,
    cause: Cause,
    decision: Decision,
) -> Result<Exit, Failure> {
    match decision {
        Decision::Finish { has_failures } => {
            successor::cancel(record.successor.as_ref());
            Ok(if has_failures { Exit::FailedTasks } else { Exit::Complete })
        }
        Decision::Stop(obstacle) => {
            successor::cancel(record.successor.as_ref());
            Ok(match obstacle {
                Obstacle::Directory(exit) if exit == Exit::Damaged as u8 => Exit::Damaged,
                Obstacle::Directory(exit) if exit == Exit::OtherSweep as u8 => Exit::OtherSweep,
                Obstacle::Directory(_) => Exit::Usage,
                Obstacle::NoProgress | Obstacle::MostRestarts => Exit::Stopped,
            })
        }
        Decision::Leave => {
            // A user who cancels a job does not want another one.
            if cause == Cause::Cancelled {
                successor::cancel(record.successor.as_ref());
            }
            Ok(Exit::Stopped)
        }
        Decision::Again { way: Way::Waiting, .. } => Ok(Exit::Stopped),
        Decision::Again { way, .. } => go_on_patiently(settings, directory, record, way),
    }
}

/// Slurm's controller may be away for a while, and the job would be lost with it.
fn go_on_patiently(
    settings: &Settings,
    directory: &Directory,
    record: &mut JobRecord,
    way: Way,
) -> Result<Exit, Failure> {
    const PATIENCE: Duration = Duration::from_secs(600);
    const PAUSE: Duration = Duration::from_secs(10);
    let began = Instant::now();
    loop {
        match go_on(settings, directory, record, way) {
            Err(failure) if failure.exit == Exit::Environment && began.elapsed() < PATIENCE => {
                tell!("microzone: job {} cannot continue yet: {failure}; trying again", record.job);
            }
            outcome => return outcome.map(|()| Exit::Stopped),
        }
        std::thread::sleep(PAUSE);
    }
}

/// Puts the job back in the queue; a job that Slurm does not put back continues as another job.
fn go_on(settings: &Settings, directory: &Directory, record: &mut JobRecord, way: Way) -> Result<(), Failure> {
    if way == Way::Requeue {
        match sbatch::requeue(&record.job) {
            Ok(()) => return Ok(()),
            Err(error) => tell!("microzone: job {} is not put back: {error}", record.job),
        }
    }
    let next = successor::send(settings, directory, record)?;
    tell!("microzone: job {next} continues");
    record.successor = Some(next);
    if let Err(error) = record.write(directory) {
        tell!("microzone: that cannot be noted: {error}");
    }
    Ok(())
}
