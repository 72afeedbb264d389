//! What happens to processes: signals, limits of time, and others at work in the same directory.

use crate::bench::State;
use crate::judge::{PATIENCE, last_line};
use crate::launch::Launcher;
use crate::running::{Running, await_until, signal};
use crate::shim::{Fault, What};
use crate::soak::Kind;
use crate::trial::Trial;

pub(crate) const KINDS: [Kind; 12] = [
    ("kill -9 of one rank", |trial| kill(trial, Victim::One)),
    ("kill -9 of all ranks", |trial| kill(trial, Victim::All)),
    ("kill -9 of the launcher", |trial| kill(trial, Victim::Launcher)),
    ("SIGTERM", |trial| stop_early(trial, &["TERM"])),
    ("SIGINT, twice", |trial| stop_early(trial, &["INT", "INT"])),
    ("SIGUSR1", |trial| stop_early(trial, &["USR1"])),
    ("SIGSTOP and SIGCONT", pause),
    ("a limit of time", time_limit),
    ("two runs at once", two_runs),
    ("reduce while it runs", reduce_meanwhile),
    ("reduce stops while the run completes", late_reduce),
    ("killed while reduce works", kill_with_reduce),
];

const LEFT: [State; 3] = [State::New, State::Killed, State::Stopped];
const ANY: [State; 5] = [State::New, State::Killed, State::Stopped, State::Unmerged, State::Complete];

#[derive(Clone, Copy, PartialEq)]
enum Victim {
    One,
    All,
    Launcher,
}

/// Before there are ranks the launcher is the only victim.
fn strike(trial: &mut Trial, running: &Running, victim: Victim) {
    let ranks = running.ranks();
    match victim {
        Victim::One if !ranks.is_empty() => signal(trial.one_of(&ranks).1, "KILL"),
        Victim::All if !ranks.is_empty() => ranks.iter().for_each(|(_, pid)| signal(*pid, "KILL")),
        _ => signal(running.pid(), "KILL"),
    }
}

fn kill(trial: &mut Trial, victim: Victim) {
    trial.enter(&ANY);
    let mut running = trial.start();
    trial.linger(0.6);
    trial.reached = !running.has_ended();
    strike(trial, &running, victim);
    trial.wait_for_struck(running, &[Some(0), None]);
    trial.conclude(false);
}

/// Signals that let the tasks in hand finish; 0.6 s apart they are two, not one that came twice.
fn stop_early(trial: &mut Trial, names: &[&str]) {
    trial.enter(&LEFT);
    let mut running = trial.start();
    trial.reached = false;
    let pids = trial.await_handlers(&mut running);
    trial.linger(0.4);
    for (index, name) in names.iter().enumerate().filter(|_| !pids.is_empty()) {
        std::thread::sleep(std::time::Duration::from_millis(if index == 0 { 0 } else { 600 }));
        let pid = trial.one_of(&pids);
        if !running.has_ended() {
            trial.reached = true;
            signal(pid, name);
        }
    }
    trial.wait_for_struck(running, &[Some(0), Some(75)]);
    trial.conclude(false);
}

fn pause(trial: &mut Trial) {
    trial.enter(&ANY);
    let mut running = trial.start();
    trial.linger(0.4);
    trial.reached = !running.has_ended();
    let mut ranks = running.ranks();
    if trial.below(2) == 0 {
        ranks.truncate(1);
    }
    ranks.iter().for_each(|(_, pid)| signal(*pid, "STOP"));
    trial.linger(1.0);
    ranks.iter().for_each(|(_, pid)| signal(*pid, "CONT"));
    trial.wait(running, &[0]);
    trial.conclude(false);
}

fn time_limit(trial: &mut Trial) {
    trial.enter(&LEFT);
    let words = trial.case.arguments.clone();
    let limit = format!("{}ms", 1 + trial.below(300));
    trial.case.arguments.extend(["--time-limit".into(), limit]);
    let running = trial.start();
    trial.case.arguments = words;
    // Open MPI and MPICH pass the code of a program that ended by itself on.
    let ended = trial.wait(running, &[0, 75]);
    trial.reached = ended.is_some_and(|ended| ended.code == Some(75));
    trial.conclude(false);
}

/// The second is refused while the first lives, which is stopped meanwhile so that it does.
fn two_runs(trial: &mut Trial) {
    trial.enter(&LEFT);
    let mut first = trial.start();
    let pids = trial.await_handlers(&mut first);
    trial.linger(0.3);
    pids.iter().for_each(|pid| signal(*pid, "STOP"));
    let lived = !first.has_ended();
    let second = trial.start().wait_at_most(PATIENCE);
    pids.iter().for_each(|pid| signal(*pid, "CONT"));
    if let Some(second) = trial.case.ended(second) {
        trial.reached = second.code == Some(6) && second.errors.contains("another run is working here");
        if !trial.reached && second.code != Some(0) {
            trial.case.problem(format!("second run: exit code {:?}: {}", second.code, last_line(&second.errors)));
        }
        // The second may have been the first in the directory.
        trial.wait(first, if lived && !trial.reached { &[0, 6] } else { &[0] });
    }
    trial.conclude(false);
}

fn reduce_meanwhile(trial: &mut Trial) {
    trial.enter(&LEFT);
    let mut running = trial.start();
    let out = trial.case.out.clone();
    while !running.has_ended() {
        trial.linger(0.1);
        if std::path::Path::new(&format!("{out}/sweep.toml")).exists() {
            let ended = Launcher::Alone.start(&["reduce", &out]).wait_at_most(PATIENCE);
            if let Some(ended) = trial.case.ended(ended).filter(|ended| ended.code != Some(0)) {
                trial.case.problem(format!("reduce: exit code {:?}: {}", ended.code, last_line(&ended.errors)));
            }
        }
    }
    trial.wait(running, &[0]);
    trial.case.check_success("", None);
    trial.conclude(false);
}

/// The run may wait for a reduce that has begun, but what is there in the end is the run's.
fn late_reduce(trial: &mut Trial) {
    trial.enter(&[State::Killed, State::Stopped]);
    let out = trial.case.out.clone();
    let at = 1 + trial.below(20) as u64;
    let fault = Fault::new("open,write,pwrite,rename,fsync", at, What::Stop);
    let (mut reduce, report) = fault.start(Launcher::Alone, &["reduce", &out], &out);
    await_until("the stop or the end", || (report.struck().is_some() || reduce.has_ended()).then_some(()));
    let mut running = trial.start();
    let started = std::time::Instant::now();
    while !running.has_ended() && started.elapsed().as_secs() < 4 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    trial.reached = report.struck().is_some();
    signal(reduce.pid(), "CONT");
    trial.wait(running, &[0]);
    trial.wait(reduce, &[0, 6, 75]);
    trial.case.check_success("", None);
    trial.conclude(false);
}

fn kill_with_reduce(trial: &mut Trial) {
    trial.enter(&[State::Killed, State::Stopped]);
    let out = trial.case.out.clone();
    let running = trial.start();
    trial.linger(0.5);
    let reduce = Launcher::Alone.start(&["reduce", &out]);
    trial.linger(0.05);
    strike(trial, &running, Victim::All);
    trial.wait_for_struck(running, &[Some(0), None]);
    trial.wait(reduce, &[0, 6]);
    trial.conclude(false);
}
