//! Runs that diverge are results, and no table hides them.

use serde_json::Value;

use crate::launch::Launcher;
use crate::matrix::Matrix;
use crate::place::{Place, status};
use crate::python;

pub(crate) const SWEEP: &str = r#"
[sweep]
name = "divergence"
experiment = "probe"
seed = 14
replicates = 10

[grid]
diverging = [0.0, 0.4, 1.0]
"#;

/// The columns of a table by name, for programs.
fn column(csv: &str, name: &str) -> Vec<f64> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let place = reader.headers().unwrap().iter().position(|header| header == name).unwrap();
    reader.records().map(|row| row.unwrap()[place].parse().unwrap_or(f64::NAN)).collect()
}

#[test]
fn diverged_runs_are_done_and_never_tried_again() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.path("results");
    let run = ["run", &sweep, "--out", &out, "--threads", "2", "--max-failures", "1"];
    Launcher::Ranks(2).run(&run).expect(0).says(&["30 of 30 tasks done, 0 failed"]);
    let status = status(&out).unwrap();
    assert_eq!((&status["state"], &status["failed"]), (&"complete".into(), &0.into()), "{status:#}");
    Launcher::Alone.run(&[&run[..], &["--retry-failed"]].concat()).expect(0).says(&["nothing left to compute"]);
    let ended = Launcher::Alone.run(&["verify", &out, "--recompute", "30"]).expect(0);
    ended.says(&["30 of 30 tasks with equal bits"]);
}

#[test]
fn every_table_shows_how_many_runs_diverged() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let table = |more: &[&str]| Launcher::Alone.run(&[&["table", &out][..], more].concat()).expect(0).output;

    let csv = table(&["--format", "csv"]);
    assert!(csv.starts_with("diverging,value_mean,value_sem,n,diverged,failed,censored,missing\n"), "{csv}");
    assert!(csv.ends_with("\n1,,,0,10,0,0,0\n"), "{csv}");
    let (n, diverged) = (column(&csv, "n"), column(&csv, "diverged"));
    let some = diverged[1];
    assert!((1.0..9.0).contains(&some), "{csv}");
    assert_eq!((n, diverged), (vec![10.0, 10.0 - some, 0.0], vec![0.0, some, 10.0]));

    let note = format!("diverged in {} of 20 replicates at 2 of 3 points; means are over the others", some as u32 + 10);
    for format in ["text", "markdown"] {
        let shown = table(&["--format", format]);
        assert!(shown.contains(" diverged") && shown.contains(&note), "{shown}");
    }
    let json: Value = serde_json::from_str(&table(&["--format", "json"])).unwrap();
    assert_eq!((&json["rows"][2]["value_mean"], &json["rows"][2]["diverged"]), (&Value::Null, &10.into()), "{json:#}");

    let shares = table(&["--observable", "diverged", "--format", "csv"]);
    assert_eq!(column(&shares, "diverged_mean"), [0.0, some / 10.0, 1.0]);
    assert_eq!(column(&shares, "n"), [10.0; 3]);
}

#[test]
fn python_reads_diverged_runs_and_the_path_of_the_first_replicate() {
    let place = Place::new();
    let file = format!("{}/results.h5", place.computed(&place.file("sweep.toml", SWEEP), "results", 0));
    python::run(python::python("open_results.py").arg(&file));
    python::run(python::python("check_probe.py").arg(&file));
}

#[test]
fn the_bytes_do_not_depend_on_how_it_was_computed_and_killed() {
    let text = SWEEP.replace("diverging = [", "duration = [0.0, 0.02]\ndiverging = [") + "[fixed]\nfailing = 0.1\n";
    let launchers = &[Launcher::WithoutMpi, Launcher::Ranks(1), Launcher::Ranks(2), Launcher::Ranks(3)];
    Matrix { launchers, threads: &[1, 2], kills: &[0, 1] }.check(&text, 3);
}

#[test]
fn the_catalogue_names_the_flag() {
    let ended = Launcher::Alone.run(&["experiments", "probe"]).expect(0);
    ended.says(&["1 if the run diverged, else 0; marks runs that diverged", "[4 step]; first replicate only\n"]);
    let ended = Launcher::Alone.run(&["experiments", "capacity"]).expect(0);
    assert!(!ended.output.contains("diverged") && !ended.output.contains("first replicate"), "{ended}");
}
