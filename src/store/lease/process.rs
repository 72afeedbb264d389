//! Which process, on which boot of which machine; and whether it still lives.

use crate::machine::process;

/// What distinguishes this process from every other one, here and elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Process {
    pub(super) host: String,
    /// Empty if the kernel does not report it: then this process is elsewhere for all others.
    pub(super) boot_id: String,
    /// Of process numbers and of times: in other ones both numbers mean something else.
    pub(super) namespaces: String,
    pub(super) pid: u32,
    /// In ticks since the boot; another process with the same number has another one.
    pub(super) start: u64,
}

/// Whether the process that wrote a lease lives, as far as it can be known from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Alive,
    /// Suspended, by a terminal or a debugger.
    Stopped,
    Dead,
    /// On another machine or in another container, or hidden from us.
    Unknown,
}

impl Process {
    /// This process.
    pub(super) fn own() -> Self {
        let pid = process::id();
        Self {
            host: process::host(),
            boot_id: process::boot_id(),
            namespaces: process::namespaces(),
            pid,
            start: status_of(pid).map_or(0, |status| status.start),
        }
    }

    /// Whether process numbers here are those that `other` means.
    fn shares_numbers_with(&self, other: &Self) -> bool {
        let same = self.boot_id == other.boot_id && self.namespaces == other.namespaces;
        same && process::proc_is_ours() && !self.boot_id.is_empty() && !self.namespaces.is_empty()
    }

    /// What `self` can know about whether `other` is alive.
    pub(super) fn life_of(&self, other: &Self) -> Life {
        if !self.shares_numbers_with(other) || other.start == 0 {
            return Life::Unknown;
        }
        if process::is_gone(other.pid) {
            return Life::Dead;
        }
        // Where /proc hides the processes of other users, this one exists, but may be a later one of the same number.
        status_of(other.pid).map_or(Life::Unknown, |status| status.life(other.start))
    }
}

/// What `/proc/PID/stat` says.
#[derive(Debug, PartialEq, Eq)]
struct ProcessStatus {
    state: char,
    start: u64,
}

impl ProcessStatus {
    fn parse(text: &str) -> Option<Self> {
        // The name of the program is in brackets and may contain spaces and brackets itself.
        let mut fields = text.rsplit_once(')')?.1.split_ascii_whitespace();
        Some(Self { state: fields.next()?.chars().next()?, start: fields.nth(18)?.parse().ok()? })
    }

    fn life(&self, expected_start: u64) -> Life {
        match self.state {
            _ if self.start != expected_start => Life::Dead,
            'Z' | 'X' | 'x' => Life::Dead,
            'T' | 't' => Life::Stopped,
            _ => Life::Alive,
        }
    }
}

fn status_of(pid: u32) -> Option<ProcessStatus> {
    ProcessStatus::parse(&process::status(pid)?)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_name_of_a_program_may_look_like_fields() {
        let line = "7 (a) S (b) 1) Z 1 7 7 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 9876 0 0 18446744073709551615";
        assert_eq!(ProcessStatus::parse(line), Some(ProcessStatus { state: 'Z', start: 9876 }));
        assert_eq!(ProcessStatus::parse("7 (a) S 1"), None);
    }

    #[test]
    fn this_process_lives_and_one_of_the_same_number_and_another_start_does_not() {
        let own = Process::own();
        assert_eq!(own.life_of(&own), Life::Alive);
        assert_eq!(own.life_of(&Process { start: own.start + 1, ..own.clone() }), Life::Dead);
        assert_eq!(own.life_of(&Process { boot_id: "another".into(), ..own.clone() }), Life::Unknown);
        assert_eq!(own.life_of(&Process { namespaces: "another".into(), ..own.clone() }), Life::Unknown);
    }

    #[test]
    fn a_child_is_alive_then_stopped_then_a_zombie_then_gone() {
        let own = Process::own();
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let process = Process { pid: child.id(), start: status_of(child.id()).unwrap().start, ..own.clone() };
        let becomes = |life| {
            let mut looks = (0..1000).map(|_| std::thread::sleep(std::time::Duration::from_millis(10)));
            assert!(looks.any(|()| own.life_of(&process) == life), "not {life:?}: {:?}", own.life_of(&process));
        };
        becomes(Life::Alive);
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
        becomes(Life::Stopped);
        child.kill().unwrap();
        becomes(Life::Dead);
        assert_eq!(status_of(child.id()).unwrap().state, 'Z');
        child.wait().unwrap();
        assert_eq!(status_of(child.id()), None);
        assert_eq!(own.life_of(&process), Life::Dead);
    }
}
