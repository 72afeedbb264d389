//! Leases: who works in a directory, on any file system.
//!
//! A lease is a file in `DIR/runs` that one process creates exclusively and rewrites every second. It works wherever
//! exclusive creation does, with flock or without, and on machines that share nothing but the disk.
//!
//! # The limits in time
//! A holder that could not beat for 30 s ([`pulse::LONGEST_PAUSE`]) has lost its lease by its own clock, which counts
//! the time of a suspended machine too. Others take a lease for stale after 60 s without a beat ([`watch::PATIENCE`]),
//! by their own clock. So a process that takes a lease over finds that its holder has already given up. On the same
//! boot and in the same namespaces no clock is needed: a holder whose process is gone is dead.
//!
//! # The fence of `reduce`
//! On the same boot a `reduce` that is suspended and stood still for 5 s is deposed, although it may wake up. It writes
//! to temporary files and renames them; the next process takes the lease and then removes the temporary files
//! ([`reduce::acquire_reduce`]). A writer therefore creates its temporary file, **then** calls [`Lease::check`], and
//! then renames. If the check came before the lease was taken, the temporary file is removed before the next holder
//! reads anything, and the rename fails; if it came after, the check fails.
//!
//! # Why [`claim_run`] lets one run through
//! A run creates its lease with the stage `starting`, **then** lists the other leases, and turns to `working` only when
//! each one listed is gone, stale, or has given way. It gives way itself to each living one with a lower number, and to
//! each living one with a higher number that works already; one with a higher number that is starting is waited for.
//!
//! *At most one works.* Let P < Q both work, and both live. If P's lease was there when Q listed, Q gave way. So P
//! created its lease after Q had listed, hence after Q had created its own; so P listed Q, waited until Q worked, and
//! gave way. *At least one works*, if none dies or is stopped: the lowest of those that start together gives way to
//! none but one that works. *There is no circular waiting:* a process waits without limit for higher numbers only.
//!
//! Shares of one sweep work side by side: to another share a share neither gives way nor does it wait. To all other
//! runs it is a run like any other, so that the proof holds for every pair of runs that are not both shares.
//!
//! The proof needs that a lease stays in its place while its holder works, which is what the limits in time are for,
//! and that numbers are not used twice, which is why the number is looked up again after the lease has been created.

mod claim;
mod content;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod held;
mod living;
mod process;
mod pulse;
mod reduce;
mod sighting;
#[cfg(test)]
mod tests;
mod wait;
mod watch;

pub(crate) use claim::{Claim, claim_run};
pub(crate) use content::Purpose;
pub(crate) use held::Lease;
pub(crate) use living::{LivingRun, LivingState, living_run};
pub(crate) use reduce::{acquire_reduce, is_reduce_held};
pub(crate) use sighting::Sighting;

use crate::machine::{self, program};

/// This process with its program, as the journals that it writes name it; JSON.
pub(crate) fn this_process() -> String {
    let process = serde_json::to_value(process::Process::own()).unwrap_or_default();
    let program = program::version();
    serde_json::json!({ "program": program, "process": process, "memory_kills": memory_kills() }).to_string()
}

/// The boot id of this machine; empty where it has none.
pub(crate) fn own_boot() -> String {
    machine::process::boot_id()
}

/// How many processes the kernel of this machine has killed for lack of memory since its start, if it reports this.
pub(crate) fn memory_kills() -> Option<u64> {
    machine::process::memory_kills()
}

/// The boot id in what [`this_process`] gave.
pub(crate) fn boot_of(text: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(text).ok()?;
    value["process"]["boot_id"].as_str().map(String::from)
}

/// What can be known of the machine of a process that has died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// This one, without a restart in between. Whether its kernel has killed some process for lack of memory since, if
    /// that can be known.
    Here { killed_for_memory: Option<bool> },
    /// This one, which has been started since: the process died with it, or before.
    StartedSince,
    /// Another one, or a container that does not report it.
    Elsewhere,
}

/// The machine of a process that has died, from what [`this_process`] gave while it lived.
pub(crate) fn machine_of(text: &[u8]) -> Machine {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(text) else { return Machine::Elsewhere };
    let (own, process) = (process::Process::own(), &value["process"]);
    if own.boot_id.is_empty() || process["host"].as_str() != Some(&own.host) {
        return Machine::Elsewhere;
    }
    match process["boot_id"].as_str() {
        Some(boot) if boot == own.boot_id => {
            let kills = value["memory_kills"].as_u64().zip(memory_kills());
            Machine::Here { killed_for_memory: kills.map(|(then, now)| now > then) }
        }
        Some("") | None => Machine::Elsewhere,
        Some(_) => Machine::StartedSince,
    }
}
