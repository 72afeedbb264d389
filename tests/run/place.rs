//! The folder of one test, with its sweep files and results directories.

use std::path::Path;

use serde_json::Value;

use crate::launch::Launcher;
use crate::products::Products;

pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_string()
    }

    /// Writes a file and returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.folder.path().join(name), text).unwrap();
        self.path(name)
    }

    /// Runs a sweep alone in a fresh directory with many threads; the directory.
    pub(crate) fn computed(&self, sweep: &str, name: &str, code: i32) -> String {
        let out = self.path(name);
        Launcher::Alone.run(&["run", sweep, "--out", &out, "--threads", "64"]).expect(code);
        out
    }

    /// What a fresh computation of a sweep leaves.
    pub(crate) fn reference(&self, sweep: &str, code: i32) -> Products {
        Products::read(&self.computed(sweep, "reference", code))
    }
}

/// What `status --format json` says of a directory, or nothing while it has no sweep.
pub(crate) fn status(out: &str) -> Option<Value> {
    let ended = Launcher::Alone.run(&["status", out, "--format", "json"]);
    match ended.code {
        Some(0 | 5) => Some(serde_json::from_str(&ended.output).unwrap()),
        Some(2) => None,
        _ => panic!("{ended}"),
    }
}

/// The records of all runs of a directory, the first one first.
pub(crate) fn runs(out: &str) -> Vec<Value> {
    let mut paths = listed(&format!("{out}/runs"));
    paths.retain(|path| path.contains("/runs/run-") && path.ends_with(".json"));
    paths.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
}

/// How many tasks the last run has computed, with those that failed.
pub(crate) fn computed_last(out: &str) -> u64 {
    let runs = runs(out);
    let tasks = &runs.last().unwrap()["tasks"];
    tasks["done"].as_u64().unwrap() + tasks["failed"].as_u64().unwrap()
}

/// The files of a folder in order, none if there is no such folder.
pub(crate) fn listed(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(Path::new(folder)).into_iter().flatten();
    let mut paths: Vec<String> = entries.map(|entry| entry.unwrap().path().to_str().unwrap().to_string()).collect();
    paths.sort();
    paths
}
