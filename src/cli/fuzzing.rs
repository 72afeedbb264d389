//! What verbs make of files of arbitrary content, for `src/fuzzing.rs`.

use super::{report, status};
use crate::store::run_record::RunRecord;

/// Reads a time of a profile.
pub(crate) fn time(text: &str) -> Result<std::time::Duration, String> {
    super::time::read(text)
}

/// What `status` and `report` show of a run.
pub(crate) fn run_record(record: RunRecord) {
    let facts = report::facts(&record, Some(1));
    assert!(!facts.seconds.is_nan() || record.start.is_nan());
    assert!(status::show_record(record).is_ok_and(|shown| shown.contains("rate")));
}
