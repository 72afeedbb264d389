//! The provenance of a run: `DIR/runs/run-0001.json`. Times, hosts and versions live here and nowhere else.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::folder::files;
use super::{StoreError, atomic};

/// One run, written anew every few seconds while it lives and once more at its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunRecord {
    pub run: u32,
    /// `running`, or how it ended.
    pub state: String,
    pub version: String,
    pub commit: String,
    pub features: Vec<String>,
    pub experiment: String,
    pub experiment_version: u32,
    pub command: Vec<String>,
    pub pid: u32,
    pub ranks: usize,
    pub threads: u64,
    /// The host of each rank.
    pub hosts: Vec<String>,
    /// Seconds since 1970.
    pub start: f64,
    pub updated: f64,
    pub end: Option<f64>,
    pub tasks: TaskCounts,
    /// Fraction of the expected cost of this run that is done, and tasks a second.
    pub fraction: f64,
    pub rate: f64,
    pub eta_seconds: Option<f64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TaskCounts {
    /// Of the sweep.
    pub total: u64,
    /// Done before this run began.
    pub before: u64,
    pub done: u64,
    pub failed: u64,
    pub in_hand: u64,
}

impl RunRecord {
    fn path(runs: &Path, run: u32) -> PathBuf {
        runs.join(format!("run-{run:04}.json"))
    }

    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write(&self, runs: &Path) -> Result<(), StoreError> {
        let path = Self::path(runs, self.run);
        let mut text = serde_json::to_vec_pretty(self).map_err(|error| StoreError::io(&path)(error.into()))?;
        text.push(b'\n');
        atomic::write_bytes(&path, &text)
    }
}

/// The newest run whose record can be read.
pub(crate) fn latest(runs: &Path) -> Option<RunRecord> {
    let paths = files(runs, "json").ok()?;
    paths.iter().rev().find_map(|path| serde_json::from_slice(&std::fs::read(path).ok()?).ok())
}

/// Seconds since 1970.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |elapsed| elapsed.as_secs_f64())
}
