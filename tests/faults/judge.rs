//! What a fault may leave behind, and what must come of the directory in the end.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::bench::{Bench, Files, State, copy, files, leftovers};
use crate::launch::Launcher;
use crate::running::Ended;
use crate::table::Verdict;

/// What takes longer than this has hung.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// What only says how a run goes, or that it lives; nothing is lost with it.
const REPLACEABLE: [&str; 2] = ["runs", "lock"];

/// A directory that a command met a fault in.
pub(crate) struct Case<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) state: State,
    pub(crate) out: String,
    /// The command.
    pub(crate) arguments: Vec<String>,
    pub(crate) launcher: Launcher,
    /// How many tasks were done before.
    pub(crate) before: u64,
    /// One call failed, once, so that it is known which file has to be named.
    pub(crate) single: bool,
    pub(crate) problems: Vec<String>,
    /// What helps to understand problems, if there are any.
    pub(crate) notes: Vec<String>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(bench: &'a Bench, state: State, out: String) -> Self {
        let arguments = bench.run(&out).map(str::to_string).to_vec();
        let (launcher, problems, notes) = (Launcher::Alone, Vec::new(), Vec::new());
        Self { bench, state, out, arguments, launcher, before: 0, single: false, problems, notes }
    }

    pub(crate) fn words(&self) -> Vec<&str> {
        self.arguments.iter().map(String::as_str).collect()
    }

    /// A system call has failed: the command ends with 6 and names the file, or did its work anyway.
    pub(crate) fn after_failure(mut self, ended: Result<Ended, Ended>, call: &str, struck: Option<&str>) -> Verdict {
        let outcome = self.judge_failure(ended, call, struck);
        self.verdict(outcome)
    }

    pub(crate) fn judge_failure(&mut self, ended: Result<Ended, Ended>, call: &str, struck: Option<&str>) -> String {
        let Some(ended) = self.ended(ended) else { return "hung".into() };
        let code = ended.code.map_or("signal".to_string(), |code| code.to_string());
        match ended.code {
            Some(0) => self.check_success(call, struck),
            Some(6) => self.check_named(&ended, struck),
            _ => self.problem(format!("exit code {code}: {}", last_line(&ended.errors))),
        }
        if ended.code != Some(0) {
            self.check_kept(struck);
            self.check_verify(true);
        }
        self.check_resumed();
        if struck.is_some() { code } else { format!("{code} (not reached)") }
    }

    /// The process was killed at a system call: nothing is damaged.
    pub(crate) fn after_crash(mut self, ended: Result<Ended, Ended>, struck: Option<&str>) -> Verdict {
        let Some(ended) = self.ended(ended) else { return self.verdict("hung".into()) };
        let outcome = match (ended.code, struck) {
            (Some(0), None) => "0 (not reached)",
            (Some(0), Some(_)) => "0",
            _ => "killed",
        };
        if ended.code == Some(0) {
            self.check_success("", None);
        } else {
            self.check_kept(None);
            self.check_verify(false);
        }
        self.check_resumed();
        self.verdict(outcome.into())
    }

    pub(crate) fn verdict(mut self, outcome: String) -> Verdict {
        let _ = std::fs::remove_dir_all(&self.out);
        if let Some(first) = self.problems.first_mut() {
            self.notes.iter().for_each(|note| first.push_str(&format!(" ({note})")));
        }
        Verdict { outcome, problems: self.problems }
    }

    pub(crate) fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// Without what hung or panicked.
    pub(crate) fn ended(&mut self, ended: Result<Ended, Ended>) -> Option<Ended> {
        match ended {
            Ok(ended) => {
                if ended.errors.contains("panicked at") {
                    self.problem(format!("a panic: {}", last_line(&ended.errors)));
                }
                Some(ended)
            }
            Err(ended) => {
                self.problem(format!("hung: {ended}"));
                None
            }
        }
    }

    /// A verb to its end, hung or not.
    fn look(&mut self, arguments: &[&str]) -> Ended {
        let ended = Launcher::Alone.start(arguments).wait_at_most(PATIENCE);
        ended.unwrap_or_else(|ended| {
            self.problem(format!("{} hung", arguments[0]));
            ended
        })
    }

    fn check_named(&mut self, ended: &Ended, struck: Option<&str>) {
        let Some(struck) = struck else { return self.problem(format!("exit code 6 without a fault: {ended}")) };
        let folder = Path::new(struck).parent().filter(|parent| parent.as_os_str().is_empty().eq(&false));
        let name = folder.map_or(struck.to_string(), |folder| folder.display().to_string());
        let wanted = if self.single { format!("{}/{name}", self.out) } else { self.out.clone() };
        if !ended.errors.contains(wanted.trim_end_matches('/')) {
            self.problem(format!("{struck} is not named: {}", last_line(&ended.errors)));
        }
    }

    /// An exit code of 0: everything is there and right, and what failed did not matter.
    pub(crate) fn check_success(&mut self, call: &str, struck: Option<&str>) {
        let kept = |path: &str| !REPLACEABLE.contains(&path.split('/').next().unwrap());
        // What a dead journal has is written once more, and that is synced.
        let is_dead = |path: &str| self.state == State::Killed && path.starts_with("journal/run-0001-");
        if let Some(path) = struck.filter(|path| call == "fsync" && kept(path) && !is_dead(path)) {
            self.problem(format!("a failed sync of {:?} was passed over", if path.is_empty() { "." } else { path }));
        }
        let verified = self.look(&["verify", &self.out.clone(), "--recompute", "3"]);
        if let Some(difference) = self.bench.difference(&self.out) {
            let worst = if verified.code == Some(0) { ", and verify says nothing" } else { "" };
            self.problem(format!("exit code 0 with other bytes{worst}: {difference}"));
        } else if verified.code != Some(0) {
            self.problem(format!("exit code 0, but verify: {}", last_line(&verified.errors)));
        }
    }

    /// No task that was done is lost; where only its results could not be written, all tasks are done.
    pub(crate) fn check_kept(&mut self, struck: Option<&str>) {
        let at_the_end = |path: &str| ["shards/", "results.h5", "tables/"].iter().any(|name| path.starts_with(name));
        let all = self.single && self.state == State::New && struck.is_some_and(at_the_end);
        let wanted = if all { self.bench.tasks } else { self.before };
        let ended = self.look(&["status", &self.out.clone(), "--format", "json"]);
        let done = match ended.code {
            Some(0) => serde_json::from_str::<Value>(&ended.output).unwrap()["done"].as_u64().unwrap(),
            Some(2) if !Path::new(&format!("{}/sweep.toml", self.out)).exists() => 0,
            _ => return self.problem(format!("status: {:?} {}", ended.code, last_line(&ended.errors))),
        };
        if done < wanted {
            self.problem(format!("{done} tasks are left of {wanted}"));
        }
    }

    /// `verify` finds nothing, or where it may, says what is missing; what it finds nothing in is right.
    pub(crate) fn check_verify(&mut self, may_miss: bool) {
        let ended = self.look(&["verify", &self.out.clone()]);
        let says = |texts: &[&str]| texts.iter().any(|text| ended.errors.contains(text) || ended.output.contains(text));
        // There results.h5 was missing before.
        let may_miss = may_miss || self.state == State::Unmerged;
        match ended.code {
            Some(0) if says(&["older than the records", "not what the records give"]) => {}
            Some(0) => self.check_published(),
            Some(2) if !Path::new(&format!("{}/sweep.toml", self.out)).exists() => {}
            Some(5) if may_miss && says(&["microzone reduce"]) && says(&["results.h5", "tables/", "checksums.b3"]) => {}
            code => self.problem(format!("verify: {code:?} {}", last_line(&ended.errors))),
        }
    }

    /// The results that are there are those of the records that are there.
    fn check_published(&mut self) {
        let found = files(&self.out);
        if !found.contains_key("results.h5") || self.bench.difference(&self.out).is_none() {
            return;
        }
        let again = self.bench.fresh();
        copy(&self.out, &again);
        let ended = self.look(&["reduce", &again]);
        // Between two steps the checksums are those of before and after.
        let but_checksums = |mut files: Files| {
            files.remove("checksums.b3");
            files
        };
        if ended.code != Some(0) || but_checksums(files(&again)) != but_checksums(found) {
            self.problem("verify finds nothing in results that are WRONG");
        }
        let _ = std::fs::remove_dir_all(again);
    }

    /// The same command without the fault, and then whatever is left to do, end in the reference.
    pub(crate) fn check_resumed(&mut self) {
        let ended = self.launcher.start(&self.words()).wait_at_most(PATIENCE);
        let Some(ended) = self.ended(ended) else { return };
        if ended.code != Some(0) {
            self.problem(format!("the same command again: {:?} {}", ended.code, last_line(&ended.errors)));
        }
        if self.arguments[0] != "run" {
            let out = self.out.clone();
            let ended = self.look(&self.bench.run(&out));
            if ended.code != Some(0) {
                self.problem(format!("the run afterwards: {:?} {}", ended.code, last_line(&ended.errors)));
            }
        }
        let verified = self.look(&["verify", &self.out.clone()]);
        match self.bench.difference(&self.out) {
            Some(difference) if verified.code == Some(0) => {
                self.problem(format!("in the end other bytes, WRONG under verify: {difference}"));
            }
            Some(difference) => self.problem(format!("in the end other bytes: {difference}")),
            None if verified.code != Some(0) => {
                self.problem(format!("verify in the end: {}", last_line(&verified.errors)));
            }
            None => {}
        }
        let left = leftovers(&self.out);
        if !left.is_empty() {
            self.problem(format!("left lying about: {left:?}"));
        }
    }
}

pub(crate) fn last_line(text: &str) -> String {
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("").chars().take(300).collect()
}
