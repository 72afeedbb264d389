//! The state of a sweep: a word for programs, and a sentence.

use crate::cli::Exit;
use crate::duration::exact;
use crate::slurm::queue::JobState;
use crate::store::lease::{LivingRun, LivingState};
use crate::store::run_record::{self, RunRecord};
use crate::wording::counted;

/// In one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing has been computed.
    New,
    Running,
    /// A run finishes what is in hand.
    Stopping,
    /// A run that may be dead, or is suspended.
    Stalled,
    /// The last run has ended in order before the sweep was complete.
    Stopped,
    /// It has not.
    Killed,
    Complete,
    /// Nothing is left, and some tasks or theory cells have failed.
    Failed,
    Damaged,
    /// Nothing runs, and a Slurm job of the directory waits or is about to begin.
    Pending,
    /// Such a job waits until a user releases it.
    Held,
}

impl serde::Serialize for State {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl State {
    /// As JSON has it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stalled => "stalled",
            Self::Stopped => "stopped",
            Self::Killed => "killed",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Damaged => "damaged",
            Self::Pending => "pending",
            Self::Held => "held",
        }
    }

    /// Whether nothing more will happen unless a user does something about it.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Damaged)
    }

    /// What `--exit-code` gives.
    pub(super) fn exit(self) -> Exit {
        match self {
            Self::Complete => Exit::Complete,
            Self::Failed => Exit::FailedTasks,
            Self::Damaged => Exit::Damaged,
            Self::New | Self::Running | Self::Stopping | Self::Stalled => Exit::Stopped,
            Self::Stopped | Self::Killed | Self::Pending | Self::Held => Exit::Stopped,
        }
    }
}

/// What has no result.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NotDone {
    /// All tasks without one.
    pub(super) tasks: usize,
    /// Those that failed.
    pub(super) failed: usize,
    /// All theory cells without one.
    pub(super) cells: usize,
    /// Those that failed.
    pub(super) failed_cells: usize,
    /// What failed and may come to another end.
    pub(super) may_differ: usize,
}

impl NotDone {
    fn what_failed(&self) -> &'static str {
        match (self.failed, self.failed_cells) {
            (_, 0) => "failed tasks",
            (0, _) => "failed theory cells",
            _ => "failed tasks and theory cells",
        }
    }
}

/// What decides the state.
pub(super) struct Signs<'a> {
    pub(super) is_damaged: bool,
    /// No run has left anything.
    pub(super) is_untouched: bool,
    pub(super) living: Option<&'a LivingRun>,
    pub(super) latest: Option<&'a RunRecord>,
    /// Those that have not ended.
    pub(super) jobs: &'a [JobState],
    /// All tasks of the sweep.
    pub(super) tasks: u64,
    pub(super) not_done: NotDone,
}

impl Signs<'_> {
    /// The state, for programs and for people.
    pub(super) fn state(&self) -> (State, String) {
        let NotDone { tasks, failed, cells, failed_cells, .. } = self.not_done;
        match self.living {
            _ if self.is_damaged => (State::Damaged, "damaged; `run --recompute-damaged` resumes".into()),
            Some(run) => self.of_living(run),
            None if tasks + cells == 0 => (State::Complete, "complete".into()),
            None if tasks == failed && cells == failed_cells => (State::Failed, self.of_failed()),
            None => self.of_jobs().unwrap_or_else(|| self.of_dead()),
        }
    }

    fn of_living(&self, run: &LivingRun) -> (State, String) {
        let LivingRun { holder, state, heartbeat, .. } = run;
        let heartbeat =
            heartbeat.map(|age| format!("; heartbeat {} ago", exact(age.as_secs_f64()))).unwrap_or_default();
        let is_stopping =
            self.latest.is_some_and(|latest| latest.run == run.run && latest.state == run_record::STOPPING);
        match state {
            LivingState::Running if is_stopping => {
                (State::Stopping, format!("stopping, with what is in hand ({holder}{heartbeat})"))
            }
            LivingState::Running => (State::Running, format!("running ({holder}{heartbeat})")),
            LivingState::Stopped => (State::Stalled, format!("stalled ({holder}, which is suspended{heartbeat})")),
            LivingState::Stalled => {
                let what = "which has given no sign of life for 3 s";
                (State::Stalled, format!("stalled ({holder}, {what}{heartbeat})"))
            }
        }
    }

    fn of_failed(&self) -> String {
        let what = self.not_done.what_failed();
        match (self.not_done.may_differ, self.not_done.failed + self.not_done.failed_cells) {
            (0, _) => format!("complete with {what}, which would fail again"),
            (all, failed) if all == failed => {
                format!("complete with {what}; `run --retry-failed` tries them again")
            }
            (some, _) => format!("complete with {what}; `run --retry-failed` may help {some} of them"),
        }
    }

    /// A job that can begin by itself counts before one that cannot.
    fn of_jobs(&self) -> Option<(State, String)> {
        let of = |is_held: bool| self.jobs.iter().find(|job| job.is_held == is_held);
        match (of(false), of(true)) {
            (Some(job), _) => Some((State::Pending, format!("no run yet: {}", job.sentence()))),
            (None, Some(job)) => Some((State::Held, job.sentence())),
            (None, None) => None,
        }
    }

    fn of_dead(&self) -> (State, String) {
        let NotDone { tasks, failed, .. } = self.not_done;
        match self.latest {
            None if self.is_untouched => (State::New, "new; `microzone run` computes it".into()),
            Some(run) if run.state == "complete" && tasks == failed => {
                (State::Stopped, "only theory is left; the same command computes it".into())
            }
            Some(run) if run.state == "complete" && self.tasks > run.tasks.total => {
                let new = counted(self.tasks - run.tasks.total, "task");
                (State::Stopped, format!("the sweep has grown by {new}; `microzone run` computes what is new"))
            }
            // It was one share of several, or records have been lost since.
            Some(run) if run.state == "complete" => {
                (State::Stopped, "stopped; `microzone run` computes what is left".into())
            }
            Some(run) if !run.is_unfinished() => {
                (State::Stopped, format!("stopped ({}); the same command resumes", run.state))
            }
            _ => (State::Killed, "killed; the same command resumes".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(not_done: NotDone) -> Signs<'static> {
        Signs { is_damaged: false, is_untouched: false, living: None, latest: None, jobs: &[], tasks: 1, not_done }
    }

    #[test]
    fn another_try_is_offered_where_it_may_help() {
        let of = |not_done| signs(not_done).state().1;
        let state = |tasks, failed, may_differ| of(NotDone { tasks, failed, may_differ, ..NotDone::default() });
        assert_eq!(state(0, 0, 0), "complete");
        assert_eq!(state(3, 3, 0), "complete with failed tasks, which would fail again");
        assert_eq!(state(3, 3, 3), "complete with failed tasks; `run --retry-failed` tries them again");
        assert_eq!(state(3, 3, 1), "complete with failed tasks; `run --retry-failed` may help 1 of them");
        assert_eq!(state(4, 3, 3), "killed; the same command resumes");
        let theory = |cells, failed_cells| of(NotDone { cells, failed_cells, ..NotDone::default() });
        assert_eq!(theory(2, 2), "complete with failed theory cells, which would fail again");
        assert_eq!(theory(2, 1), "killed; the same command resumes");
    }

    fn record(state: &str) -> RunRecord {
        let text = format!(
            r#"{{"run":3,"state":"{state}","version":"0","commit":"","features":[],"experiment":"null",
            "experiment_version":1,"command":[],"pid":1,"ranks":1,"threads":1,"hosts":[],"start":0.0,"updated":0.0,
            "end":null,"tasks":{{"total":1,"before":0,"done":0,"failed":0,"in_hand":0}},"fraction":0.0,"rate":0.0,
            "eta_seconds":null}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn job(state: &str, is_held: bool) -> JobState {
        let id = crate::slurm::job::JobId::parse("7").unwrap();
        let (state, reason) = (state.into(), "Resources".into());
        JobState { id, state, reason, is_held, restarts: 0, seconds_left: None }
    }

    #[test]
    fn each_state_has_its_word_and_its_exit_code() {
        let left = NotDone { tasks: 2, ..NotDone::default() };
        let run = |state| LivingRun { run: 3, holder: "host a".into(), state, heartbeat: None };
        let (running, suspended, silent) =
            (run(LivingState::Running), run(LivingState::Stopped), run(LivingState::Stalled));
        let [alive, draining, ended, complete] =
            ["running", "stopping", "interrupted", "complete"].map(|state| Some(record(state)));
        let (waiting, held) = ([job("PENDING", true), job("PENDING", false)], [job("PENDING", true)]);
        let state = |signs: Signs| {
            let (state, sentence) = signs.state();
            assert!(!sentence.is_empty());
            assert_eq!(serde_json::to_value(state).unwrap(), state.word());
            (state.word(), state.exit() as u8)
        };
        let of = |living, latest| state(Signs { living, latest, ..signs(left) });
        assert_eq!(state(Signs { is_untouched: true, ..signs(left) }), ("new", 75));
        assert_eq!(of(Some(&running), alive.as_ref()), ("running", 75));
        assert_eq!(of(Some(&running), None), ("running", 75), "before its first record");
        assert_eq!(of(Some(&running), draining.as_ref()), ("stopping", 75));
        let later = LivingRun { run: 4, ..run(LivingState::Running) };
        assert_eq!(of(Some(&later), draining.as_ref()), ("running", 75), "the record is of another run");
        assert_eq!(of(Some(&suspended), alive.as_ref()), ("stalled", 75));
        assert_eq!(of(Some(&silent), draining.as_ref()), ("stalled", 75));
        assert_eq!(of(None, ended.as_ref()), ("stopped", 75));
        assert_eq!(of(None, complete.as_ref()), ("stopped", 75), "one share of several");
        let grown = Signs { latest: complete.as_ref(), tasks: 3, ..signs(left) }.state().1;
        assert_eq!(grown, "the sweep has grown by 2 tasks; `microzone run` computes what is new");
        assert_eq!(of(None, alive.as_ref()), ("killed", 75));
        assert_eq!(of(None, draining.as_ref()), ("killed", 75), "killed while it was stopping");
        let jobs = |jobs| state(Signs { jobs, latest: ended.as_ref(), ..signs(left) });
        assert_eq!(jobs(&waiting), ("pending", 75));
        assert_eq!(jobs(&held), ("held", 75));
        assert_eq!(state(signs(NotDone::default())), ("complete", 0));
        assert_eq!(state(signs(NotDone { failed: 2, ..left })), ("failed", 3));
        assert_eq!(state(Signs { is_damaged: true, living: Some(&running), ..signs(left) }), ("damaged", 5));
    }

    #[test]
    fn the_age_of_the_heartbeat_is_shown() {
        let heartbeat = Some(std::time::Duration::from_secs(1));
        let living = LivingRun { run: 3, holder: "host a, pid 12".into(), state: LivingState::Running, heartbeat };
        let sentence = Signs { living: Some(&living), ..signs(NotDone::default()) }.state().1;
        assert_eq!(sentence, "running (host a, pid 12; heartbeat 1 s ago)");
    }
}
