//! How far a sweep is, as data.

use std::time::Duration;

use super::axes::{AxisProgress, axes};
use super::groups::{FailureGroup, groups};
use super::state::{NotDone, Signs, State};
use super::times;
use crate::cli::Failure;
use crate::cli::open::Opened;
use crate::cli::publication;
use crate::cli::suspects::{Suspect, suspects};
use crate::experiment::{FailureClass, TaskFailure};
use crate::results::{Results, Status};
use crate::slurm::queue::{self, JobState};
use crate::slurm::record;
use crate::store::Directory;
use crate::store::lease::LivingRun;
use crate::store::run_record::{self, RunRecord, TheoryCounts};
use crate::sweep::{Sweep, Target, Task};

/// For Slurm, whose commands block while its controller is down.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(serde::Serialize)]
pub(super) struct Standing {
    pub(super) sweep: String,
    pub(super) experiment: String,
    pub(super) directory: String,
    pub(super) state: State,
    /// The state in a sentence.
    pub(super) explanation: String,
    /// When the lease of the live run was written for the last time.
    #[serde(serialize_with = "times::optional")]
    pub(super) heartbeat: Option<f64>,
    pub(super) tasks: usize,
    pub(super) done: usize,
    pub(super) running: u64,
    pub(super) failed: usize,
    pub(super) left: usize,
    /// The cells of the theory.
    pub(super) theory: TheoryCounts,
    /// Of the points of a sweep that asks for a precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) precision: Option<PointCounts>,
    /// Tasks per second, of the live run or the last one.
    pub(super) rate: Option<f64>,
    pub(super) eta_seconds: Option<f64>,
    /// Between which times the end of the live run is expected.
    pub(super) eta_band_seconds: Option<[f64; 2]>,
    /// How far each value of each axis is, of axes with few values.
    pub(super) axes: Vec<AxisProgress>,
    /// The record of the live run or the last one.
    #[serde(serialize_with = "times::run")]
    pub(super) run: Option<RunRecord>,
    pub(super) failures: Vec<FailedTask>,
    /// All failed tasks, by their reason.
    pub(super) failure_groups: Vec<FailureGroup>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) theory_failures: Vec<FailedCell>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) theory_failure_groups: Vec<FailureGroup>,
    /// What was in hand when a process was killed, and has no outcome.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) suspects: Vec<Suspect>,
    /// The jobs of this directory, where Slurm answers at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) jobs: Vec<JobState>,
    pub(super) damage: Vec<String>,
    /// How many more done tasks results.h5 has than the records, if nobody works here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lost: Option<usize>,
    /// Why the records cannot be read by this version, so that all this is what results.h5 says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) other_rules: Option<String>,
}

/// How many points have their precision, have as many replicates as they may without it, and will get more.
#[derive(serde::Serialize)]
pub(super) struct PointCounts {
    pub(super) met: usize,
    pub(super) not_met: usize,
    pub(super) open: usize,
}

#[derive(serde::Serialize)]
pub(super) struct FailedTask {
    /// Those that an axis moves.
    pub(super) parameters: String,
    pub(super) replicate: u32,
    pub(super) class: FailureClass,
    pub(super) message: String,
}

#[derive(serde::Serialize)]
pub(super) struct FailedCell {
    /// Those that an axis moves and the theory knows.
    pub(super) parameters: String,
    pub(super) class: FailureClass,
    pub(super) message: String,
}

impl Standing {
    /// `living` works in the directory now; at most `most_failures` are listed.
    pub(super) fn new(opened: &mut Opened, living: Option<&LivingRun>, most_failures: usize) -> Result<Self, Failure> {
        let damage: Vec<String> = opened.contents.damage.drain(..).map(|damage| damage.to_string()).collect();
        let latest = run_record::latest(&opened.directory.runs())?;
        let (other_rules, directory) = (opened.other_rules.clone(), opened.directory.clone());
        let suspects = suspects(&opened.sweep, &opened.identities, &opened.contents, living.is_none());
        let results = opened.counts()?;
        let (done, failed, tasks) = (results.count(Status::Done), results.count(Status::Failed), results.tasks());
        let there = || publication::summary(&directory).map_or(0, |there| there.done);
        let lost = if living.is_none() && done + failed < tasks { there().saturating_sub(done) } else { 0 };
        // A run that has only just started has not written its record yet.
        let alive = latest.as_ref().filter(|run| living.is_some() && run.is_unfinished());
        let jobs = jobs(&directory);
        let signs = Signs {
            is_damaged: !damage.is_empty(),
            is_untouched: done + failed == 0 && directory.last_run()? == 0,
            living,
            latest: latest.as_ref(),
            jobs: &jobs,
            tasks: tasks as u64,
            not_done: not_done(&results),
        };
        let (state, explanation) = signs.state();
        let cells = results.theory_failures.iter().take(most_failures);
        let failures = results.failures.iter().take(most_failures);
        let root = std::path::absolute(directory.root()).unwrap_or_else(|_| directory.root().into());
        Ok(Self {
            sweep: results.sweep.name.clone(),
            experiment: results.sweep.declaration().name.into(),
            directory: root.display().to_string(),
            state,
            explanation,
            heartbeat: living.and_then(|run| run.heartbeat).map(|age| run_record::now() - age.as_secs_f64()),
            tasks,
            done,
            running: alive.map_or(0, |run| run.tasks.in_hand.min(run.threads)),
            failed,
            left: tasks - done - failed,
            theory: results.theory,
            theory_failures: cells.map(|(cell, failure)| FailedCell::new(cell, failure)).collect(),
            theory_failure_groups: groups(results.theory_failures.iter().map(|(_, failure)| failure)),
            precision: point_counts(&results),
            rate: latest.as_ref().map(|run| run.rate),
            eta_seconds: alive.and_then(|run| run.eta_seconds),
            eta_band_seconds: alive.and_then(|run| run.eta_band_seconds),
            axes: axes(&results),
            failures: failures.map(|(task, failure)| FailedTask::new(results.sweep, *task, failure)).collect(),
            failure_groups: groups(results.failures.iter().map(|(_, failure)| failure)),
            run: latest,
            suspects,
            jobs,
            damage,
            lost: (lost > 0).then_some(lost),
            other_rules,
        })
    }

    /// The record of the run that lives.
    pub(super) fn live_run(&self) -> Option<&RunRecord> {
        let is_live = matches!(self.state, State::Running | State::Stopping | State::Stalled);
        self.run.as_ref().filter(|run| is_live && run.is_unfinished())
    }
}

fn not_done(results: &Results) -> NotDone {
    let theory = results.theory;
    NotDone {
        tasks: results.tasks() - results.count(Status::Done),
        failed: results.count(Status::Failed),
        cells: (theory.cells - theory.done) as usize,
        failed_cells: theory.failed as usize,
        may_differ: results.all_failures().filter(|failure| failure.class.may_differ()).count(),
    }
}

/// The jobs that Slurm knows of a directory and that have not ended; none where there is no Slurm, or no answer.
fn jobs(directory: &Directory) -> Vec<JobState> {
    // Only who has submitted a job has one: `squeue` is not asked in vain.
    let Ok(root) = std::path::absolute(directory.root()) else { return Vec::new() };
    if record::jobs(directory).is_ok_and(|jobs| jobs.is_empty()) {
        return Vec::new();
    }
    let mut jobs = queue::jobs_of(&root, PATIENCE).unwrap_or_default();
    jobs.retain(JobState::is_unfinished);
    jobs
}

fn point_counts(results: &Results) -> Option<PointCounts> {
    results.extents.as_ref()?;
    let [met, not_met, open] = [Target::Met, Target::NotMet, Target::Open].map(|target| results.points_at(target));
    Some(PointCounts { met, not_met, open })
}

impl FailedCell {
    fn new(parameters: &str, failure: &TaskFailure) -> Self {
        Self { parameters: parameters.into(), class: failure.class, message: failure.message.clone() }
    }
}

impl FailedTask {
    fn new(sweep: &Sweep, task: Task, failure: &TaskFailure) -> Self {
        let swept = sweep.swept();
        let parameters = sweep.parameters(sweep.point_of(task));
        let moving = parameters.iter().filter(|(name, _)| swept.contains(name));
        Self {
            parameters: moving.map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", "),
            replicate: sweep.replicate_of(task),
            class: failure.class,
            message: failure.message.clone(),
        }
    }
}
