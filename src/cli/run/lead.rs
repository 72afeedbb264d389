//! The part of rank 0: opens the directory, sets the others up, leads the work, and merges the results.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::claim::{Claimed, claim};
use super::conclusion::{Conclusion, conclude_nothing_left};
use super::work::Worker;
use super::{Arguments, Setup, closing, opening};
use crate::cli::item::Item;
use crate::cli::progress::Observer;
use crate::cli::{Exit, Failure, machine};
use crate::schedule::{self, Ending, Message, Progress, Transport, Usage};
use crate::store::run_record::{self, RunRecord, TaskCounts, TheoryCounts};
use crate::store::{Directory, fold};
use crate::sweep::Sweep;
use crate::wording::counted;

/// # Errors
/// The sweep, the directory or the environment is not fit to run; the other ranks have been told to leave.
pub(super) fn run(
    arguments: &Arguments,
    transport: &dyn Transport,
    interrupted: &Arc<AtomicBool>,
    started: Instant,
) -> Result<Exit, Failure> {
    let locations = introductions(transport);
    if arguments.share.is_some() && transport.size() > 1 {
        transport.send_to_all_others(&Message::Goodbye);
        let what = "--share is for one process that knows of no other; start it without a launcher, or give no --share";
        return Err(Failure::new(Exit::Usage, what));
    }
    let deadline = arguments.time_limit.and_then(|limit| started.checked_add(limit));
    let call = Call { arguments, transport, interrupted, locations: &locations, deadline };
    let mut cpu_seconds = None;
    let outcome = loop {
        match claim(arguments, interrupted).and_then(|claimed| call.pass(claimed, &mut cpu_seconds)) {
            Ok(End::Pass) => {}
            Ok(End::Run { exit, results }) => break Ok((exit, results)),
            Err(failure) => break Err(failure),
        }
    };
    transport.send_to_all_others(&Message::Goodbye);
    let (exit, results) = outcome?;
    cpu_seconds.iter().for_each(|seconds| closing::report_cost(started.elapsed(), *seconds));
    results.iter().for_each(|root| closing::report_next(exit, root));
    Ok(exit)
}

/// What has ended.
enum End {
    Run {
        exit: Exit,
        /// The directory, if its results have been written.
        results: Option<PathBuf>,
    },
    /// The part of a share; there may be more.
    Pass,
}

/// What stays the same in all passes of a run.
struct Call<'a> {
    arguments: &'a Arguments,
    transport: &'a dyn Transport,
    interrupted: &'a Arc<AtomicBool>,
    locations: &'a [Location],
    deadline: Option<Instant>,
}

/// Where a rank computes. Ranks at the same location share its processors.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Location {
    host: String,
    /// As the kernel lists them.
    processors: String,
}

/// The location of every rank, by rank.
fn introductions(transport: &dyn Transport) -> Vec<Location> {
    let mut known = vec![None; transport.size()];
    known[0] = Some(Location { host: machine::host(), processors: machine::processors() });
    while known.iter().any(Option::is_none) {
        if let (from, Message::Hello { host, processors }) = transport.wait() {
            known[from] = Some(Location { host, processors });
        }
    }
    known.into_iter().flatten().collect()
}

impl Call<'_> {
    /// Computes what a directory lacks, or a share's next part of that. `cpu_seconds` are those of all passes so far,
    /// none in the first one.
    fn pass(&self, claimed: Claimed, cpu_seconds: &mut Option<f64>) -> Result<End, Failure> {
        let Self { arguments, transport, interrupted, locations, .. } = *self;
        if claimed.agenda.pending.is_empty() {
            return end_without_work(&claimed, interrupted);
        }
        let (worker, threads) = set_up(arguments, transport, &claimed, locations, self.deadline)?;
        if arguments.share.is_some() {
            worker.tell_taken(&claimed.names())?;
        }
        if cpu_seconds.is_none() {
            opening::report(&claimed, &threads);
        }
        let hosts = locations.iter().map(|location| location.host.clone()).collect();
        let Claimed { sweep, identities, directory, run, mut agenda, fewer, lease, _lock, .. } = claimed;
        let total = agenda.tasks();
        let counts = TaskCounts { total, before: total - agenda.left(), ..TaskCounts::default() };
        let record = run_record(&sweep, run, hosts, threads.iter().sum(), counts, agenda.theory);
        let mut observer = Observer::new(record, directory.runs(), arguments.grace, cpu_seconds.unwrap_or(0.0));
        transport.send_to_all_others(&Message::Begin);
        let limits = arguments.limits(interrupted);
        let tasks = agenda.take();
        let mut more = |task, verdict| agenda.after(task, verdict);
        let lost = lease.lost_flag();
        let described = |task| Item::of(task, &sweep).described(&sweep);
        let mut report = |progress: &Progress| {
            if lost.load(Ordering::SeqCst) {
                limits.interrupted.store(true, Ordering::SeqCst);
            }
            observer.update(progress, &described);
        };
        let led = schedule::lead(transport, &worker.pool, &limits, &threads, tasks, &mut more, &mut report);
        if let Err(lost) = lease.check() {
            // Another process has the directory now, and reads the journals.
            worker.stop()?;
            return Err(lost.into());
        }
        let (usages, closed) = close_all(transport, &worker);
        let (ending, progress) = (closed.err().map_or(led.0, Ending::Broken), led.1);
        let record = observer.end(&ending, &progress, usages.values().copied(), &described);
        *cpu_seconds = Some(cpu_seconds.unwrap_or(0.0) + record.cpu_seconds.unwrap_or(0.0));
        // First of all why it stopped: on a full disk the rest fails too.
        report_stop(&ending, &record, &directory);
        lease.check()?;
        let conclusion =
            Conclusion { directory: &directory, sweep: &sweep, identities: &identities, fewer, interrupted };
        let tidy = || fold::remove_folded(&directory, run, usages.keys());
        if arguments.share.is_some() {
            record.write(&directory.runs())?;
            let stopped = conclusion.end_pass(&ending, tidy)?;
            return Ok(stopped.map_or(End::Pass, |exit| End::Run { exit, results: None }));
        }
        let published = conclusion.publish(&ending, tidy);
        // A run has ended in order when its results are there; they do not depend on its record.
        let recorded = record.write(&directory.runs());
        let exit = published?;
        recorded?;
        Ok(End::Run { exit, results: Some(directory.root().into()) })
    }
}

/// There is nothing to compute, at least not for this share.
fn end_without_work(claimed: &Claimed, interrupted: &AtomicBool) -> Result<End, Failure> {
    let root = claimed.directory.root();
    if let Some(count) = claimed.elsewhere {
        news!("{}: other shares have taken the last {count}; nothing is left for this one", root.display());
        return Ok(End::Run { exit: Exit::Complete, results: None });
    }
    news!("{}: nothing left to compute", root.display());
    let exit = conclude_nothing_left(claimed, interrupted)?;
    Ok(End::Run { exit, results: Some(root.into()) })
}

/// Starts every rank's threads; their numbers, by rank.
fn set_up(
    arguments: &Arguments,
    transport: &dyn Transport,
    claimed: &Claimed,
    locations: &[Location],
    deadline: Option<Instant>,
) -> Result<(Worker, Vec<u64>), Failure> {
    let mut sharers: HashMap<&Location, usize> = HashMap::new();
    locations.iter().for_each(|location| *sharers.entry(location).or_default() += 1);
    let setup = |rank: usize| Setup {
        sweep_path: arguments.sweep.clone().into(),
        sweep_text: claimed.sweep.text.clone(),
        root: claimed.directory.root().into(),
        run: claimed.run,
        sharers: sharers[&locations[rank]],
        seconds_left: deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()).as_secs_f64()),
    };
    for rank in 1..transport.size() {
        let text =
            serde_json::to_string(&setup(rank)).map_err(|error| Failure::new(Exit::Internal, error.to_string()))?;
        transport.send(rank, &Message::Setup(text));
    }
    let cannot = |rank: usize, reason: &str| {
        Failure::new(Exit::Environment, format!("rank {rank} on {}: {reason}", locations[rank].host))
    };
    let worker = Worker::start(arguments, &setup(0), &claimed.sweep, 0).map_err(|reason| cannot(0, &reason));
    let mut threads = vec![worker.as_ref().map_or(0, |worker| worker.pool.threads()); transport.size()];
    let mut refusal = None;
    for _ in 1..transport.size() {
        match wait_for(transport, |message| matches!(message, Message::Ready(_))) {
            (rank, Message::Ready(Ok(count))) => threads[rank] = count,
            (rank, Message::Ready(Err(reason))) => refusal = Some(cannot(rank, &reason)),
            _ => {}
        }
    }
    refusal.map_or(worker.map(|worker| (worker, threads)), Err)
}

fn wait_for(transport: &dyn Transport, wanted: impl Fn(&Message) -> bool) -> (usize, Message) {
    loop {
        let (from, message) = transport.wait();
        if wanted(&message) {
            return (from, message);
        }
    }
}

/// Makes the outcomes of every rank durable; what the ranks that have used, and the first error.
fn close_all(transport: &dyn Transport, worker: &Worker) -> (BTreeMap<usize, Usage>, Result<(), String>) {
    transport.send_to_all_others(&Message::Close);
    let mut outcome = worker.close().map_err(|error| error.to_string());
    let mut usages: BTreeMap<usize, Usage> = outcome.iter().map(|()| (0, machine::usage())).collect();
    for _ in 1..transport.size() {
        match wait_for(transport, |message| matches!(message, Message::Closed(_))) {
            (rank, Message::Closed(Err(reason))) => outcome = outcome.and(Err(format!("rank {rank}: {reason}"))),
            (rank, Message::Closed(Ok(usage))) => drop(usages.insert(rank, usage)),
            _ => {}
        }
    }
    (usages, outcome)
}

fn run_record(
    sweep: &Sweep,
    run: u32,
    hosts: Vec<String>,
    threads: u64,
    tasks: TaskCounts,
    theory: TheoryCounts,
) -> RunRecord {
    let start = run_record::now();
    RunRecord {
        format: run_record::FORMAT,
        run,
        state: run_record::RUNNING.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        commit: env!("MICROZONE_COMMIT").into(),
        features: if cfg!(feature = "mpi") { vec!["mpi".into()] } else { Vec::new() },
        experiment: sweep.declaration().name.into(),
        experiment_version: sweep.declaration().version,
        command: std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect(),
        pid: std::process::id(),
        ranks: hosts.len(),
        threads,
        hosts,
        start,
        updated: start,
        end: None,
        tasks,
        theory,
        fraction: 0.0,
        rate: 0.0,
        eta_seconds: None,
        eta_band_seconds: None,
        slow: Vec::new(),
        oldest: None,
        slowest: None,
        silent: Vec::new(),
        peak_memory: Vec::new(),
        cpu_efficiency: None,
        cpu_seconds: None,
    }
}

fn report_stop(ending: &Ending, record: &RunRecord, directory: &Directory) {
    let (tasks, cells) = (record.tasks.left(), record.theory.left());
    let root = directory.root().display();
    let left = match (tasks, cells) {
        (_, 0) => counted(tasks, "task"),
        (0, _) => counted(cells, "theory cell"),
        _ => format!("{} and {}", counted(tasks, "task"), counted(cells, "theory cell")),
    };
    match ending {
        Ending::Complete => {}
        Ending::Interrupted => news!("{root}: stopped by a signal, {left} left; the same command resumes"),
        Ending::TimeLimit => news!("{root}: nothing more fits the time limit, {left} left; the same command resumes"),
        Ending::TooManyFailures => {
            tell!("{root}: stopped after {}, {left} left", counted(record.tasks.failed, "failed task"));
        }
        Ending::Broken(reason) => tell!("{root}: stopped, outcomes cannot be kept: {reason}"),
    }
}
