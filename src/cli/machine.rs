//! What this process may use of the machine it runs on.

use std::fs;
use std::mem::MaybeUninit;

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
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the call writes to what it is given; zeros are a usage, too, should it fail.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + 1e-6 * time.tv_usec as f64;
    // Linux counts in kilobytes of 1024 bytes.
    let peak_memory = u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024;
    Usage { peak_memory, cpu_seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime) }
}

/// How many processors this process may use.
pub(super) fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
