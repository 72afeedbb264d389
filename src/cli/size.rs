//! How large the results of a sweep are, on disk and in memory.

use super::{Exit, Failure};
use crate::experiment::Kept;
use crate::sweep::Sweep;

/// Bytes of a record in addition to its values: name, state, checksum, and where its values and its message end.
const OF_RECORD: f64 = 32.0 + 1.0 + 16.0 + 8.0 + 8.0;
/// Bytes that merging needs for each task in addition to its values: name, state, checksum, place in the hash table and
/// back.
const OF_TASK: f64 = 32.0 + 1.0 + 16.0 + 10.0 + 4.0 + 8.0 + 1.0;
/// Bytes of the rest of the program.
const BASE: f64 = 5e7;

/// Sizes in bytes; with a precision, of as many replicates as there may be.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub(super) struct Size {
    /// Of journals and shards.
    pub(super) records_bytes: f64,
    /// Of `results.h5`.
    pub(super) results_bytes: f64,
    /// Of the memory that merging needs.
    pub(super) memory_bytes: f64,
}

impl Size {
    pub(super) fn of(sweep: &Sweep) -> Self {
        let (points, tasks) = (sweep.points() as f64, sweep.tasks() as f64);
        let (mut values, mut statistics) = (0.0, 0.0);
        for observable in sweep.declaration().observables {
            let of_point = points * observable.size() as f64;
            values += of_point * sweep.replicates_keeping(observable) as f64;
            // Mean and standard error; value and standard error of the theory.
            let is_averaged = observable.kept == Kept::EveryReplicate;
            statistics +=
                of_point * (2.0 * f64::from(u8::from(is_averaged)) + 2.0 * f64::from(u8::from(observable.has_theory)));
        }
        Self {
            records_bytes: tasks * OF_RECORD + 8.0 * values,
            results_bytes: 8.0 * (values + statistics) + tasks,
            memory_bytes: 8.0 * (values + statistics) + tasks * OF_TASK + BASE,
        }
    }

    /// # Errors
    /// This machine cannot hold the results, with the numbers.
    pub(super) fn check(&self, sweep: &Sweep) -> Result<(), Failure> {
        match machine_memory() {
            Some(memory) if self.memory_bytes > memory => {
                let what = format!(
                    "{} tasks with {} values each: merging their results needs {} of memory, and this machine has {}; \
                     ask for fewer points or replicates",
                    sweep.tasks(),
                    sweep.declaration().width(),
                    written(self.memory_bytes),
                    written(memory)
                );
                Err(Failure::new(Exit::Usage, what))
            }
            _ => Ok(()),
        }
    }
}

/// The memory of this machine in bytes, where the kernel reports it.
fn machine_memory() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
}

/// Bytes in the largest unit that leaves at least one of it.
pub(super) fn written(bytes: f64) -> String {
    let units = [(1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")];
    let (unit, name) = units.into_iter().find(|(unit, _)| bytes >= *unit).unwrap_or((1e3, "kB"));
    format!("{:.1} {name}", bytes / unit)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn size(text: &str) -> (Size, Sweep) {
        let sweep = Sweep::parse(Path::new("size.toml"), format!("[sweep]\nname = \"size\"\n{text}")).unwrap();
        (Size::of(&sweep), sweep)
    }

    #[test]
    fn sizes_follow_points_replicates_and_values() {
        let (one, _) = size("experiment = \"null\"\nreplicates = 100\n[grid]\nindex = [1, 2]\n");
        // 200 values; a mean and an error at two points; 200 states.
        assert_eq!(one.results_bytes, 8.0 * 204.0 + 200.0);
        assert_eq!(one.records_bytes, 200.0 * (OF_RECORD + 8.0));
        let (ten, _) = size("experiment = \"null\"\nreplicates = 1000\n[grid]\nindex = [1, 2]\n");
        assert!((ten.records_bytes / one.records_bytes - 10.0).abs() < 1e-9);
    }

    #[test]
    fn what_no_machine_can_hold_is_refused_with_the_numbers() {
        let (large, sweep) = size(
            "experiment = \"capacity\"\nreplicates = 1000000\n[grid]\n\
             load_limit = { start = 1, stop = 1000, steps = 1000 }\n",
        );
        let refused = large.check(&sweep).unwrap_err();
        assert!(refused.message.contains("1000000000 tasks with 60 values each"), "{}", refused.message);
        assert!(refused.message.contains("needs 552.1 GB of memory"), "{}", refused.message);
        let (small, sweep) = size("experiment = \"null\"\n");
        assert!(small.check(&sweep).is_ok());
        assert_eq!([written(1500.0), written(2.5e9), written(3e12)], ["1.5 kB", "2.5 GB", "3.0 TB"]);
    }
}
