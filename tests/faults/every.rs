//! System calls of each kind fail once, one after the other: some of them for each change, all of them in `make
//! test-long`.

use crate::bench::{Bench, State, done};
use crate::judge::{Case, PATIENCE};
use crate::launch::Launcher;
use crate::place::runs;
use crate::running::Ended;
use crate::shim::{Fault, Report, What};
use crate::table::{Table, Verdict};

const CALLS: [&str; 9] = ["write", "pwrite", "fsync", "rename", "open", "ftruncate", "mkdir", "unlink", "link"];

/// What a full disk refuses.
const FULL_DISK: [&str; 1] = ["write,pwrite,open,mkdir,ftruncate,rename"];

/// A command that meets each fault in a directory in the same state.
pub(crate) struct Series<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) state: State,
    pub(crate) verb: &'static str,
    pub(crate) launcher: Launcher,
    pub(crate) rank: Option<usize>,
    /// What happens to the call with this number.
    pub(crate) what: fn(u64) -> What,
    /// The kinds of call; those of one kind are counted together.
    pub(crate) calls: &'a [&'a str],
    /// Only for paths in the directory that contain this.
    pub(crate) file: &'static str,
    /// Every so manyeth call only.
    pub(crate) stride: usize,
}

impl<'a> Series<'a> {
    pub(crate) fn new(bench: &'a Bench, state: State, verb: &'static str, what: fn(u64) -> What) -> Self {
        bench.prepare(state);
        Self { bench, state, verb, launcher: Launcher::Alone, rank: None, what, calls: &CALLS, file: "", stride: 1 }
    }

    fn arguments<'b>(&'b self, out: &'b str) -> Vec<&'b str> {
        if self.verb == "run" { self.bench.run(out).to_vec() } else { vec![self.verb, out] }
    }

    fn strike(&self, fault: &Fault, out: &str) -> (Result<Ended, Ended>, Report) {
        let fault = Fault { rank: self.rank, file: self.file, ..fault.clone() };
        let (running, report) = fault.start(self.launcher, &self.arguments(out), out);
        (running.wait_at_most(PATIENCE), report)
    }

    /// How many calls of this kind there are without a fault.
    fn count(&self, call: &str) -> u64 {
        let out = self.bench.at(self.state);
        let (ended, report) = self.strike(&Fault::new(call, 0, What::Fail), &out);
        assert_eq!(ended.as_ref().map(|ended| ended.code).ok(), Some(Some(0)), "{}", ended.unwrap_or_else(|hung| hung));
        assert_eq!(self.bench.difference(&out), None);
        report.calls()
    }

    /// The outcome, and whether the call was reached.
    fn judge(&self, call: &str, at: u64, before: u64) -> (Verdict, bool) {
        let out = self.bench.at(self.state);
        let what = (self.what)(at);
        let (ended, report) = self.strike(&Fault::new(call, at, what), &out);
        let struck = report.struck();
        let single = what == What::Fail && (self.rank.is_some() || self.launcher == Launcher::Alone);
        let arguments = self.arguments(&out).into_iter().map(str::to_string).collect();
        let case = Case::new(self.bench, self.state, out);
        let case = Case { arguments, launcher: self.launcher, before, single, ..case };
        let mut verdict = match what {
            What::Kill | What::Tear => case.after_crash(ended, struck.as_deref()),
            _ => case.after_failure(ended, call, struck.as_deref()),
        };
        if let Some(path) = struck.as_ref().filter(|_| !verdict.problems.is_empty()) {
            verdict.problems.insert(0, format!("[{path}]"));
        }
        (verdict, struck.is_some())
    }

    /// Prints a table; the number of cases that went wrong.
    #[must_use]
    pub(crate) fn wrong(&self) -> usize {
        let title = format!("{:?} × {} in a directory that is {:?}", (self.what)(1), self.verb, self.state);
        let mut table = Table::new(&format!("{title}, {:?}, rank {:?}", self.launcher, self.rank));
        let before = if self.state == State::New { 0 } else { done(&self.bench.at(self.state)) };
        for call in self.calls {
            let calls = self.count(call);
            if calls == 0 {
                continue;
            }
            table.begin(call, calls);
            // How often a journal is written is a matter of time too: there may be more calls than there were.
            for at in (1..).step_by(self.stride) {
                let (verdict, reached) = self.judge(call, at, before);
                if at > calls && !reached && verdict.problems.is_empty() {
                    break;
                }
                table.add(at, verdict);
            }
        }
        // What is complete needs no call at all.
        assert!(self.state == State::Complete || !table.is_empty(), "nothing was tried");
        table.conclude()
    }
}

fn once(_: u64) -> What {
    What::Fail
}

fn from(_: u64) -> What {
    What::From
}

fn half(_: u64) -> What {
    What::Half
}

#[test]
fn failing_calls_of_a_new_run() {
    let bench = Bench::new();
    assert_eq!(Series { stride: 3, ..Series::new(&bench, State::New, "run", once) }.wrong(), 0);
}

#[test]
fn failing_calls_of_a_resumed_run() {
    let bench = Bench::new();
    assert_eq!(Series { stride: 5, ..Series::new(&bench, State::Killed, "run", once) }.wrong(), 0);
}

#[test]
fn failing_calls_of_reduce() {
    let bench = Bench::new();
    assert_eq!(Series { stride: 3, ..Series::new(&bench, State::Unmerged, "reduce", once) }.wrong(), 0);
}

/// A read that fails once is no damage of the file.
#[test]
fn failing_reads_of_shards() {
    let bench = Bench::new();
    let series = Series::new(&bench, State::Killed, "run", once);
    assert_eq!(Series { calls: &["read"], file: "shards/", stride: 3, ..series }.wrong(), 0);
}

/// From some call on the disk is full.
#[test]
fn a_disk_that_fills_up() {
    let bench = Bench::new();
    let mut wrong = 0;
    for (state, what) in [(State::New, half as fn(u64) -> What), (State::Killed, from)] {
        wrong += Series { calls: &FULL_DISK, stride: 9, ..Series::new(&bench, state, "run", what) }.wrong();
    }
    assert_eq!(wrong, 0);
}

/// Calls that do half of what they were asked, which is not an error.
#[test]
fn short_writes_are_completed() {
    let bench = Bench::new();
    for call in ["write", "pwrite"] {
        let series = Series::new(&bench, State::New, "run", |_| What::Short);
        for at in (1..=series.count(call)).step_by(5) {
            let out = bench.fresh();
            let (ended, report) = series.strike(&Fault::new(call, at, What::Short), &out);
            ended.unwrap_or_else(|hung| panic!("{hung}")).expect(0);
            assert_eq!(bench.difference(&out), None, "{call} {at}, {:?}", report.struck());
        }
    }
}

#[test]
fn failing_calls_of_two_ranks() {
    let bench = Bench::new();
    let mut wrong = 0;
    for (rank, stride) in [(0, 19), (1, 5)] {
        let series = Series::new(&bench, State::New, "run", once);
        wrong += Series { launcher: Launcher::Ranks(2), rank: Some(rank), stride, ..series }.wrong();
    }
    assert_eq!(wrong, 0);
}

/// The record of a run is no reason to withhold its results.
#[test]
fn results_are_written_where_the_record_of_the_run_cannot_be() {
    let bench = Bench::new();
    let fault = |at, what| Fault { file: "runs/run-0001.json", ..Fault::new("rename", at, what) };
    let out = bench.fresh();
    let (running, report) = fault(0, What::Fail).start(Launcher::Alone, &bench.run(&out), &out);
    running.wait().expect(0);
    let last = report.calls();
    assert_eq!(runs(&out).len(), 1);
    let out = bench.fresh();
    let (running, report) = fault(last, What::Fail).start(Launcher::Alone, &bench.run(&out), &out);
    running.wait().expect(6).says(&["run-0001.json"]);
    assert!(report.struck().is_some());
    assert_eq!(bench.difference(&out), None);
}

/// Other experiments write other files: theory, arrays of the first replicate, runs that diverge.
#[test]
#[ignore = "many minutes"]
fn each_failing_call_of_sweeps_with_more_in_them() {
    let head = "[sweep]\nname = \"faults\"\nseed = 3\nreplicates = 3\n";
    let sweeps = [
        format!("{head}experiment = \"latency\"\n[grid]\nsilence = [0.1, 0.3, 0.5, 0.7]\n"),
        format!("{head}experiment = \"probe\"\n[grid]\nindex = [0, 1]\ndiverging = [0.0, 0.5]\n"),
    ];
    let mut wrong = 0;
    for text in sweeps {
        let bench = Bench::of(&text, 12);
        wrong += Series::new(&bench, State::New, "run", once).wrong();
        wrong += Series::new(&bench, State::Unmerged, "reduce", from).wrong();
        wrong += Series::new(&bench, State::New, "run", half).wrong();
    }
    assert_eq!(wrong, 0);
}

#[test]
#[ignore = "many minutes"]
fn each_failing_call_in_every_state() {
    let bench = Bench::new();
    let mut wrong = 0;
    for state in [State::New, State::Killed, State::Unmerged, State::Complete] {
        for what in [once as fn(u64) -> What, from, half] {
            wrong += Series::new(&bench, state, "run", what).wrong();
        }
        wrong += Series { calls: &["read", "close"], ..Series::new(&bench, state, "run", once) }.wrong();
    }
    wrong += Series::new(&bench, State::Unmerged, "reduce", once).wrong();
    for what in [from as fn(u64) -> What, half] {
        for state in [State::New, State::Killed] {
            wrong += Series { calls: &FULL_DISK, ..Series::new(&bench, state, "run", what) }.wrong();
        }
    }
    for state in [State::New, State::Killed] {
        for rank in [0, 1] {
            let series = Series::new(&bench, state, "run", once);
            wrong += Series { launcher: Launcher::Ranks(2), rank: Some(rank), ..series }.wrong();
        }
    }
    assert_eq!(wrong, 0);
}
