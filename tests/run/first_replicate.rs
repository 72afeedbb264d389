//! Observables that only the first replicate keeps: other records are without them.

use std::collections::BTreeMap;

use microzone::experiment::Outcome;
use microzone::store::{Record, shard};

use crate::divergence::SWEEP;
use crate::launch::Launcher;
use crate::place::{Place, listed};
use crate::products::Products;

/// Rewrites every record of a directory with other values.
fn rewrite(out: &str, change: impl Fn(Vec<f64>) -> Vec<f64>) {
    for path in listed(&format!("{out}/shards")) {
        let changed = |record: Record| match record.outcome {
            Outcome::Done(values) => Record { outcome: Outcome::Done(change(values)), ..record },
            Outcome::Failed(_) => record,
        };
        let records: Vec<Record> = shard::read(path.as_ref()).unwrap().records.into_iter().map(changed).collect();
        shard::write(path.as_ref(), &records).unwrap();
    }
}

#[test]
fn only_the_records_of_first_replicates_have_the_path() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for path in listed(&format!("{out}/shards")) {
        for record in shard::read(path.as_ref()).unwrap().records {
            let Outcome::Done(values) = record.outcome else { panic!("a failed record") };
            *lengths.entry(values.len()).or_default() += 1;
        }
    }
    // Value and flag; with four steps of the path at each of three points.
    assert_eq!(lengths, BTreeMap::from([(2, 27), (6, 3)]));
    let path = std::fs::read_to_string(format!("{out}/tables/path.csv")).unwrap();
    let mut lines = path.lines();
    assert_eq!(lines.next(), Some("diverging,step,path,n,diverged,failed,censored,missing"));
    // Four steps at each of three points, of which all runs of the last one diverged after the first step.
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 12);
    assert!(rows[..4].iter().all(|row| row[2].parse::<f64>().unwrap() > 0.0 && row[3] == "1"), "{path}");
    assert_eq!(rows[8][3..], ["1", "1", "0", "0", "0"], "{path}");
    assert_eq!(rows[9][1..], ["1", "", "0", "1", "0", "0", "0"], "{path}");
    let table = |format| Launcher::Alone.run(&["table", &out, "--observable", "path", "--format", format]).expect(0);
    assert_eq!(table("csv").output, path);
    table("text").says(&["values of the first replicate; no error is known"]);
}

#[test]
fn a_record_with_the_values_of_another_replicate_is_damage() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let short = place.computed(&sweep, "short", 0);
    rewrite(&short, |values| values[..2].to_vec());
    let long = place.computed(&sweep, "long", 0);
    rewrite(&long, |values| [&values[..], &[0.0; 4][..6 - values.len()]].concat());
    for (out, said) in
        [(&short, "a record has 2 values where 6 are expected"), (&long, "6 values where 2 are expected")]
    {
        for arguments in [["reduce", out], ["table", out], ["verify", out]] {
            Launcher::Alone.run(&arguments).expect(5).says(&[said]);
        }
        // Counting reads no value.
        Launcher::Alone.run(&["status", out]).expect(0);
    }
}

#[test]
fn recomputing_compares_the_path_of_first_replicates() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    rewrite(&out, |mut values| {
        values.iter_mut().skip(5).for_each(|value| *value += 0.125);
        values
    });
    // The last step of the path where nothing diverged; NaN stays what it is.
    let ended = Launcher::Alone.run(&["verify", &out, "--recompute", "30"]).expect(5);
    ended.says(&["replicate 0: recomputing gives different bits"]);
}

/// Growing a sweep adds replicates without a path; the points' first ones stay.
#[test]
fn more_replicates_change_no_path() {
    let place = Place::new();
    let grown = place.file("grown.toml", SWEEP);
    let out = place.computed(&place.file("sweep.toml", &SWEEP.replace("= 10", "= 3")), "results", 0);
    Launcher::Ranks(2).run(&["run", &grown, "--out", &out, "--threads", "2"]).expect(0);
    place.reference(&grown, 0).assert_equal(&Products::read(&out), "grown");
}

#[test]
fn no_precision_can_be_asked_of_them() {
    let place = Place::new();
    let text = format!("{SWEEP}[precision]\nobservable = \"path\"\nrelative_error = 0.1\nmax_replicates = 20\n");
    let ended = Launcher::Alone.run(&["plan", &place.file("sweep.toml", &text)]).expect(2);
    ended.says(&["precision.observable", "values per task", "name a scalar observable", "value"]);
}
