//! Shows a run's progress: a bar on a terminal, plain lines elsewhere, and the run's record on disk.

mod line;
mod pace;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use self::line::View;
use self::pace::Pace;
use super::terminal::{self, Terminal};
use super::{output, signals};
use crate::duration::exact;
use crate::machine::clock::Moment;
use crate::schedule::{Draining, Ending, Progress, Timed, Usage};
use crate::store::run_record::{self, RunRecord, SilentRank, SlowTask, SlowestTask, TheoryCounts};
use crate::wording::counted;

pub(super) use self::line::bar_of;

const RECORD_INTERVAL: Duration = Duration::from_secs(2);
const LINE_INTERVAL: Duration = Duration::from_secs(30);
/// In less time the start of the program counts for more than its tasks.
const LEAST_FOR_EFFICIENCY: Duration = Duration::from_secs(5);
/// Times a second that the bar is drawn at most.
const REDRAWS: u8 = 20;
const LINE_FRACTION: f64 = 0.05;

/// Sees every report of the scheduler.
pub(super) struct Observer {
    record: RunRecord,
    /// Where the theory stood at the start.
    theory: TheoryCounts,
    runs: PathBuf,
    grace: Duration,
    /// Seconds of processors that earlier passes of the same processes have used.
    cpu_before: f64,
    started: Moment,
    pace: Pace,
    recorded: Option<Moment>,
    bar: Option<Bar>,
    line_at: Moment,
    line_fraction: f64,
}

/// What is drawn on a terminal.
struct Bar {
    bar: ProgressBar,
    /// How wide the terminal is.
    width: fn() -> usize,
}

impl Observer {
    /// Tasks in hand have the `grace` time when the run stops. The processes have spent `cpu_before` on earlier passes.
    pub(super) fn new(record: RunRecord, runs: PathBuf, grace: Duration, cpu_before: f64) -> Self {
        let now = Moment::now();
        Self {
            theory: record.theory,
            record,
            runs,
            grace,
            cpu_before,
            started: now,
            pace: Pace::default(),
            recorded: None,
            bar: Bar::new(),
            line_at: now,
            line_fraction: 0.0,
        }
    }

    /// `described` names a task.
    pub(super) fn update(&mut self, progress: &Progress, described: &dyn Fn(u32) -> String) {
        self.take_in(progress);
        self.take_in_slow(progress, described);
        self.take_in_draining(progress);
        let view = self.view(progress);
        if let Some(Bar { bar, width }) = &self.bar {
            bar.set_message(view.line(width()));
        } else if self.line_at.elapsed() >= LINE_INTERVAL || self.record.fraction - self.line_fraction >= LINE_FRACTION
        {
            self.line_at = Moment::now();
            self.line_fraction = self.record.fraction;
            news!("{:>3}% {}", view.percent(), view.words());
        }
        if self.recorded.is_none_or(|recorded| recorded.elapsed() >= RECORD_INTERVAL) {
            self.recorded = Some(Moment::now());
            self.take_in_times(progress, described);
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
        described: &dyn Fn(u32) -> String,
    ) -> RunRecord {
        self.take_in(progress);
        self.take_in_times(progress, described);
        self.take_in_usages(usages);
        self.record.state = match ending {
            Ending::Complete => "complete",
            Ending::Interrupted => "interrupted",
            Ending::TimeLimit => "time limit",
            Ending::TooManyFailures => "too many failures",
            Ending::Standstill => "standstill",
            Ending::Broken(_) => "broken",
        }
        .into();
        self.record.end = Some(self.record.updated);
        self.record.eta_seconds = None;
        self.record.eta_band_seconds = None;
        self.record.oldest = None;
        self.record.silent.clear();
        if let Some(Bar { bar, .. }) = &self.bar {
            output::leave_bar();
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
        self.pace.note(elapsed, self.record.fraction, progress.tasks.all() + progress.theory.all());
        // A run that is stopping does not come to the end of its tasks.
        let is_stopping = progress.draining.is_some();
        self.record.eta_seconds = self.pace.left().filter(|_| !is_stopping);
        self.record.eta_band_seconds = self.pace.band().filter(|_| !is_stopping);
    }

    /// Reports each task once that takes too long.
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

    /// Reports once that the run is stopping, and has that recorded at once.
    fn take_in_draining(&mut self, progress: &Progress) {
        let Some(draining) = progress.draining.as_ref().filter(|_| self.record.state == run_record::RUNNING) else {
            return;
        };
        self.record.state = run_record::STOPPING.into();
        self.recorded = None;
        if let Some(sentence) = stopping(draining, progress.tasks.failed, self.grace, signals::is_from_keyboard()) {
            news!("{sentence}");
        }
    }

    /// What only the record has, and what takes some time to name.
    fn take_in_times(&mut self, progress: &Progress, described: &dyn Fn(u32) -> String) {
        let now = run_record::now();
        self.record.oldest = progress.oldest.map(|(rank, Timed { task, seconds })| SlowTask {
            task: described(task),
            rank,
            since: now - seconds,
        });
        self.record.slowest = progress.slowest.map(|(rank, Timed { task, seconds })| SlowestTask {
            task: described(task),
            rank,
            seconds,
        });
        let hosts = &self.record.hosts;
        let silent = progress.silent.iter().map(|(rank, silence)| SilentRank {
            rank: *rank,
            host: hosts.get(*rank).cloned().unwrap_or_default(),
            since: now - silence.as_secs_f64(),
        });
        self.record.silent = silent.collect();
    }

    fn take_in_usages(&mut self, usages: impl Iterator<Item = Usage>) {
        let mut cpu_seconds = -self.cpu_before;
        for usage in usages {
            self.record.peak_memory.push(usage.peak_memory);
            cpu_seconds += usage.cpu_seconds;
        }
        self.record.cpu_seconds = Some(cpu_seconds);
        let thread_seconds = self.started.elapsed().as_secs_f64() * self.record.threads as f64;
        let is_long = self.started.elapsed() >= LEAST_FOR_EFFICIENCY;
        self.record.cpu_efficiency = is_long.then(|| cpu_seconds / thread_seconds);
    }

    fn view(&self, progress: &Progress) -> View {
        let cells = self.theory.left();
        View {
            fraction: self.record.fraction,
            finished: progress.tasks.all(),
            total: progress.total - cells,
            may_grow: progress.may_grow,
            theory: (cells > 0).then(|| (progress.theory.all(), cells)),
            rate: self.record.rate,
            eta: self.record.eta_seconds,
            failed: progress.tasks.failed + progress.theory.failed,
            elapsed: self.started.elapsed().as_secs_f64(),
            is_stopping: progress.draining.is_some(),
        }
    }
}

/// Why a run is stopping, and how long that may take; none if that is reported at its end.
fn stopping(draining: &Draining, failed: u64, grace: Duration, is_from_keyboard: bool) -> Option<String> {
    let why = match draining.reason {
        Ending::Interrupted => "stopping".into(),
        Ending::TimeLimit => "stopping at the time limit".into(),
        Ending::TooManyFailures => format!("stopping after {}", counted(failed, "failed task")),
        Ending::Broken(_) | Ending::Complete | Ending::Standstill => return None,
    };
    let in_hand = match draining.in_hand {
        0 => "no task in hand".into(),
        count => format!("{} in hand, at most {}", counted(count, "task"), exact(grace.as_secs_f64())),
    };
    let again = if is_from_keyboard { "; Ctrl-C again stops at once" } else { "" };
    Some(format!("{why}: {in_hand}{again}"))
}

impl Bar {
    /// Where a bar can be drawn, if anywhere. Under mpirun no rank sees the terminal; a user who knows of one can say
    /// so in the environment.
    fn new() -> Option<Self> {
        if output::is_quiet() {
            return None;
        }
        let width: fn() -> usize = match std::env::var("MICROZONE_PROGRESS").as_deref() {
            Ok("bar") => terminal::relayed_width,
            Ok("lines") => return None,
            _ if std::io::stderr().is_terminal() => terminal::own_width,
            _ => return None,
        };
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(Terminal(width)), REDRAWS);
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()));
        output::write_above(&bar);
        Some(Self { bar, width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_says_why_it_stops_and_how_long_that_takes() {
        let said = |reason, in_hand, is_from_keyboard| {
            stopping(&Draining { reason, in_hand }, 3, Duration::from_secs(20), is_from_keyboard)
        };
        let interrupted = "stopping: 2 tasks in hand, at most 20 s; Ctrl-C again stops at once";
        assert_eq!(said(Ending::Interrupted, 2, true).as_deref(), Some(interrupted));
        assert_eq!(said(Ending::Interrupted, 1, false).as_deref(), Some("stopping: 1 task in hand, at most 20 s"));
        assert_eq!(said(Ending::TimeLimit, 0, false).as_deref(), Some("stopping at the time limit: no task in hand"));
        let failed = "stopping after 3 failed tasks: 4 tasks in hand, at most 20 s";
        assert_eq!(said(Ending::TooManyFailures, 4, false).as_deref(), Some(failed));
        assert_eq!(said(Ending::Broken("full".into()), 4, false), None);
    }
}
