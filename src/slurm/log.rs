//! What the log of a job shows about its end.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::answer::Phase;
use crate::machine::files::{Access, File};

/// What Slurm, the kernel, and the program itself write where memory is short.
const SIGNS: [&str; 6] =
    ["oom-kill", "oom_kill", "Out Of Memory", "OUT_OF_MEMORY", "Exceeded job memory limit", "microzone: no memory for"];
/// In a long log, the end is what matters.
const MOST_BYTES: u64 = 1 << 20;

/// Whether a text says that memory was short.
pub(crate) fn tells_of_memory(text: &str) -> bool {
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// Why Slurm has ended a job, as its daemon has written into the log; the last word counts.
pub(crate) fn end_by_slurm(text: &str) -> Option<Phase> {
    let line = text.lines().rev().find(|line| line.contains("*** JOB") && line.contains("CANCELLED AT"))?;
    Some(match line {
        _ if line.contains("DUE TO TIME LIMIT") => Phase::OutOfTime,
        _ if line.contains("DUE TO PREEMPTION") => Phase::Preempted,
        // Slurm puts the job back by itself, if it may.
        _ if line.contains("DUE TO NODE FAILURE") => Phase::Requeued,
        _ => Phase::Ending,
    })
}

/// The length of the log now; 0 if it cannot be seen.
pub(crate) fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

/// What has been written since the log had this length; nothing if it cannot be read.
pub(crate) fn since(path: &Path, length: u64) -> String {
    let read = || {
        let mut file = File::open(path, Access::Read)?;
        let start = length.max(file.len()?.saturating_sub(MOST_BYTES));
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    };
    read().map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slurm_writes_why_it_has_ended_a_job() {
        let line =
            |why: &str| format!("slurmstepd-n1: error: *** JOB 25 ON n1 CANCELLED AT 2026-11-27T02:53:30{why} ***\n");
        assert_eq!(end_by_slurm(&line("")), Some(Phase::Ending));
        assert_eq!(end_by_slurm(&line(" DUE TO TIME LIMIT")), Some(Phase::OutOfTime));
        assert_eq!(end_by_slurm(&line(" DUE TO PREEMPTION")), Some(Phase::Preempted));
        assert_eq!(end_by_slurm(&line(" DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS")), Some(Phase::Requeued));
        assert_eq!(end_by_slurm("srun: error: Node failure on n1\n"), None);
    }

    #[test]
    fn memory_is_seen_in_the_part_of_the_log_that_is_of_this_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let first = "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=7.0\n";
        std::fs::write(&path, format!("{first}srun: error: n1: task 0: Killed\n")).unwrap();
        assert!(tells_of_memory(&since(&path, 0)));
        assert!(!tells_of_memory(&since(&path, first.len() as u64)));
        assert_eq!(since(Path::new("/no/such/log"), 0), "");
    }
}
