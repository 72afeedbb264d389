//! What this process may use of the machine it runs on.

use std::fs;

use crate::machine::process;
use crate::schedule::Usage;

/// The name of this host.
pub(super) fn host() -> String {
    process::host()
}

/// The processors that this process may run on, as the kernel lists them (`0-3,8`).
pub(super) fn processors() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    line.map(|list| list.trim().to_string()).unwrap_or_default()
}

/// How many threads to compute with by default: what Slurm gives a task, otherwise the processors that this process may
/// use, divided by the ranks that share them.
pub(super) fn threads(sharers: usize) -> usize {
    let of_slurm = std::env::var("SLURM_CPUS_PER_TASK").ok().and_then(|count| count.parse().ok());
    of_slurm.unwrap_or(available() / sharers.max(1)).max(1)
}

/// What this process has used so far.
pub(super) fn usage() -> Usage {
    let (peak_memory, cpu_seconds) = process::usage();
    Usage { peak_memory, cpu_seconds }
}

/// How many processors this process may use.
pub(super) fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
