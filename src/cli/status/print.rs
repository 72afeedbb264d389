//! How far a sweep is, for people.

use std::collections::BTreeSet;
use std::fmt;

use super::groups::FailureGroup;
use super::standing::{FailedCell, FailedTask, PointCounts, Standing};
use crate::cli::progress::bar_of;
use crate::cli::size::written;
use crate::cli::suspects::Suspect;
use crate::duration::{band, exact, measured};
use crate::store::run_record::{self, RunRecord, SilentRank, SlowTask, SlowestTask};
use crate::wording::counted;

/// The columns of the bars.
const BAR: usize = 30;
const AXIS_BAR: usize = 20;
/// So many reasons of failures are shown.
const MOST_GROUPS: usize = 10;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Each failure, at most so many, and as many suspects.
    Listed(usize),
    /// What changes while a run lives: bars, and failures by their reason.
    Watched,
}

/// Lines of text.
#[derive(Default)]
pub(super) struct Page(pub(super) String);

impl Page {
    fn line(&mut self, line: fmt::Arguments) {
        self.0 += &format!("{line}\n");
    }
}

/// Adds a line to a page.
macro_rules! put {
    ($page:expr, $($line:tt)*) => { $page.line(format_args!($($line)*)) };
}

/// Lines, each of which ends in a new line.
pub(super) fn text(standing: &Standing, detail: Detail) -> String {
    let page = &mut Page::default();
    counts(page, standing, detail);
    if let Some(run) = &standing.run {
        of_run(page, run);
    }
    if let Some([low, high]) = standing.eta_band_seconds {
        let more = if standing.precision.as_ref().is_some_and(|points| points.open > 0) { " or more" } else { "" };
        put!(page, "ETA       {}{more}", band(low, high));
    }
    standing.jobs.iter().for_each(|job| put!(page, "slurm     {}", job.sentence()));
    if let Some(lost) = standing.lost {
        let lost = counted(lost, "done task");
        put!(page, "lost      records of {lost} that results.h5 has; `microzone run` computes what is lost again");
    }
    standing.other_rules.iter().for_each(|why| put!(page, "rules     {why}; all this is what results.h5 says"));
    standing.damage.iter().for_each(|damage| put!(page, "damage    {damage}"));
    of_times(page, standing);
    match detail {
        Detail::Listed(most) => {
            suspects(page, &standing.suspects, most);
            // The reasons first, where they are fewer than the tasks.
            if standing.failed > standing.failure_groups.len() {
                groups(page, "failed tasks by reason", &standing.failure_groups);
            }
            failures(page, &standing.failures, standing.failed);
            failed_cells(page, &standing.theory_failures, standing.theory.failed as usize);
        }
        Detail::Watched => {
            axes(page, standing);
            groups(page, "failed tasks", &standing.failure_groups);
            groups(page, "failed theory cells", &standing.theory_failure_groups);
        }
    }
    std::mem::take(&mut page.0)
}

fn counts(page: &mut Page, standing: &Standing, detail: Detail) {
    let Standing { sweep, experiment, directory, tasks, done, running, failed, left, theory, .. } = standing;
    let fraction = *done as f64 / (*tasks).max(1) as f64;
    put!(page, "sweep     {sweep} (experiment {experiment})");
    put!(page, "directory {directory}");
    put!(page, "state     {}", standing.explanation);
    if detail == Detail::Watched {
        put!(page, "tasks     {}", bar_of((done + failed) as f64 / (*tasks).max(1) as f64, BAR));
    }
    put!(page, "done      {done} of {tasks} ({:.1} %)", 100.0 * fraction);
    put!(page, "running   {running}");
    put!(page, "failed    {failed}");
    match &standing.precision {
        Some(PointCounts { met, not_met, open }) => {
            put!(page, "left      {left}{}", if *open > 0 { " or more" } else { "" });
            put!(page, "precision met at {}, not met at {not_met}, open at {open}", counted(*met, "point"));
        }
        None => put!(page, "left      {left}"),
    }
    if theory.cells > 0 {
        let failed = if theory.failed > 0 { format!(", {} failed", theory.failed) } else { String::new() };
        put!(page, "theory    {} of {} done{failed}", theory.done, counted(theory.cells, "cell"));
    }
}

pub(super) fn of_run(page: &mut Page, run: &RunRecord) {
    let hosts: BTreeSet<&str> = run.hosts.iter().map(String::as_str).collect();
    let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
    let (ranks, threads) = (counted(run.ranks, "rank"), counted(run.threads, "thread"));
    put!(page, "run       {}: {ranks}, {threads} on {hosts}", run.run);
    put!(page, "rate      {:.2} tasks/s", run.rate);
    if let Some(most) = run.peak_memory.iter().max() {
        let busy = |share: f64| format!(", processors busy {:.0} % of the threads' time", 100.0 * share);
        let busy = run.cpu_efficiency.map_or_else(String::new, busy);
        put!(page, "used      {} of memory by the largest rank{busy}", written(*most as f64));
    }
}

/// What takes long, and which ranks are silent.
fn of_times(page: &mut Page, standing: &Standing) {
    if let Some(SlowestTask { task, rank, seconds }) = standing.run.as_ref().and_then(|run| run.slowest.as_ref()) {
        put!(page, "slowest   {task}: {} on rank {rank}", measured(*seconds));
    }
    let Some(run) = standing.live_run() else { return };
    if let Some(SlowTask { task, rank, since }) = &run.oldest {
        // As of the record: a short task has ended since.
        put!(page, "in hand   {task}: for {} on rank {rank}", measured((run.updated - since).max(0.0)));
    }
    for SilentRank { rank, host, since } in &run.silent {
        put!(page, "silent    rank {rank} on {host}: no sign of life for {}", exact(age(*since)));
    }
    if !run.slow.is_empty() {
        put!(page, "\nslow tasks, more than ten times as long as expected");
    }
    for SlowTask { task, rank, since } in &run.slow {
        put!(page, "  {task}: rank {rank}, for {} since then", exact(age(*since)));
    }
}

fn age(since: f64) -> f64 {
    (run_record::now() - since).max(0.0)
}

fn axes(page: &mut Page, standing: &Standing) {
    for axis in &standing.axes {
        put!(page, "\n{}", axis.name);
        let width = axis.values.iter().map(|value| value.value.chars().count()).max().unwrap_or(0);
        for value in &axis.values {
            let finished = value.done + value.failed;
            let bar = bar_of(finished as f64 / value.tasks.max(1) as f64, AXIS_BAR);
            let failed = if value.failed > 0 { format!(", {} failed", value.failed) } else { String::new() };
            put!(page, "  {:<width$}  {bar} {finished}/{}{failed}", value.value, value.tasks);
        }
    }
}

fn groups(page: &mut Page, title: &str, groups: &[FailureGroup]) {
    if !groups.is_empty() {
        put!(page, "\n{title}");
    }
    for FailureGroup { class, message, count } in groups.iter().take(MOST_GROUPS) {
        put!(page, "  {count} × {}{message}", class.remark());
    }
    let hidden = groups.len().saturating_sub(MOST_GROUPS);
    if hidden > 0 {
        put!(page, "  and {} (--format json has all)", counted(hidden, "more reason"));
    }
}

/// At most so many suspects are listed.
fn suspects(page: &mut Page, all: &[Suspect], most: usize) {
    if !all.is_empty() {
        put!(page, "\nin hand when a process was killed; computed after everything else");
    }
    for Suspect { task, deaths } in all.iter().take(most) {
        let deaths = if *deaths > 0 { format!(" ({})", counted(*deaths, "unexplained death")) } else { String::new() };
        put!(page, "  {task}{deaths}");
    }
    and_more(page, all.len().saturating_sub(most));
}

fn failed_cells(page: &mut Page, shown: &[FailedCell], all: usize) {
    if all > 0 {
        put!(page, "\nfailed theory cells");
    }
    for FailedCell { parameters, class, message } in shown {
        let colon = if parameters.is_empty() { "" } else { ": " };
        put!(page, "  {parameters}{colon}{}{message}", class.remark());
    }
    and_more(page, all - shown.len());
}

fn failures(page: &mut Page, shown: &[FailedTask], all: usize) {
    if !shown.is_empty() {
        put!(page, "\nfailed tasks");
    }
    for FailedTask { parameters, replicate, class, message } in shown {
        // A sweep without axes has no parameters to name.
        let comma = if parameters.is_empty() { "" } else { ", " };
        put!(page, "  {parameters}{comma}replicate {replicate}: {}{message}", class.remark());
    }
    and_more(page, all - shown.len());
}

fn and_more(page: &mut Page, hidden: usize) {
    if hidden > 0 {
        put!(page, "  and {hidden} more (--failures N shows them)");
    }
}
