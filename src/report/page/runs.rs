//! The runs that computed the results, and what they cost.

use crate::duration::{hours, measured};
use crate::wording::counted;

/// One run, as its record has it.
#[derive(Clone, Debug)]
pub(crate) struct RunFacts {
    pub(crate) run: u32,
    pub(crate) state: String,
    /// ISO 8601, UTC.
    pub(crate) start: String,
    pub(crate) seconds: f64,
    pub(crate) ranks: usize,
    pub(crate) threads: u64,
    /// Each host once.
    pub(crate) hosts: Vec<String>,
    /// What it computed.
    pub(crate) done: u64,
    pub(crate) failed: u64,
    pub(crate) version: String,
    pub(crate) commit: String,
    /// The most memory that any rank used, in words; empty if it is not known.
    pub(crate) memory: String,
    /// Seconds of processors, of a run that has ended in order.
    pub(crate) cpu_seconds: Option<f64>,
    /// The share of the threads' time in which processors worked.
    pub(crate) busy: Option<f64>,
}

/// What all runs together cost.
pub(super) struct Cost {
    /// `11 min`
    pub(super) time: String,
    /// `on 2 threads (0.37 core hours used)`
    pub(super) means: String,
}

impl RunFacts {
    /// `1 rank, 2 threads`
    pub(super) fn place(&self) -> String {
        format!("{}, {}", counted(self.ranks, "rank"), counted(self.threads, "thread"))
    }

    pub(super) fn time(&self) -> String {
        measured(self.seconds)
    }

    pub(super) fn host_names(&self) -> String {
        self.hosts.join(", ")
    }

    pub(super) fn share(&self) -> String {
        self.busy.map_or_else(String::new, |busy| format!("{:.0} %", 100.0 * busy))
    }
}

/// The time of all runs, and the hours of processors that they used; those of their threads where a run was killed, so
/// that its processor time is not known.
pub(super) fn cost(runs: &[RunFacts]) -> Cost {
    let seconds: f64 = runs.iter().map(|run| run.seconds).sum();
    let used: Option<f64> = runs.iter().map(|run| run.cpu_seconds).sum();
    let of_threads = || runs.iter().map(|run| run.seconds * run.threads as f64).sum::<f64>();
    let hours = match used {
        Some(seconds) => hours(seconds, "core") + " used",
        None => hours(of_threads(), "thread"),
    };
    let least = runs.iter().map(|run| run.threads).min().unwrap_or(0);
    let most = runs.iter().map(|run| run.threads).max().unwrap_or(0);
    let threads = if least == most { counted(most, "thread") } else { format!("{least} to {most} threads") };
    let in_runs = if runs.len() > 1 { format!(" in {} runs", runs.len()) } else { String::new() };
    Cost { time: measured(seconds), means: format!("{in_runs} on {threads} ({hours})").trim().into() }
}
