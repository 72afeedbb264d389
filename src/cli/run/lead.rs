//! The part of rank 0: opens the directory, sets the others up, leads the work, and merges the results.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::claim::{Claimed, claim};
use super::conclusion::{Conclusion, conclude_nothing_left};
use super::ranks::Ranks;
use super::work::Worker;
use super::{Arguments, Left, closing, opening};
use crate::cli::agenda::Agenda;
use crate::cli::item::Item;
use crate::cli::progress::Observer;
use crate::cli::{Exit, Failure};
use crate::machine::clock::Moment;
use crate::machine::coverage::reached;
use crate::machine::{process, program};
use crate::schedule::{self, Ending, Led, Progress, Transport, Witness, attended};
use crate::store::run_record::{self, RunRecord, TaskCounts};
use crate::store::{Directory, fold};
use crate::sweep::Sweep;
use crate::wording::counted;

/// Leads a run. On return the other ranks have been told to leave.
pub(super) fn run(
    arguments: &Arguments,
    transport: &dyn Transport,
    interrupted: &Arc<AtomicBool>,
    started: Moment,
) -> Left {
    let mut ranks = Ranks::introduced(transport);
    let outcome = match arguments.share.is_some() && transport.size() > 1 {
        true => {
            let what = "--share is for one process that knows of no other; start it without a launcher, or give no \
                        --share";
            Err(Failure::new(Exit::Usage, what))
        }
        false => passes(arguments, &mut ranks, interrupted, started),
    };
    ranks.dismiss();
    Left { outcome, without_some: ranks.are_incomplete() }
}

/// # Errors
/// The sweep, the directory or the environment is not fit to run.
fn passes(
    arguments: &Arguments,
    ranks: &mut Ranks,
    interrupted: &Arc<AtomicBool>,
    started: Moment,
) -> Result<Exit, Failure> {
    let deadline = arguments.time_limit.and_then(|limit| started.checked_add(limit));
    let call = Call { arguments, interrupted, deadline };
    let mut cpu_seconds = None;
    loop {
        let claimed = attended(ranks.transport, || claim(arguments, interrupted))?;
        if let End::Run { exit, results } = call.pass(ranks, claimed, &mut cpu_seconds)? {
            cpu_seconds.iter().for_each(|seconds| closing::report_cost(started.elapsed(), *seconds));
            results.iter().for_each(|root| closing::report_next(exit, root));
            return Ok(exit);
        }
    }
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
    interrupted: &'a Arc<AtomicBool>,
    deadline: Option<Moment>,
}

impl Call<'_> {
    /// Computes what a directory lacks, or a share's next part of that. `cpu_seconds` are those of all passes so far,
    /// none in the first one.
    fn pass(&self, ranks: &mut Ranks, claimed: Claimed, cpu_seconds: &mut Option<f64>) -> Result<End, Failure> {
        let Self { arguments, interrupted, .. } = *self;
        let transport = ranks.transport;
        if claimed.agenda.pending.is_empty() {
            return attended(transport, || end_without_work(&claimed, interrupted));
        }
        let (worker, threads) = ranks.set_up(arguments, &claimed, self.deadline)?;
        if arguments.share.is_some() {
            worker.tell_taken(&claimed.names())?;
        }
        if cpu_seconds.is_none() {
            opening::report(&claimed, &threads);
        }
        let Claimed { sweep, identities, directory, run, mut agenda, on_loss, lease, _lock, .. } = claimed;
        let record = run_record(&sweep, run, ranks.hosts(), threads.iter().sum(), &agenda);
        let mut observer = Observer::new(record, directory.runs(), arguments.grace, cpu_seconds.unwrap_or(0.0));
        ranks.begin();
        let limits = arguments.limits(interrupted);
        let tasks = agenda.take();
        let mut more = |task, verdict| agenda.after(task, verdict);
        let described = |task| Item::of(task, &sweep).described(&sweep);
        let mut witness = Onlooker {
            lost: &lease.lost_flag(),
            interrupted,
            observer: &mut observer,
            described: &described,
            worker: &worker,
        };
        let Led { ending, progress, lost } =
            schedule::lead(transport, &worker.pool, &limits, &threads, tasks, &mut more, &mut witness);
        if let Err(lost) = lease.check() {
            // Another process has the directory now, and reads the journals.
            reached("a run lost its lease");
            worker.stop()?;
            return Err(lost.into());
        }
        ranks.lose(&lost);
        let (usages, closed) = ranks.close(&worker);
        let ending = closed.err().map_or(ending, Ending::Broken);
        let record = observer.end(&ending, &progress, usages.values().copied(), &described);
        *cpu_seconds = Some(cpu_seconds.unwrap_or(0.0) + record.cpu_seconds.unwrap_or(0.0));
        // First of all why it stopped: on a full disk the rest fails too.
        report_stop(&ending, &record, &directory);
        lease.check()?;
        let conclusion =
            Conclusion { directory: &directory, sweep: &sweep, identities: &identities, on_loss, interrupted };
        let tidy = || fold::remove_folded(&directory, run, usages.keys());
        if arguments.share.is_some() {
            record.write(&directory.runs())?;
            let stopped = conclusion.end_pass(&ending, tidy)?;
            return Ok(stopped.map_or(End::Pass, |exit| End::Run { exit, results: None }));
        }
        let published = attended(transport, || conclusion.publish(&ending, tidy));
        // A run has ended in order when its results are there; they do not depend on its record.
        let recorded = record.write(&directory.runs());
        let exit = published?;
        recorded?;
        Ok(End::Run { exit, results: Some(directory.root().into()) })
    }
}

/// Looks on while tasks are computed.
struct Onlooker<'a> {
    /// The lease has been lost.
    lost: &'a AtomicBool,
    interrupted: &'a AtomicBool,
    observer: &'a mut Observer,
    described: &'a dyn Fn(u32) -> String,
    worker: &'a Worker,
}

impl Witness for Onlooker<'_> {
    fn see(&mut self, progress: &Progress) {
        if self.lost.load(Ordering::SeqCst) {
            self.interrupted.store(true, Ordering::SeqCst);
        }
        self.observer.update(progress, self.described);
    }

    fn dead_among(&mut self, silent: &[usize]) -> Vec<usize> {
        silent.iter().copied().filter(|rank| self.worker.knows_dead(*rank)).collect()
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

fn run_record(sweep: &Sweep, run: u32, hosts: Vec<String>, threads: u64, agenda: &Agenda) -> RunRecord {
    let start = run_record::now();
    let total = agenda.tasks();
    RunRecord {
        format: run_record::FORMAT,
        run,
        state: run_record::RUNNING.into(),
        version: program::version().into(),
        commit: env!("MICROZONE_COMMIT").into(),
        features: if cfg!(feature = "mpi") { vec!["mpi".into()] } else { Vec::new() },
        experiment: sweep.declaration().name.into(),
        experiment_version: sweep.declaration().version,
        command: std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect(),
        pid: process::id(),
        ranks: hosts.len(),
        threads,
        hosts,
        start,
        updated: start,
        end: None,
        tasks: TaskCounts { total, before: total - agenda.left(), ..TaskCounts::default() },
        theory: agenda.theory,
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
        Ending::Standstill => {
            news!("{root}: ranks that no longer answer have taken {left} with them; the same command resumes");
        }
        Ending::TooManyFailures => {
            tell!("{root}: stopped after {}, {left} left", counted(record.tasks.failed, "failed task"));
        }
        Ending::Broken(reason) => tell!("{root}: stopped, outcomes cannot be kept: {reason}"),
    }
}
