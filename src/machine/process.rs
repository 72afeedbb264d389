//! Which process this is, on which machine.

use std::fs;
use std::mem::MaybeUninit;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::or_simulated;

/// The number of this process.
pub(crate) fn id() -> u32 {
    or_simulated!(machine => machine.process_id());
    std::process::id()
}

/// The name of this host.
pub(crate) fn host() -> String {
    or_simulated!(machine => machine.host());
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// Created anew by the kernel whenever it starts; empty where there is none.
pub(crate) fn boot_id() -> String {
    or_simulated!(machine => machine.boot_id());
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().into()
}

/// How many processes the kernel has killed for lack of memory since its start, in any container; not every kernel
/// reports it.
pub(crate) fn memory_kills() -> Option<u64> {
    or_simulated!(machine => Some(machine.memory_kills()));
    let counters = fs::read_to_string("/proc/vmstat").ok()?;
    counters.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

/// The peak memory of this process in bytes, and the seconds that processors have worked for it.
pub(crate) fn usage() -> (u64, f64) {
    // What is measured would make each replay of a history another one.
    or_simulated!(_machine => (1 << 20, 0.5));
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the call writes to what it is given; zeros are a usage, too, should it fail.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + 1e-6 * time.tv_usec as f64;
    // Linux counts in kilobytes of 1024 bytes.
    let peak_memory = u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024;
    (peak_memory, seconds(usage.ru_utime) + seconds(usage.ru_stime))
}

/// Uses more and more memory until this process is killed for it.
pub(crate) fn take_all_memory() -> ! {
    const PIECE: usize = 1 << 24;
    #[cfg(test)]
    if let Some(machine) = super::simulated::here() {
        machine.take_all_memory();
    }
    let mut taken = Vec::new();
    loop {
        taken.push(std::hint::black_box(vec![1_u8; PIECE]));
    }
}

/// Ends this process by SIGABRT.
pub(crate) fn abort() -> ! {
    #[cfg(test)]
    if let Some(machine) = super::simulated::here() {
        machine.crash(libc::SIGABRT);
    }
    std::process::abort()
}

/// Ends this process with an exit code.
pub(crate) fn exit(code: i32) -> ! {
    std::process::exit(code)
}

/// What identifies the namespaces of process numbers and of times.
pub(crate) fn namespaces() -> String {
    or_simulated!(_machine => "simulated".into());
    let namespace = |kind: &str| {
        fs::read_link(format!("/proc/self/ns/{kind}")).map_or_else(|_| String::new(), |link| link.display().to_string())
    };
    [namespace("pid"), namespace("time")].join(" ").trim().into()
}

/// Whether `/proc` shows the processes of our own namespace: a container may see the one of another.
pub(crate) fn proc_is_ours() -> bool {
    or_simulated!(_machine => true);
    fs::read_link("/proc/self").is_ok_and(|own| own.to_str() == Some(&std::process::id().to_string()))
}

/// Whether there is no process of this number.
pub(crate) fn is_gone(pid: u32) -> bool {
    or_simulated!(machine => machine.is_gone(pid));
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) == Err(Errno::SRCH))
}

/// What `/proc/PID/stat` says, where it can be read.
pub(crate) fn status(pid: u32) -> Option<String> {
    or_simulated!(machine => machine.status(pid));
    fs::read_to_string(format!("/proc/{pid}/stat")).ok()
}

/// Random bytes that no other process has.
///
/// # Errors
/// The system has none.
pub(crate) fn random_bytes() -> std::io::Result<[u8; 16]> {
    or_simulated!(machine => Ok(machine.random_bytes()));
    let mut bytes = [0; 16];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?;
    Ok(bytes)
}
