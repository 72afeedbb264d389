//! The first lines of a run: what it computes, where, and how long that may take.

use super::claim::Claimed;
use crate::cli::plan::forecast::Expected;
use crate::duration::rough;
use crate::sweep::Sweep;
use crate::wording::counted;

/// Reports what a run is about to do, with so many threads on each rank.
pub(super) fn report(claimed: &Claimed, threads: &[u64]) {
    let Claimed { sweep, directory, agenda, is_new, done, .. } = claimed;
    let cells = match agenda.theory.cells {
        0 => String::new(),
        cells => format!(", {}", counted(cells, "theory cell")),
    };
    let (points, replicates) = (counted(sweep.points(), "point"), replicates(sweep));
    news!("{}: experiment {}, {points} × {replicates}{cells}", sweep.name, sweep.declaration().name);
    // Where it is shows at once when a command was typed in another folder than before.
    let root = std::path::absolute(directory.root()).unwrap_or_else(|_| directory.root().to_path_buf());
    let done = match (is_new, done) {
        (true, 0) => "new".into(),
        (true, done) => format!("new; {done} of {} taken over", counted(agenda.tasks(), "task")),
        (false, done) => format!("{done} of {} done", counted(agenda.tasks(), "task")),
    };
    news!("directory   {} ({done})", root.display());
    let all: u64 = threads.iter().sum();
    let more = if agenda.reserve().0 > 0 { " or more" } else { "" };
    let expected = match Expected::of(&agenda.pending).on(all.max(1) as f64) {
        seconds if seconds < 1.0 => rough(0.0),
        seconds => format!("about {}{more}", rough(seconds)),
    };
    let work = work(agenda.left(), agenda.theory.left());
    news!("computing   {work} on {}; {expected} expected", machines(threads));
}

fn replicates(sweep: &Sweep) -> String {
    match sweep.most_replicates() {
        most if most > sweep.replicates => format!("{} to {most} replicates", sweep.replicates),
        _ => counted(sweep.replicates, "replicate"),
    }
}

fn work(tasks: u64, cells: u64) -> String {
    match (tasks, cells) {
        (_, 0) => counted(tasks, "task"),
        (0, _) => counted(cells, "theory cell"),
        _ => format!("{} and {}", counted(tasks, "task"), counted(cells, "theory cell")),
    }
}

/// Ranks and threads; ranks of several sizes have a sum.
fn machines(threads: &[u64]) -> String {
    let (least, most) = (threads.iter().min().copied(), threads.iter().max().copied());
    let ranks = counted(threads.len(), "rank");
    match most {
        Some(most) if Some(most) == least => format!("{ranks} × {}", counted(most, "thread")),
        _ => format!("{ranks} with {} in all", counted(threads.iter().sum::<u64>(), "thread")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_and_threads_are_counted() {
        assert_eq!(machines(&[2]), "1 rank × 2 threads");
        assert_eq!(machines(&[1, 1, 1]), "3 ranks × 1 thread");
        assert_eq!(machines(&[1, 4]), "2 ranks with 5 threads in all");
        assert_eq!(work(120, 2), "120 tasks and 2 theory cells");
        assert_eq!(work(0, 1), "1 theory cell");
        assert_eq!(work(1, 0), "1 task");
    }
}
