//! The last lines of a run: what it took, and what to type next.

use std::path::Path;
use std::time::Duration;

use crate::cli::Exit;
use crate::duration::{hours, measured};
use crate::shell::quoted;

/// Reports how long a run took, and what it used on all ranks, if it has computed anything.
pub(super) fn report_cost(elapsed: Duration, cpu_seconds: f64) {
    news!("elapsed {}, {} used", measured(elapsed.as_secs_f64()), hours(cpu_seconds, "core"));
}

/// Reports the command that shows the results, as the user would type it.
pub(super) fn report_next(exit: Exit, root: &Path) {
    // Failed tasks are explained first.
    let verb = match exit {
        Exit::Complete => "table",
        Exit::FailedTasks => "status",
        _ => return,
    };
    news!("next: microzone {verb} {}", quoted(&root.display().to_string()));
}
