//! Shows a run's progress: a bar on a terminal, plain lines elsewhere, and the run's record on disk.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output;
use super::relayed_terminal::RelayedTerminal;
use crate::schedule::{Ending, Progress, Usage};
use crate::store::run_record::{self, RunRecord, SlowTask, TheoryCounts};

const RECORD_INTERVAL: Duration = Duration::from_secs(2);
const LINE_INTERVAL: Duration = Duration::from_secs(30);
/// In less time the start of the program counts for more than its tasks.
const LEAST_FOR_EFFICIENCY: Duration = Duration::from_secs(5);
const LINE_FRACTION: f64 = 0.05;
/// The bar counts expected cost, not tasks: long tasks come first.
const BAR_STEPS: u64 = 10_000;

/// Sees every report of the scheduler.
pub(super) struct Observer {
    record: RunRecord,
    /// Where the theory stood at the start.
    theory: TheoryCounts,
    runs: PathBuf,
    started: Instant,
    recorded: Option<Instant>,
    bar: Option<ProgressBar>,
    line_at: Instant,
    line_fraction: f64,
}

impl Observer {
    pub(super) fn new(record: RunRecord, runs: PathBuf) -> Self {
        let now = Instant::now();
        let bar = draw_target().map(|target| {
            let bar = ProgressBar::with_draw_target(Some(BAR_STEPS), target);
            let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {msg} [{elapsed}]");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self {
            theory: record.theory,
            record,
            runs,
            started: now,
            recorded: None,
            bar,
            line_at: now,
            line_fraction: 0.0,
        }
    }

    /// `described` names a task.
    pub(super) fn update(&mut self, progress: &Progress, described: &dyn Fn(u32) -> String) {
        self.take_in(progress);
        self.take_in_slow(progress, described);
        let message = self.message(progress);
        if let Some(bar) = &self.bar {
            bar.set_position((self.record.fraction * BAR_STEPS as f64) as u64);
            bar.set_message(message);
        } else if self.line_at.elapsed() >= LINE_INTERVAL || self.record.fraction - self.line_fraction >= LINE_FRACTION
        {
            self.line_at = Instant::now();
            self.line_fraction = self.record.fraction;
            news!("{:>3.0}% {message}", 100.0 * self.record.fraction);
        }
        if self.recorded.is_none_or(|recorded| recorded.elapsed() >= RECORD_INTERVAL) {
            self.recorded = Some(Instant::now());
            // The next record may succeed; the run's results do not depend on it.
            if let Err(error) = self.record.write(&self.runs) {
                tracing::warn!("{error}");
            }
        }
    }

    /// The last record of the run, to be written when its results are, with what each rank has used.
    pub(super) fn end(
        mut self,
        ending: &Ending,
        progress: &Progress,
        usages: impl Iterator<Item = Usage>,
    ) -> RunRecord {
        self.take_in(progress);
        self.take_in_usages(usages);
        self.record.state = match ending {
            Ending::Complete => "complete",
            Ending::Interrupted => "interrupted",
            Ending::TimeLimit => "time limit",
            Ending::TooManyFailures => "too many failures",
            Ending::Broken(_) => "broken",
        }
        .into();
        self.record.end = Some(self.record.updated);
        self.record.eta_seconds = None;
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.record
    }

    fn take_in(&mut self, progress: &Progress) {
        let elapsed = self.started.elapsed().as_secs_f64();
        let fraction =
            if progress.expected_total > 0.0 { progress.expected_finished / progress.expected_total } else { 0.0 };
        self.record.updated = run_record::now();
        self.record.tasks.total = self.record.tasks.before + progress.total - self.theory.left();
        self.record.tasks.done = progress.tasks.done;
        self.record.tasks.failed = progress.tasks.failed;
        self.record.theory.done = self.theory.done + progress.theory.done;
        self.record.theory.failed = self.theory.failed + progress.theory.failed;
        self.record.tasks.in_hand = progress.in_hand;
        self.record.fraction = fraction.clamp(0.0, 1.0);
        self.record.rate = progress.tasks.all() as f64 / elapsed.max(1e-3);
        self.record.eta_seconds = (fraction > 0.0).then(|| elapsed * (1.0 - fraction).max(0.0) / fraction);
    }

    /// Tells once of each task that takes too long.
    fn take_in_slow(&mut self, progress: &Progress, described: &dyn Fn(u32) -> String) {
        let earlier = std::mem::take(&mut self.record.slow);
        for (rank, number) in &progress.slow {
            let (task, rank) = (described(*number), *rank);
            let known = earlier.iter().find(|slow| slow.rank == rank && slow.task == task).cloned();
            self.record.slow.push(known.unwrap_or_else(|| {
                news!("slow: rank {rank} has spent more than ten times the expected time on {task}");
                SlowTask { task, rank, since: run_record::now() }
            }));
        }
    }

    fn take_in_usages(&mut self, usages: impl Iterator<Item = Usage>) {
        let mut cpu_seconds = 0.0;
        for usage in usages {
            self.record.peak_memory.push(usage.peak_memory);
            cpu_seconds += usage.cpu_seconds;
        }
        let thread_seconds = self.started.elapsed().as_secs_f64() * self.record.threads as f64;
        let is_long = self.started.elapsed() >= LEAST_FOR_EFFICIENCY;
        self.record.cpu_efficiency = is_long.then(|| cpu_seconds / thread_seconds);
    }

    fn message(&self, progress: &Progress) -> String {
        let (finished, cells) = (progress.tasks.all(), self.theory.left());
        let eta = self.record.eta_seconds.map_or("?".into(), whole_seconds);
        let all_failed = progress.tasks.failed + progress.theory.failed;
        let failed = if all_failed > 0 { format!(", {all_failed} failed") } else { String::new() };
        let theory = if cells > 0 { format!(", theory {}/{cells}", progress.theory.all()) } else { String::new() };
        // What verdicts may still call for nobody knows.
        let plus = if progress.may_grow { "+" } else { "" };
        let total = progress.total - cells;
        format!("{finished}/{total}{plus} tasks{theory}, {:.1}/s, ETA {eta}{plus}{failed}", self.record.rate)
    }
}

/// Where a bar can be drawn, if anywhere. Under mpirun no rank sees the terminal; whoever calls mpirun may know of one
/// and says so in the environment.
fn draw_target() -> Option<ProgressDrawTarget> {
    if output::is_quiet() {
        return None;
    }
    match std::env::var("MICROZONE_PROGRESS").as_deref() {
        Ok("bar") => Some(ProgressDrawTarget::term_like(Box::new(RelayedTerminal))),
        Ok("lines") => None,
        _ => std::io::stderr().is_terminal().then(ProgressDrawTarget::stderr),
    }
}

/// A duration for people: `1h 2m 3s`.
pub(super) fn whole_seconds(seconds: f64) -> String {
    let seconds = Duration::try_from_secs_f64(seconds.round()).unwrap_or(Duration::MAX);
    humantime::format_duration(seconds).to_string()
}
