//! How far a sweep is, for people.

use std::collections::BTreeSet;

use super::standing::{FailedCell, FailedTask, PointCounts, Standing};
use crate::cli::progress::whole_seconds;
use crate::cli::size::written;
use crate::cli::suspects::Suspect;
use crate::store::run_record::{self, SlowTask};
use crate::wording::counted;

/// At most so many suspects are listed.
pub(super) fn text(standing: &Standing, most: usize) {
    let Standing { sweep, experiment, state, tasks, done, running, failed, left, theory, .. } = standing;
    let percent = 100.0 * *done as f64 / (*tasks).max(1) as f64;
    say!("sweep     {sweep} (experiment {experiment})");
    say!("state     {state}");
    say!("done      {done} of {tasks} ({percent:.1} %)");
    say!("running   {running}");
    say!("failed    {failed}");
    match &standing.precision {
        Some(PointCounts { met, not_met, open }) => {
            say!("left      {left}{}", if *open > 0 { " or more" } else { "" });
            say!("precision met at {}, not met at {not_met}, open at {open}", counted(*met, "point"));
        }
        None => say!("left      {left}"),
    }
    if theory.cells > 0 {
        let failed = if theory.failed > 0 { format!(", {} failed", theory.failed) } else { String::new() };
        say!("theory    {} of {} done{failed}", theory.done, counted(theory.cells, "cell"));
    }
    if let Some(run) = &standing.run {
        let hosts: BTreeSet<&str> = run.hosts.iter().map(String::as_str).collect();
        let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
        let (ranks, threads) = (counted(run.ranks, "rank"), counted(run.threads, "thread"));
        say!("run       {}: {ranks}, {threads} on {hosts}", run.run);
        say!("rate      {:.2} tasks/s", run.rate);
        if let Some(most) = run.peak_memory.iter().max() {
            let busy = |share: f64| format!(", processors busy {:.0} % of the threads' time", 100.0 * share);
            let busy = run.cpu_efficiency.map_or_else(String::new, busy);
            say!("used      {} of memory by the largest rank{busy}", written(*most as f64));
        }
    }
    if let Some(eta) = standing.eta_seconds {
        say!("ETA       {}", whole_seconds(eta));
    }
    standing.jobs.iter().for_each(|job| say!("slurm     {}", job.sentence()));
    if let Some(lost) = standing.lost {
        say!(
            "lost      records of {} that results.h5 has; `microzone run` computes what is lost again",
            counted(lost, "done task")
        );
    }
    standing.other_rules.iter().for_each(|why| say!("rules     {why}; all this is what results.h5 says"));
    standing.damage.iter().for_each(|damage| say!("damage    {damage}"));
    if standing.running > 0 {
        standing.run.iter().for_each(|run| slow(&run.slow));
    }
    suspects(&standing.suspects, most);
    failures(&standing.failures, standing.failed);
    failed_cells(&standing.theory_failures, standing.theory.failed as usize);
}

fn slow(tasks: &[SlowTask]) {
    if !tasks.is_empty() {
        say!("\nslow tasks, more than ten times as long as expected");
    }
    for SlowTask { task, rank, since } in tasks {
        say!("  {task}: rank {rank}, for {} since then", whole_seconds((run_record::now() - since).max(0.0)));
    }
}

fn suspects(all: &[Suspect], most: usize) {
    if !all.is_empty() {
        say!("\nin hand when a process was killed; computed after everything else");
    }
    for Suspect { task, deaths } in all.iter().take(most) {
        let deaths = if *deaths > 0 { format!(" ({})", counted(*deaths, "unexplained death")) } else { String::new() };
        say!("  {task}{deaths}");
    }
    let hidden = all.len().saturating_sub(most);
    if hidden > 0 {
        say!("  and {hidden} more (--failures N shows them)");
    }
}

fn failed_cells(shown: &[FailedCell], all: usize) {
    if all > 0 {
        say!("\nfailed theory cells");
    }
    for FailedCell { parameters, class, message } in shown {
        let colon = if parameters.is_empty() { "" } else { ": " };
        say!("  {parameters}{colon}{}{message}", class.remark());
    }
    let hidden = all - shown.len();
    if hidden > 0 {
        say!("  and {hidden} more (--failures N shows them)");
    }
}

fn failures(shown: &[FailedTask], all: usize) {
    if !shown.is_empty() {
        say!("\nfailed tasks");
    }
    for FailedTask { parameters, replicate, class, message } in shown {
        // A sweep without axes has no parameters to name.
        let comma = if parameters.is_empty() { "" } else { ", " };
        say!("  {parameters}{comma}replicate {replicate}: {}{message}", class.remark());
    }
    let hidden = all - shown.len();
    if hidden > 0 {
        say!("  and {hidden} more (--failures N shows them)");
    }
}
