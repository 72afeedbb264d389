//! Faults of system calls, and of what a process is allowed.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::bench::{State, copy};
use crate::judge::PATIENCE;
use crate::launch::{Launcher, with_mpi};
use crate::running::{Running, await_until, signal};
use crate::shim::{Fault, INPUT_OUTPUT, NO_SPACE, QUOTA, What};
use crate::soak::Kind;
use crate::trial::Trial;

pub(crate) const KINDS: [Kind; 15] = [
    ("a call fails once", |trial| fail(trial, What::Fail)),
    ("a call and all later ones fail", |trial| fail(trial, What::From)),
    ("half a write, then failures", |trial| fail(trial, What::Half)),
    ("a full disk", full_disk),
    ("a short write", short),
    ("killed at a call", |trial| kill(trial, What::Kill)),
    ("killed in the middle of a write", |trial| kill(trial, What::Tear)),
    ("killed, and killed again while it recovers", kill_twice),
    ("stopped at a call, goes on", stop),
    ("a read fails", |trial| fail_quietly(trial, "read")),
    ("a close fails", |trial| fail_quietly(trial, "close")),
    ("no flock", no_locks),
    ("a directory that is read-only", read_only),
    ("a small disk that is full and grows", small_disk),
    ("a limit on the size of files", file_size_limit),
];

const ANY: [State; 5] = [State::New, State::Killed, State::Stopped, State::Unmerged, State::Complete];
const WRITES: &str = "write,pwrite,open,mkdir,ftruncate,rename";

const CALLS: [&str; 8] = ["write", "pwrite", "fsync", "rename", "open", "mkdir", "ftruncate", "unlink"];
const FILES: [&str; 9] = ["", "", "", "journal", "shards", "results.h5", "tables", "checksums", "runs"];

/// One that the command comes to, if ten attempts find one.
fn random_fault(trial: &mut Trial, what: What) -> Fault {
    let (error, rank) = (trial.one_of(&[NO_SPACE, INPUT_OUTPUT, QUOTA]), random_rank(trial));
    let mut fault = Fault { error, rank, ..Fault::new("write", 1, what) };
    for _ in 0..10 {
        fault.calls = trial.one_of(if what == What::Tear || what == What::Short { &CALLS[..2] } else { &CALLS }).into();
        fault.file = trial.one_of(&FILES);
        let calls = trial.count(&fault) as usize;
        if calls > 0 {
            fault.at = 1 + trial.below(calls) as u64;
            break;
        }
    }
    fault
}

/// All of them half of the time.
fn random_rank(trial: &mut Trial) -> Option<usize> {
    let rank = trial.below(2 * trial.case.launcher.ranks());
    Some(rank).filter(|rank| *rank < trial.case.launcher.ranks())
}

fn meet(trial: &mut Trial, fault: &Fault) {
    let (running, report) = trial.start_with(fault);
    let ended = running.wait_at_most(PATIENCE);
    trial.reached = report.struck().is_some();
    trial.case.judge_failure(ended, &fault.calls, report.struck().as_deref());
}

fn fail(trial: &mut Trial, what: What) {
    trial.enter(&ANY);
    let fault = random_fault(trial, what);
    meet(trial, &fault);
}

fn full_disk(trial: &mut Trial) {
    trial.enter(&ANY);
    let at = 1 + trial.below(120) as u64;
    let error = trial.one_of(&[NO_SPACE, QUOTA]);
    let what = trial.one_of(&[What::From, What::Half]);
    meet(trial, &Fault { error, ..Fault::new(WRITES, at, what) });
}

fn fail_quietly(trial: &mut Trial, call: &str) {
    trial.enter(&ANY);
    let at = 1 + trial.below(40) as u64;
    let rank = random_rank(trial);
    let (running, report) = trial.start_with(&Fault { error: INPUT_OUTPUT, rank, ..Fault::new(call, at, What::Fail) });
    trial.wait(running, &[0, 6]);
    trial.reached = report.struck().is_some();
    trial.conclude(true);
}

fn short(trial: &mut Trial) {
    trial.enter(&ANY);
    let fault = random_fault(trial, What::Short);
    let (running, report) = trial.start_with(&fault);
    trial.wait(running, &[0]);
    trial.reached = report.struck().is_some();
    trial.conclude(false);
}

fn kill(trial: &mut Trial, what: What) {
    trial.enter(&ANY);
    let fault = random_fault(trial, what);
    let (running, report) = trial.start_with(&fault);
    trial.wait_for_struck(running, &[Some(0), None]);
    trial.reached = report.struck().is_some();
    trial.conclude(false);
}

fn kill_twice(trial: &mut Trial) {
    trial.enter(&[State::New, State::Killed, State::Stopped]);
    for _ in 0..2 {
        let fault = random_fault(trial, What::Kill);
        let (running, report) = trial.start_with(&fault);
        trial.wait_for_struck(running, &[Some(0), None]);
        trial.reached = report.struck().is_some();
    }
    trial.conclude(false);
}

fn stop(trial: &mut Trial) {
    trial.enter(&ANY);
    let fault = random_fault(trial, What::Stop);
    let (mut running, report) = trial.start_with(&fault);
    await_until("the stop or the end", || (report.struck().is_some() || running.has_ended()).then_some(()));
    trial.linger(0.5);
    // Each rank stops at that call, and another may come to it only now.
    let waker = Instant::now();
    while !running.has_ended() && waker.elapsed() < PATIENCE {
        running.ranks().iter().for_each(|(_, pid)| signal(*pid, "CONT"));
        std::thread::sleep(Duration::from_millis(50));
    }
    trial.wait(running, &[0]);
    trial.reached = report.struck().is_some();
    trial.conclude(false);
}

fn no_locks(trial: &mut Trial) {
    trial.enter(&ANY);
    let error = trial.one_of(&[38, 37, 95, 524]);
    let rank = random_rank(trial);
    let (running, _report) = trial.start_with(&Fault { error, rank, ..Fault::new("flock", 1, What::From) });
    trial.wait(running, &[0]);
    trial.conclude(false);
}

/// Where nothing is left to do, nothing needs to be written.
fn read_only(trial: &mut Trial) {
    trial.enter(&ANY);
    let error = trial.one_of(&[30, 13]);
    let fault = Fault { error, ..Fault::new("write,pwrite,open,mkdir,ftruncate,rename,unlink,link", 1, What::From) };
    let complete = trial.case.state == State::Complete && trial.case.arguments[0] == "run";
    let (running, _report) = trial.start_with(&fault);
    trial.wait(running, if complete { &[0, 6] } else { &[6] });
    if trial.case.state != State::New {
        for arguments in [&["status"][..], &["table"], &["verify"]] {
            let arguments = [arguments, &[&trial.case.out]].concat();
            let (running, _report) = fault.start(Launcher::Alone, &arguments, &trial.case.out);
            // The table of a sweep with nothing in it, or results that are not there, are no matter of this fault.
            trial.wait(running, if trial.case.state == State::Unmerged { &[0, 5] } else { &[0] });
        }
    }
    trial.conclude(true);
}

/// A separate disk of a given size.
struct Disk(String);

impl Disk {
    fn mount(path: &str) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let arguments = ["-t", "tmpfs", "-o", "size=16m", "microzone-test", path];
        let mounted = Command::new("mount").args(arguments).output().is_ok_and(|output| output.status.success());
        mounted.then(|| Self(path.into()))
    }

    fn resize(&self, bytes: u64) {
        let options = format!("remount,size={bytes}");
        let output = Command::new("mount").args(["-o", &options, &self.0]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn used(&self) -> u64 {
        let output = Command::new("df").args(["--output=used", "-B1", &self.0]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().nth(1).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["--lazy", &self.0]).status();
    }
}

/// A user who may not mount (`mount` is for root) gets a disk that is full from some call on.
fn small_disk(trial: &mut Trial) {
    let state = trial.one_of(&ANY);
    let folder = trial.case.bench.fresh();
    let Some(disk) = Disk::mount(&folder) else { return full_disk(trial) };
    let out = format!("{folder}/results");
    if state != State::New {
        let from = trial.case.bench.at(state);
        copy(&from, &out);
        std::fs::remove_dir_all(from).unwrap();
    }
    trial.place(state, &out);
    disk.resize(disk.used() + 4096 * (1 + trial.below(24) as u64));
    let running = trial.start();
    trial.wait(running, &[0, 6]);
    disk.resize(16 << 20);
    trial.conclude(true);
}

/// Of the launcher and all that it starts.
fn file_size_limit(trial: &mut Trial) {
    trial.enter(&ANY);
    trial.case.launcher = Launcher::Alone;
    let limit = 100 + trial.below(20_000);
    let mut command = Command::new("prlimit");
    command.arg(format!("--fsize={limit}")).arg(with_mpi()).args(&trial.case.arguments);
    let running = Running::start(command);
    trial.wait(running, &[0, 6]);
    trial.conclude(true);
}
