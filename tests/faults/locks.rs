//! File systems on which `flock` does not work, each in its own way.

use crate::bench::{Bench, State, done};
use crate::judge::last_line;
use crate::launch::Launcher;
use crate::running::await_until;
use crate::shim::{Fault, What};

/// ENOSYS, ENOLCK, EOPNOTSUPP, and ENOTSUPP, which no program should ever see.
const ERRORS: [i32; 4] = [38, 37, 95, 524];

fn without_locks(error: i32) -> Fault {
    Fault { error, ..Fault::new("flock", 1, What::From) }
}

/// What went wrong with a verb for which `flock` gives this error.
fn refusal(bench: &Bench, error: i32, launcher: Launcher, arguments: &[&str], out: &str) -> Option<String> {
    let ended = without_locks(error).start(launcher, arguments, out).0.wait();
    let what = match (ended.code, bench.difference(out)) {
        (Some(0), None) => return None,
        // A verb that only reads what a killed run left leaves it as it is.
        (Some(0), Some(_)) if arguments[0] == "status" => return None,
        (Some(0), Some(difference)) => difference,
        (code, _) => format!("exit code {code:?}: {}", last_line(&ended.errors)),
    };
    Some(format!("flock gives {error}, {launcher:?}, {}: {what}", arguments[0]))
}

fn conclude(refusals: Vec<String>) {
    assert!(refusals.is_empty(), "{} refusals:\n{}", refusals.len(), refusals.join("\n"));
}

#[test]
fn a_sweep_needs_no_flock() {
    let bench = Bench::new();
    let mut refusals = Vec::new();
    for error in ERRORS {
        for launcher in [Launcher::Alone, Launcher::Ranks(2)] {
            let out = bench.fresh();
            refusals.extend(refusal(&bench, error, launcher, &bench.run(&out), &out));
        }
    }
    conclude(refusals);
}

#[test]
fn every_verb_works_without_flock() {
    let bench = Bench::new();
    bench.prepare(State::Complete);
    bench.prepare(State::Killed);
    let mut refusals = Vec::new();
    for error in ERRORS {
        let out = bench.at(State::Complete);
        let verbs: [&[&str]; 6] = [
            &["status", &out],
            &["table", &out],
            &["verify", &out, "--recompute", "3"],
            &["reduce", &out],
            &["doctor"],
            &bench.run(&out),
        ];
        refusals.extend(verbs.iter().filter_map(|verb| refusal(&bench, error, Launcher::Alone, verb, &out)));
        let out = bench.at(State::Killed);
        let verbs: [&[&str]; 2] = [&["status", &out], &bench.run(&out)];
        refusals.extend(verbs.iter().filter_map(|verb| refusal(&bench, error, Launcher::Alone, verb, &out)));
    }
    conclude(refusals);
}

/// Whether locks work for both, for none, or, as on a disk that two machines see differently, for one of the two.
#[test]
fn the_second_run_is_refused_with_and_without_flock() {
    let slow = "[sweep]\nname = \"faults\"\nexperiment = \"null\"\nreplicates = 30\n[fixed]\nduration = 0.1\n";
    let short = slow.replace("duration = 0.1", "duration = 0.001");
    for (first, second) in [(true, true), (false, false), (true, false), (false, true)] {
        let bench = Bench::of(&short, 30);
        std::fs::write(&bench.sweep, slow).unwrap();
        let out = bench.fresh();
        let start = |locks: bool| match locks {
            true => (Launcher::Alone.start(&bench.run(&out)), None),
            false => {
                let (running, report) = without_locks(38).start(Launcher::Alone, &bench.run(&out), &out);
                (running, Some(report))
            }
        };
        let (mut running, _report) = start(first);
        await_until("the first records", || (running.has_ended() || done(&out) > 0).then_some(()));
        if running.has_ended() {
            panic!("flock for {first} and {second}: the first run ended before its time: {}", running.wait());
        }
        let (refused, _report) = start(second);
        let refused = refused.wait();
        assert!(!running.has_ended(), "the first run ended before its time");
        refused.expect(6).says(&["another run is working here"]);
        running.wait().expect(0);
        Launcher::Alone.run(&["verify", &out]).expect(0);
    }
}
