//! The provenance of a run: `DIR/runs/run-0001.json`. Times, hosts and versions live here and nowhere else.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::folder::files;
use super::{StoreError, atomic, stamp};
use crate::machine;

/// The format of what this program writes.
pub(crate) const FORMAT: u32 = stamp::FORMAT;

/// The states of a run that has not ended in order: at work, and finishing what is in hand.
pub(crate) const RUNNING: &str = "running";
pub(crate) const STOPPING: &str = "stopping";

/// One run, rewritten every few seconds while it lives and once more at its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunRecord {
    /// Records of the first format, up to version 0.2, have none.
    #[serde(default = "first_format")]
    pub format: u32,
    pub run: u32,
    /// `running`, `stopping`, or how it ended.
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
    /// Records of earlier versions have none.
    #[serde(default)]
    pub theory: TheoryCounts,
    /// Fraction of the expected cost of this run that is done, and tasks a second.
    pub fraction: f64,
    pub rate: f64,
    pub eta_seconds: Option<f64>,
    /// Between which times the end is expected. Records of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_band_seconds: Option<[f64; 2]>,
    /// What takes much longer than expected. Records of earlier versions have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slow: Vec<SlowTask>,
    /// What has been in hand for longest, and what took longest, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<SlowTask>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slowest: Option<SlowestTask>,
    /// Ranks that give no sign of life, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silent: Vec<SilentRank>,
    /// The most memory that each rank ever had, in bytes, once it has ended in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peak_memory: Vec<u64>,
    /// Processor seconds divided by thread seconds, likewise, unless the run was short.
    #[serde(default)]
    pub cpu_efficiency: Option<f64>,
    /// Seconds of processors that all ranks have used, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_seconds: Option<f64>,
}

/// A task or theory cell in hand: one that takes more than ten times as long as expected, or the oldest one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SlowTask {
    /// What distinguishes it: parameters and replicate.
    pub task: String,
    pub rank: usize,
    /// When it was found to be slow, or when it was begun, in seconds since 1970.
    pub since: f64,
}

/// The task or theory cell of a run that took longest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SlowestTask {
    pub task: String,
    pub rank: usize,
    pub seconds: f64,
}

/// A rank that rank 0 has not heard of for a minute; for 10 s while the run is stopping, or if a task has ended the
/// process of the rank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SilentRank {
    pub rank: usize,
    pub host: String,
    /// When it was heard of for the last time, in seconds since 1970.
    pub since: f64,
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

impl TaskCounts {
    /// Those that are not computed.
    pub(crate) fn left(&self) -> u64 {
        self.total.saturating_sub(self.before.saturating_add(self.done).saturating_add(self.failed))
    }
}

/// The theory cells of a sweep, those of earlier runs included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TheoryCounts {
    pub cells: u64,
    pub done: u64,
    pub failed: u64,
}

impl TheoryCounts {
    /// Those that are not computed.
    pub(crate) fn left(&self) -> u64 {
        self.cells.saturating_sub(self.done.saturating_add(self.failed))
    }
}

impl RunRecord {
    /// Whether the run lives, or has ended without order.
    pub(crate) fn is_unfinished(&self) -> bool {
        [RUNNING, STOPPING].contains(&self.state.as_str())
    }

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

fn first_format() -> u32 {
    1
}

/// The little that the records of every format have in common.
#[derive(Deserialize)]
struct Head {
    #[serde(default = "first_format")]
    format: u32,
    version: String,
}

/// The newest run whose record can be read.
///
/// # Errors
/// There is one of a newer format, or the folder cannot be read.
pub(crate) fn latest(runs: &Path) -> Result<Option<RunRecord>, StoreError> {
    for path in files(runs, "json")?.iter().rev() {
        let Ok(text) = machine::files::read(path) else { continue };
        if let Some(record) = parse(path, &text)? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// The record that a file holds, if it can be read.
///
/// # Errors
/// It is of a newer format.
pub(super) fn parse(path: &Path, text: &[u8]) -> Result<Option<RunRecord>, StoreError> {
    match serde_json::from_slice(text) {
        Ok(Head { format, version }) if stamp::is_newer(format) => Err(StoreError::newer(path, format, &version)),
        _ => Ok(serde_json::from_slice(text).ok()),
    }
}

/// Every record that can be read, in the order of the runs.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn all(runs: &Path) -> Result<Vec<RunRecord>, StoreError> {
    let record = |path: &PathBuf| serde_json::from_slice(&machine::files::read(path).ok()?).ok();
    Ok(files(runs, "json")?.iter().filter_map(record).collect())
}

/// Seconds since 1970.
pub(crate) fn now() -> f64 {
    machine::clock::since_1970()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_readable_record_counts_and_a_newer_format_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        assert!(latest(folder.path()).unwrap().is_none());
        let tasks = r#"{"total":1,"before":0,"done":0,"failed":0,"in_hand":0}"#;
        let record = format!(
            r#"{{"run":1,"state":"running","version":"0.1.0","commit":"","features":[],"experiment":"null",
            "experiment_version":1,"command":[],"pid":1,"ranks":1,"threads":1,"hosts":[],"start":0.0,"updated":0.0,
            "end":null,"tasks":{tasks},"fraction":0.0,"rate":0.0,"eta_seconds":null}}"#
        );
        write("run-0001.json", &record);
        write("run-0002.json", "half of");
        let latest_here = latest(folder.path()).unwrap().unwrap();
        assert_eq!((latest_here.run, latest_here.format), (1, 1));
        write("run-0003.json", r#"{"format":99,"version":"99.1.0","whatever":true}"#);
        let error = latest(folder.path()).unwrap_err();
        assert!(matches!(error, StoreError::Newer { format: 99, .. }), "{error}");
    }
}
