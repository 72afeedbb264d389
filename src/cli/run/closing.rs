//! The last lines of a run: what it took, and what to type next.

use std::path::Path;
use std::time::Duration;

use crate::cli::Exit;
use crate::duration::measured;
use crate::shell::quoted;

/// Reports how long a run took, and what it used on all ranks, if it has computed anything.
pub(super) fn report_cost(elapsed: Duration, cpu_seconds: f64) {
    news!("elapsed {}, {} used", measured(elapsed.as_secs_f64()), core_hours(cpu_seconds));
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

/// With two digits or more.
fn core_hours(seconds: f64) -> String {
    let hours = seconds / 3600.0;
    let decimals = match hours {
        hours if hours < 0.0005 => return "less than 0.001 core hours".into(),
        hours if hours < 0.0995 => 3,
        hours if hours < 0.995 => 2,
        hours if hours < 99.5 => 1,
        _ => 0,
    };
    format!("{hours:.decimals$} core hours")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_hours_have_the_digits_that_matter() {
        for (seconds, said) in [
            (0.5, "less than 0.001 core hours"),
            (36.0, "0.010 core hours"),
            (600.0, "0.17 core hours"),
            (5400.0, "1.5 core hours"),
            (3.6e6, "1000 core hours"),
        ] {
            assert_eq!(core_hours(seconds), said);
        }
    }
}
