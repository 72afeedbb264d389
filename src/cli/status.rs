//! `microzone status`

use std::path::PathBuf;

use super::open::Opened;
use super::progress::whole_seconds;
use super::{Exit, Failure};
use crate::results::Status;
use crate::store::lock::Lock;
use crate::store::run_record::{self, RunRecord};
use crate::sweep::{Sweep, Target};

/// Say how far a sweep is: done, running, failed (with parameters and message), left, rate, ETA
///
/// Works on a live, dead or finished sweep, from any shell, and changes nothing.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone status results/quickstart\n  watch microzone status results/quickstart")]
pub struct Arguments {
    /// The results directory
    pub dir: PathBuf,
    /// Show at most so many failed tasks
    #[arg(long, value_name = "N", default_value = "20")]
    pub failures: usize,
    #[arg(long, value_enum, default_value = "text")]
    pub format: StatusFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum StatusFormat {
    Text,
    Json,
}

#[derive(serde::Serialize)]
struct Report {
    sweep: String,
    experiment: String,
    /// running, complete, complete with failures, stopped, killed, damaged
    state: String,
    tasks: usize,
    done: usize,
    running: u64,
    failed: usize,
    left: usize,
    /// Of the points of a sweep that asks for a precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<Precise>,
    /// Tasks a second, of the live run or the last one.
    rate: Option<f64>,
    eta_seconds: Option<f64>,
    run: Option<RunRecord>,
    failures: Vec<Failed>,
    damage: Vec<String>,
}

/// How many points have their precision, have as many replicates as they may without it, and go on.
#[derive(serde::Serialize)]
struct Precise {
    met: usize,
    not_met: usize,
    open: usize,
}

#[derive(serde::Serialize)]
struct Failed {
    parameters: String,
    replicate: u32,
    message: String,
}

/// # Errors
/// The directory has no sweep or cannot be read.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    // First the lock, then the records: a run that ends in between is seen with its last records.
    let holder = Lock::holder(&crate::store::Directory::new(&arguments.dir).lock_file());
    let mut opened = Opened::read(&arguments.dir)?;
    let damage: Vec<String> = opened.contents.damage.drain(..).map(|damage| damage.to_string()).collect();
    let latest = run_record::latest(&opened.directory.runs());
    let results = opened.results()?;
    let failures = results.failures.iter().take(arguments.failures).map(|(task, message)| Failed {
        parameters: moving_parameters(results.sweep, results.sweep.point_of(*task)),
        replicate: results.sweep.replicate_of(*task),
        message: message.clone(),
    });
    let (done, failed) = (results.count(Status::Done), results.count(Status::Failed));
    let tasks = results.tasks();
    // A run that has only just started has not written its record yet.
    let alive = holder.is_some() && latest.as_ref().is_some_and(|run| run.state == "running");
    let state = match (&holder, &latest) {
        _ if !damage.is_empty() => "damaged; `run --recompute-damaged` goes on".into(),
        (Some(holder), _) => format!("running ({holder})"),
        _ if done == tasks => "complete".into(),
        _ if done + failed == tasks => "complete with failed tasks; `run --retry-failed` tries them again".into(),
        (None, Some(run)) if run.state != "running" => format!("stopped ({}); the same command resumes", run.state),
        _ => "killed; the same command resumes".into(),
    };
    let report = Report {
        sweep: results.sweep.name.clone(),
        experiment: results.sweep.experiment.name().into(),
        state,
        tasks,
        done,
        running: latest.as_ref().filter(|_| alive).map_or(0, |run| run.tasks.in_hand.min(run.threads)),
        failed,
        left: tasks - done - failed,
        precision: results.extents.is_some().then(|| Precise {
            met: results.points_at(Target::Met),
            not_met: results.points_at(Target::NotMet),
            open: results.points_at(Target::Open),
        }),
        rate: latest.as_ref().map(|run| run.rate),
        eta_seconds: latest.as_ref().filter(|_| alive).and_then(|run| run.eta_seconds),
        run: latest,
        failures: failures.collect(),
        damage,
    };
    match arguments.format {
        StatusFormat::Text => print_text(&report),
        StatusFormat::Json => {
            let text = serde_json::to_string_pretty(&report);
            say!("{}", text.map_err(|error| Failure::new(Exit::Internal, error.to_string()))?);
        }
    }
    Ok(if report.damage.is_empty() { Exit::Complete } else { Exit::Damaged })
}

fn moving_parameters(sweep: &Sweep, point: usize) -> String {
    let swept = sweep.swept();
    let parameters = sweep.parameters(point);
    let moving = parameters.iter().filter(|(name, _)| swept.contains(name));
    moving.map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
}

fn print_text(report: &Report) {
    let percent = 100.0 * report.done as f64 / report.tasks.max(1) as f64;
    say!("sweep     {} (experiment {})", report.sweep, report.experiment);
    say!("state     {}", report.state);
    say!("done      {} of {} ({percent:.1} %)", report.done, report.tasks);
    say!("running   {}", report.running);
    say!("failed    {}", report.failed);
    match &report.precision {
        Some(Precise { met, not_met, open }) => {
            say!("left      {}{}", report.left, if *open > 0 { " or more" } else { "" });
            say!("precision met at {met} points, not met at {not_met}, open at {open}");
        }
        None => say!("left      {}", report.left),
    }
    if let Some(run) = &report.run {
        let hosts: std::collections::BTreeSet<&str> = run.hosts.iter().map(String::as_str).collect();
        let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
        say!("run       {}: {} ranks, {} threads on {hosts}", run.run, run.ranks, run.threads);
        say!("rate      {:.2} tasks/s", run.rate);
    }
    if let Some(eta) = report.eta_seconds {
        say!("ETA       {}", whole_seconds(eta));
    }
    report.damage.iter().for_each(|damage| say!("damage    {damage}"));
    if !report.failures.is_empty() {
        say!("\nfailed tasks");
    }
    for failed in &report.failures {
        // A sweep without axes has no parameters to name.
        let comma = if failed.parameters.is_empty() { "" } else { ", " };
        say!("  {}{comma}replicate {}: {}", failed.parameters, failed.replicate, failed.message);
    }
    let hidden = report.failed - report.failures.len();
    if hidden > 0 {
        say!("  and {hidden} more (--failures N shows them)");
    }
}
