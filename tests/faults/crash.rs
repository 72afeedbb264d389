//! The process is killed at system calls, in their place or in the middle of them: at some for each change, at all in
//! `make test-long`.

use crate::bench::{Bench, State};
use crate::every::Series;
use crate::launch::Launcher;
use crate::shim::What;

/// Every other write is torn.
fn crash(at: u64) -> What {
    if at.is_multiple_of(2) { What::Tear } else { What::Kill }
}

#[test]
fn kills_at_calls_of_a_new_run() {
    let bench = Bench::new();
    assert_eq!(Series { stride: 3, ..Series::new(&bench, State::New, "run", crash) }.wrong(), 0);
}

#[test]
fn kills_at_calls_of_a_resumed_run() {
    let bench = Bench::new();
    assert_eq!(Series { stride: 5, ..Series::new(&bench, State::Killed, "run", crash) }.wrong(), 0);
}

#[test]
fn kills_at_calls_of_reduce() {
    let bench = Bench::new();
    assert_eq!(Series { stride: 5, ..Series::new(&bench, State::Unmerged, "reduce", crash) }.wrong(), 0);
}

#[test]
fn kills_of_one_of_two_ranks() {
    let bench = Bench::new();
    let mut wrong = 0;
    for (rank, stride) in [(0, 25), (1, 7)] {
        let series = Series::new(&bench, State::New, "run", crash);
        wrong += Series { launcher: Launcher::Ranks(2), rank: Some(rank), stride, ..series }.wrong();
    }
    assert_eq!(wrong, 0);
}

#[test]
#[ignore = "many minutes"]
fn a_kill_at_each_call_in_every_state() {
    let bench = Bench::new();
    let mut wrong = 0;
    for state in [State::New, State::Killed, State::Unmerged, State::Complete] {
        wrong += Series::new(&bench, state, "run", crash).wrong();
        wrong += Series::new(&bench, state, "run", |_| What::Tear).wrong();
    }
    wrong += Series::new(&bench, State::Unmerged, "reduce", crash).wrong();
    for rank in [0, 1] {
        let series = Series::new(&bench, State::New, "run", crash);
        wrong += Series { launcher: Launcher::Ranks(2), rank: Some(rank), ..series }.wrong();
    }
    assert_eq!(wrong, 0);
}
