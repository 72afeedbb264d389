//! `microzone report`

use std::path::PathBuf;

use super::open::{Opened, tell_of_missing_theory};
use super::size::written;
use super::time::iso;
use super::{Exit, Failure, locate, publication};
use crate::report::page::{Provenance, RunFacts, page};
use crate::store::run_record::{self, RunRecord};
use crate::store::{Directory, atomic, lease};

/// Write one self-contained page about a sweep: the question, the answer, figures, tables, cost and provenance
///
/// DIR/report.html needs no network and no other file: send it to a colleague, or print it. It shows what is there now,
/// also while the sweep runs. The answer consists of sentences made of the numbers only: the largest and the smallest
/// mean, the points that cannot be distinguished from the best one, and the share of each axis in the variance. Tables
/// can be sorted, filtered and saved as CSV; arrow keys read the values of a figure.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone report results/quickstart\n  microzone report results/quickstart \
    && xdg-open results/quickstart/report.html\n  microzone report results/quickstart --out for-a-colleague.html")]
pub(super) struct Arguments {
    /// The results directory, its sweep file, or a file inside it
    pub dir: PathBuf,
    /// Write the page to this file instead of DIR/report.html
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// # Errors
/// The directory has no sweep or is damaged, or the page cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&locate::directory(&arguments.dir)?)?;
    opened.tell_of_other_rules();
    let directory = opened.directory.clone();
    let other_rules = opened.other_rules.clone().unwrap_or_default();
    let results = opened.results()?;
    tell_of_missing_theory(&results);
    let is_up_to_date =
        !other_rules.is_empty() || publication::up_to_date(&directory, results.sweep, &results.records).is_some();
    let results_file = directory.results_file();
    let living = lease::living_run(&directory.runs())?.map(|living| living.run);
    let results_digest = if is_up_to_date { Some(atomic::hash(&results_file)?.to_hex().to_string()) } else { None };
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").into(),
        commit: env!("MICROZONE_COMMIT").into(),
        directory: absolute(&directory),
        written: iso(run_record::now()).unwrap_or_default(),
        results_digest,
        runs: run_record::all(&directory.runs())?.iter().map(|record| facts(record, living)).collect(),
        other_rules,
    };
    let html = page(&results, provenance).map_err(|error| Failure::new(Exit::Internal, error.to_string()))?;
    let path = arguments.out.clone().unwrap_or_else(|| directory.report_file());
    atomic::write_bytes(&path, html.as_bytes())?;
    say!("{}", path.display());
    Ok(Exit::Complete)
}

fn absolute(directory: &Directory) -> String {
    let root = directory.root();
    std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf()).display().to_string()
}

/// What a record says of its run. One that has not ended was killed, unless a run lives: it may be another share then.
pub(super) fn facts(record: &RunRecord, living: Option<u32>) -> RunFacts {
    let state = match living {
        None if record.end.is_none() => "killed",
        Some(run) if record.end.is_none() && run != record.run => "not ended",
        _ => &record.state,
    };
    let mut hosts = record.hosts.clone();
    hosts.sort();
    hosts.dedup();
    RunFacts {
        run: record.run,
        state: state.into(),
        start: iso(record.start).unwrap_or_default(),
        seconds: (record.end.unwrap_or(record.updated) - record.start).max(0.0),
        ranks: record.ranks,
        threads: record.threads,
        hosts,
        done: record.tasks.done,
        failed: record.tasks.failed,
        version: record.version.clone(),
        commit: record.commit.clone(),
        memory: record.peak_memory.iter().max().map_or_else(String::new, |most| written(*most as f64)),
        cpu_seconds: record.cpu_seconds,
        busy: record.cpu_efficiency,
    }
}
