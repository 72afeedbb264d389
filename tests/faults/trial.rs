//! One random fault: a directory in some state, the command that meets it, and what must come of both.

use std::time::Duration;

use microzone::random::RandomStream;

use crate::bench::{Bench, State, copy, done};
use crate::judge::{Case, PATIENCE, last_line};
use crate::launch::Launcher;
use crate::running::{Ended, Running, await_until};
use crate::shim::{Fault, Report};

pub(crate) struct Trial<'a> {
    pub(crate) case: Case<'a>,
    random: RandomStream,
    /// Whether the fault came to anything: a run may make fewer calls, or have ended before.
    pub(crate) reached: bool,
}

impl<'a> Trial<'a> {
    /// Everything about it follows from the number.
    pub(crate) fn new(bench: &'a Bench, number: u64) -> Self {
        let mut random = RandomStream::from_seed(*blake3::hash(&number.to_le_bytes()).as_bytes());
        let launchers = [Launcher::Alone, Launcher::Ranks(1), Launcher::Ranks(2), Launcher::Ranks(3)];
        let launcher = launchers[below(&mut random, launchers.len())];
        let case = Case { launcher, ..Case::new(bench, State::New, bench.fresh()) };
        Self { case, random, reached: true }
    }

    pub(crate) fn end(self) -> Vec<String> {
        let Self { case, .. } = self;
        let setting = format!("{:?}, {:?}, {}", case.state, case.launcher, case.arguments[0]);
        let problems = case.verdict(String::new()).problems;
        problems.into_iter().map(|problem| format!("{problem} [{setting}]")).collect()
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        below(&mut self.random, count)
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Waits, for no reason but that the moment is random.
    pub(crate) fn linger(&mut self, most: f64) {
        std::thread::sleep(Duration::from_secs_f64(most * self.random.uniform()));
    }

    /// Begins with a copy of one of these states, and the command that fits it; where nothing is left to compute, the
    /// command is `reduce` half of the time.
    pub(crate) fn enter(&mut self, states: &[State]) {
        let state = self.one_of(states);
        let out = self.case.bench.at(state);
        self.place(state, &out);
    }

    /// The same in a directory that exists already.
    pub(crate) fn place(&mut self, state: State, out: &str) {
        let merged = matches!(state, State::Complete | State::Unmerged);
        self.case.state = state;
        self.case.out = out.to_string();
        self.case.before = if state == State::New { 0 } else { done(out) };
        self.case.arguments = if merged && self.below(2) == 0 {
            self.case.launcher = Launcher::Alone;
            vec!["reduce".into(), out.into()]
        } else {
            let threads = self.one_of(&["1", "2"]);
            ["run", &self.case.bench.sweep, "--out", out, "--threads", threads].map(str::to_string).to_vec()
        };
    }

    pub(crate) fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.case.out)
    }

    pub(crate) fn start(&self) -> Running {
        self.case.launcher.start(&self.case.words())
    }

    pub(crate) fn start_with(&self, fault: &Fault) -> (Running, Report) {
        fault.start(self.case.launcher, &self.case.words(), &self.case.out)
    }

    /// How many calls of this kind the command makes, tried in a copy of the directory.
    pub(crate) fn count(&self, fault: &Fault) -> u64 {
        let out = self.case.bench.fresh();
        if std::path::Path::new(&self.case.out).exists() {
            copy(&self.case.out, &out);
        }
        let words: Vec<&str> =
            self.case.words().into_iter().map(|word| if word == self.case.out { &out } else { word }).collect();
        let (running, report) = Fault { at: 0, ..fault.clone() }.start(self.case.launcher, &words, &out);
        let _ = running.wait_at_most(PATIENCE);
        let _ = std::fs::remove_dir_all(&out);
        report.calls()
    }

    /// Waits for the end; a code that is none of these is odd. A launcher has its own codes for what was killed.
    pub(crate) fn wait(&mut self, running: Running, codes: &[i32]) -> Option<Ended> {
        let command = self.case.arguments[0].clone();
        let ended = running.wait_at_most(PATIENCE);
        let ended = self.case.ended(ended)?;
        if !ended.code.is_some_and(|code| codes.contains(&code)) {
            let (code, line) = (ended.code, last_line(&ended.errors));
            self.case.problem(format!("{command}: exit code {code:?}, not one of {codes:?}: {line}"));
        }
        Some(ended)
    }

    /// Waits until nothing of a launch is left that was hit by a signal. Under a launcher any code is right.
    pub(crate) fn wait_for_struck(&mut self, mut running: Running, codes: &[Option<i32>]) {
        running.await_gone();
        let Some(ended) = self.case.ended(running.wait_at_most(PATIENCE)) else { return };
        if self.case.launcher == Launcher::Alone && !codes.contains(&ended.code) {
            let (code, line) = (ended.code, last_line(&ended.errors));
            self.case.problem(format!("exit code {code:?}, not one of {codes:?}: {line}"));
        }
    }

    /// The processes that handle SIGTERM already, all of them or, if it ends before, none.
    pub(crate) fn await_handlers(&self, running: &mut Running) -> Vec<u32> {
        let ranks = self.case.launcher.ranks();
        await_until("the handlers of signals", || {
            let found = running.ranks();
            if running.has_ended() {
                return Some(Vec::new());
            }
            let ready = found.len() == ranks && found.iter().all(|(_, pid)| handles_termination(*pid));
            ready.then(|| found.into_iter().map(|(_, pid)| pid).collect())
        })
    }

    /// Looks at what is left and brings it to its end.
    pub(crate) fn conclude(&mut self, may_miss: bool) {
        self.case.check_kept(None);
        self.case.check_verify(may_miss);
        self.case.check_resumed();
    }
}

fn below(random: &mut RandomStream, count: usize) -> usize {
    (random.uniform() * count as f64) as usize
}

fn handles_termination(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & (1 << 14) != 0)
}
