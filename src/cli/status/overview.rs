//! Several sweeps in one folder, a line for each.

use std::path::Path;

use super::standing::Standing;
use super::state::State;
use crate::cli::{Exit, Failure};

/// All sweeps of a folder, in order of the names of their directories.
#[derive(Debug, serde::Serialize)]
pub(super) struct Overview {
    pub(super) sweeps: Vec<Entry>,
}

/// One sweep.
#[derive(Debug, serde::Serialize)]
pub(super) struct Entry {
    pub(super) sweep: String,
    pub(super) directory: String,
    /// None if the directory cannot be read.
    pub(super) state: Option<State>,
    /// The state in a sentence, or why the directory cannot be read.
    pub(super) explanation: String,
    pub(super) tasks: usize,
    pub(super) done: usize,
    pub(super) failed: usize,
    pub(super) left: usize,
    #[serde(skip)]
    exit: Exit,
}

impl Entry {
    /// What could be seen of a directory.
    pub(super) fn new(root: &Path, standing: Result<Standing, Failure>) -> Self {
        match standing {
            Ok(standing) => Self {
                sweep: standing.sweep,
                directory: standing.directory,
                state: Some(standing.state),
                explanation: standing.explanation,
                tasks: standing.tasks,
                done: standing.done,
                failed: standing.failed,
                left: standing.left,
                exit: standing.state.exit(),
            },
            Err(failure) => Self {
                sweep: root.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                directory: std::path::absolute(root).unwrap_or_else(|_| root.into()).display().to_string(),
                state: (failure.exit == Exit::Damaged).then_some(State::Damaged),
                explanation: failure.message,
                tasks: 0,
                done: 0,
                failed: 0,
                left: 0,
                exit: failure.exit,
            },
        }
    }

    /// The name of the sweep, with that of its directory if it has another one.
    fn name(&self) -> String {
        match Path::new(&self.directory).file_name().map(|name| name.to_string_lossy()) {
            Some(folder) if folder != self.sweep => format!("{} ({folder})", self.sweep),
            _ => self.sweep.clone(),
        }
    }
}

impl Overview {
    /// The worst of all exit codes.
    pub(super) fn exit(&self) -> Exit {
        let severity = |exit: &Exit| match exit {
            Exit::Complete => 0,
            Exit::FailedTasks => 1,
            Exit::Stopped => 2,
            Exit::Internal | Exit::Usage | Exit::OtherSweep | Exit::Environment => 3,
            Exit::Damaged => 4,
        };
        self.sweeps.iter().map(|entry| entry.exit).max_by_key(severity).unwrap_or(Exit::Complete)
    }

    /// Whether nothing more happens in any directory.
    pub(super) fn is_final(&self) -> bool {
        self.sweeps.iter().all(|entry| entry.state.is_none_or(State::is_final))
    }

    /// Lines, each of which ends in a new line.
    pub(super) fn text(&self) -> String {
        let width = self.sweeps.iter().map(|entry| entry.name().chars().count()).max().unwrap_or(0);
        let line = |entry: &Entry| {
            let Entry { explanation, tasks, done, failed, left, .. } = entry;
            match entry.state {
                Some(state) if *tasks > 0 => {
                    let (name, word) = (entry.name(), state.word());
                    format!("{name:<width$}  {word:<8}  {done}/{tasks} done, {left} left, {failed} failed\n")
                }
                state => {
                    let word = state.map_or("unknown", State::word);
                    format!("{:<width$}  {word:<8}  {explanation}\n", entry.name())
                }
            }
        };
        self.sweeps.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(exit: Exit) -> Entry {
        Entry::new(Path::new("/results/a"), Err(Failure::new(exit, "why")))
    }

    #[test]
    fn the_worst_state_decides_and_what_cannot_be_read_has_a_line() {
        let worst = |exits: &[Exit]| Overview { sweeps: exits.iter().copied().map(entry).collect() }.exit();
        use Exit::{Complete, Damaged, Environment, FailedTasks, Stopped};
        assert_eq!(worst(&[Complete, FailedTasks, Complete]), FailedTasks);
        assert_eq!(worst(&[FailedTasks, Stopped, Complete]), Stopped);
        assert_eq!(worst(&[Stopped, Damaged, FailedTasks, Environment]), Damaged);
        assert_eq!(worst(&[Environment, Stopped]), Environment);
        let overview = Overview { sweeps: vec![entry(Damaged), entry(Exit::OtherSweep)] };
        assert_eq!(overview.text(), "a  damaged   why\na  unknown   why\n");
        assert!(overview.is_final());
    }
}
