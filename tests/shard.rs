//! The files that `store::shard` writes, opened by others and written by other processes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its helpers too")]

mod common;

use microzone::experiment::{Outcome, TaskFailure};
use microzone::store::{Record, shard};
use serde_json::{Value, json};

#[test]
fn h5py_reads_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shard.h5");
    shard::write(&path, &records()).unwrap();
    let printed = common::python::run(common::python::python("open_shard.py").arg(&path));
    let seen: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(seen, records().iter().map(as_json).collect::<Value>());
}

#[test]
fn another_process_writes_the_same_bytes() {
    common::check_that_another_process_writes_the_same("another_process_writes_the_same_bytes", |path| {
        shard::write(path, &records()).unwrap();
    });
}

fn records() -> Vec<Record> {
    (0_u8..100)
        .map(|number| Record {
            digest: [number; 32],
            outcome: match number % 7 {
                0 => Outcome::Failed(TaskFailure::model(format!("the {number}th µ"))),
                length => Outcome::Done(vec![f64::from(number) / 8.0; length.into()]),
            },
        })
        .collect()
}

fn as_json(record: &Record) -> Value {
    let digest: String = record.digest.iter().map(|byte| format!("{byte:02x}")).collect();
    match &record.outcome {
        Outcome::Done(values) => json!({ "digest": digest, "status": 1, "values": values }),
        Outcome::Failed(failure) => json!({ "digest": digest, "status": 2, "message": failure.message }),
    }
}
