//! A small sweep with its reference, and directories in the states that faults meet.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;

use crate::launch::Launcher;
use crate::place::listed;
use crate::shim::{Fault, What};

const SWEEP: &str = r#"
[sweep]
name = "faults"
experiment = "null"
seed = 12
replicates = 3

[grid]
index = [1, 2]
failing = [0.25, 0.5]

[fixed]
duration = 0.002
"#;

/// The bytes that must not depend on what happened, by name in the directory.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// No directory yet.
    New,
    /// A killed run left a journal with some of the tasks.
    Killed,
    /// A run ended in order with some of the tasks.
    Stopped,
    /// All records are there; results.h5 is not.
    Unmerged,
    /// Nothing is left to do.
    Complete,
}

pub(crate) struct Bench {
    folder: tempfile::TempDir,
    pub(crate) sweep: String,
    pub(crate) tasks: u64,
    pub(crate) reference: Files,
    fresh: Cell<u32>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::of(SWEEP, 12)
    }

    /// A sweep all of whose tasks succeed.
    pub(crate) fn of(text: &str, tasks: u64) -> Self {
        // In memory if that is possible: thousands of small runs would wait for the disk most of the time.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let sweep = folder.path().canonicalize().unwrap().join("sweep.toml");
        std::fs::write(&sweep, text).unwrap();
        let sweep = sweep.to_str().unwrap().to_string();
        let mut bench = Self { folder, sweep, tasks, reference: Files::new(), fresh: Cell::new(0) };
        let out = bench.path("complete");
        Launcher::Alone.run(&bench.run(&out)).expect(0);
        bench.reference = files(&out);
        assert!(bench.reference.len() >= 3, "{:?}", bench.reference.keys());
        bench
    }

    /// Makes the state once; `at` returns copies of it.
    pub(crate) fn prepare(&self, state: State) {
        let out = self.path(&format!("{state:?}"));
        match state {
            State::New => {}
            State::Killed => self.kill_halfway(&out),
            State::Stopped => self.stop_halfway(&out),
            State::Unmerged => {
                copy(&self.path("complete"), &out);
                std::fs::remove_file(format!("{out}/results.h5")).unwrap();
            }
            State::Complete => copy(&self.path("complete"), &out),
        }
    }

    fn is_part(&self, done: u64) -> bool {
        (self.tasks / 4..=3 * self.tasks / 4).contains(&done)
    }

    fn stop_halfway(&self, out: &str) {
        for milliseconds in (50..2000).step_by(50) {
            let _ = std::fs::remove_dir_all(out);
            let limit = format!("{milliseconds}ms");
            Launcher::Alone.run(&[&self.run(out)[..], &["--time-limit", &limit]].concat());
            if self.is_part(done(out)) {
                return;
            }
        }
        panic!("no limit of time left a part of the tasks");
    }

    /// Whichever frame of the journal it is, after a kill there some tasks are done and some are not.
    fn kill_halfway(&self, out: &str) {
        for at in 4..40 {
            let _ = std::fs::remove_dir_all(out);
            let fault = Fault { file: "journal", ..Fault::new("write,pwrite", at, What::Kill) };
            fault.start(Launcher::Alone, &self.run(out), out).0.wait();
            if self.is_part(done(out)) {
                return;
            }
        }
        panic!("no kill left a part of the tasks");
    }

    /// A separate directory in this state, which was prepared.
    pub(crate) fn at(&self, state: State) -> String {
        let out = self.fresh();
        if state != State::New {
            copy(&self.path(&format!("{state:?}")), &out);
        }
        out
    }

    /// A path where nothing is.
    pub(crate) fn fresh(&self) -> String {
        self.fresh.set(self.fresh.get() + 1);
        self.path(&format!("results-{}", self.fresh.get()))
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().canonicalize().unwrap().join(name).to_str().unwrap().to_string()
    }

    pub(crate) fn run<'a>(&'a self, out: &'a str) -> [&'a str; 6] {
        ["run", &self.sweep, "--out", out, "--threads", "1"]
    }

    /// The first difference from the reference, if there is one.
    pub(crate) fn difference(&self, out: &str) -> Option<String> {
        let found = files(out);
        // The last name first: results.h5 and tables before their checksums.
        let names = self.reference.keys().rev().chain(found.keys());
        let differs = |name: &&String| self.reference.get(*name) != found.get(*name);
        names.into_iter().find(differs).map(|name| {
            let (wanted, found) = (self.reference.get(name), found.get(name));
            let first = wanted
                .zip(found)
                .and_then(|(wanted, found)| wanted.iter().zip(found).position(|(wanted, found)| wanted != found));
            format!("{name}: {:?} bytes, not {:?}; byte {first:?}", found.map(Vec::len), wanted.map(Vec::len))
        })
    }
}

/// Results, tables and checksums, what of them there is.
pub(crate) fn files(out: &str) -> Files {
    let mut paths = listed(&format!("{out}/tables"));
    paths.retain(|path| !path.ends_with(".temporary"));
    paths.extend(["results.h5", "checksums.b3"].map(|name| format!("{out}/{name}")));
    paths.into_iter().filter_map(|path| Some((path[out.len() + 1..].to_string(), std::fs::read(&path).ok()?))).collect()
}

/// Temporary files and journals, which a run that ended in order does not leave.
pub(crate) fn leftovers(out: &str) -> Vec<String> {
    let folders = ["", "/shards", "/tables", "/runs", "/journal"];
    let paths = folders.iter().flat_map(|folder| listed(&format!("{out}{folder}")));
    paths.filter(|path| path.contains(".temporary") || path.ends_with(".journal") || path.ends_with(".lease")).collect()
}

/// The tasks that are done according to `status`, 0 if there is no sweep yet.
pub(crate) fn done(out: &str) -> u64 {
    crate::place::status(out).map_or(0, |status| status["done"].as_u64().unwrap())
}

pub(crate) fn copy(from: &str, to: &str) {
    std::fs::create_dir_all(to).unwrap();
    for path in listed(from) {
        let target = format!("{to}/{}", Path::new(&path).file_name().unwrap().to_str().unwrap());
        if Path::new(&path).is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
