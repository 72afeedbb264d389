//! Times in JSON: ISO 8601, in UTC. The records of runs on the disk have seconds since 1970.

use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::cli::time::iso;
use crate::store::run_record::RunRecord;

/// The keys of a record that are times.
const TIMES: [&str; 4] = ["start", "updated", "end", "since"];

/// A time that may not be known.
pub(super) fn optional<S: Serializer>(seconds: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    seconds.and_then(iso).serialize(serializer)
}

/// The record of a run.
pub(super) fn run<S: Serializer>(run: &Option<RunRecord>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(run).map_err(S::Error::custom)?;
    rewrite(&mut value);
    value.serialize(serializer)
}

fn rewrite(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            for (key, entry) in entries {
                match entry.as_f64().filter(|_| TIMES.contains(&key.as_str())) {
                    Some(seconds) => *entry = iso(seconds).into(),
                    None => rewrite(entry),
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(rewrite),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_a_text_and_every_duration_a_number() {
        let mut value = serde_json::json!({
            "start": 0.0, "end": null, "eta_seconds": 3.0, "slow": [{ "since": 60, "task": "a" }], "run": 1
        });
        rewrite(&mut value);
        let expected = serde_json::json!({
            "start": "1970-01-01T00:00:00Z", "end": null, "eta_seconds": 3.0,
            "slow": [{ "since": "1970-01-01T00:01:00Z", "task": "a" }], "run": 1
        });
        assert_eq!(value, expected);
    }
}
