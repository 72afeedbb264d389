//! What people look at: `status` of a live, a dead and a finished sweep, `table` in every format, `plan`, the
//! catalogue.

use serde_json::Value;

use crate::launch::Launcher;
use crate::place::{Place, status};
use crate::running::{await_until, signal};

const SLOW: &str = r#"
[sweep]
name = "views"
experiment = "null"
seed = 12
replicates = 100

[fixed]
duration = 0.2
"#;

const CAPACITY: &str = r#"
[sweep]
name = "views"
experiment = "capacity"
seed = 12
replicates = 3

[grid]
bistability = [0.0, 1.0]
output_correlation = [0.0, 0.3]

[fixed]
inputs = 24
"#;

#[test]
fn status_reports_a_live_a_dead_and_a_finished_sweep() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let out = place.path("results");
    let mut running = Launcher::Ranks(2).start(&["run", &sweep, "--out", &out, "--threads", "2"]);
    let live = await_until("an ETA", || status(&out).filter(|status| status["eta_seconds"].is_number()));
    let number = |status: &Value, key: &str| status[key].as_u64().unwrap();
    assert!((1..=4).contains(&number(&live, "running")), "{live:#}");
    assert!(number(&live, "done") > 0 && number(&live, "left") > 0, "{live:#}");
    assert_eq!(number(&live, "done") + number(&live, "left"), 100);
    assert!(live["rate"].as_f64().unwrap() > 0.0 && live["state"] == "running", "{live:#}");
    assert!(live["explanation"].as_str().unwrap().starts_with("running (host"), "{live:#}");
    // 100 tasks of 0.2 s on 4 threads take 5 s.
    let eta = live["eta_seconds"].as_f64().unwrap();
    assert!((0.0..60.0).contains(&eta), "{live:#}");
    Launcher::Alone.run(&["status", &out]).expect(0).says(&[
        "running   ",
        "left      ",
        "ETA       ",
        "2 ranks, 4 threads",
    ]);

    running.ranks().iter().for_each(|(_, pid)| signal(*pid, "KILL"));
    running.await_gone();
    let dead = status(&out).unwrap();
    assert_eq!((&dead["state"], &dead["eta_band_seconds"]), (&"killed".into(), &Value::Null), "{dead:#}");
    assert_eq!((&dead["running"], &dead["eta_seconds"]), (&0.into(), &Value::Null), "{dead:#}");
    assert!(number(&dead, "done") >= number(&live, "done"), "{dead:#}");

    Launcher::Alone.run(&["run", &sweep, "--out", &out, "--threads", "50"]).expect(0);
    let finished = status(&out).unwrap();
    assert_eq!(
        (&finished["state"], &finished["done"], &finished["left"]),
        (&"complete".into(), &100.into(), &0.into())
    );
}

#[test]
fn tables_parse_back_in_every_format() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", CAPACITY), "results", 0);
    let table = |format: &str| Launcher::Alone.run(&["table", &out, "--format", format]).expect(0).output;

    let csv = table("csv");
    assert_eq!(csv, std::fs::read_to_string(format!("{out}/tables/capacity.csv")).unwrap());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
    let rows: Vec<Vec<f64>> =
        reader.records().map(|row| row.unwrap().iter().map(|cell| cell.parse().unwrap()).collect()).collect();
    assert_eq!(rows.len(), 4);

    let json: Value = serde_json::from_str(&table("json")).unwrap();
    assert_eq!(json["observable"], "capacity");
    assert_eq!(json["rows"].as_array().unwrap().len(), 4);
    for (row, object) in rows.iter().zip(json["rows"].as_array().unwrap()) {
        for (name, value) in header.iter().zip(row) {
            // Parsing JSON may round the last bit.
            let parsed = object[name].as_f64().unwrap();
            assert!((parsed - value).abs() <= 1e-15 * value.abs(), "{name} = {value}: {object:#}");
        }
    }

    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    for row in &rows {
        let (mean, theory) = (row[column("capacity_mean")], row[column("capacity_theory")]);
        assert!(mean > 0.5 && theory > 0.5 && row[column("capacity_sem")] >= 0.0, "{row:?}");
        assert_eq!(row[column("n")], 3.0);
        assert!((row[column("deviation")] - (mean - theory) / theory).abs() < 1e-12);
    }

    let markdown = table("markdown");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_string()).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> = markdown.lines().take_while(|line| line.starts_with('|')).map(cells).collect();
    assert_eq!(lines.len(), 6, "{markdown}");
    assert!(lines.iter().all(|line| line.len() == lines[0].len()), "{markdown}");
    assert!(lines[1].iter().all(|cell| cell.trim_matches(':').chars().all(|letter| letter == '-')), "{markdown}");
    let text = table("text");
    for (row, (line, shown)) in rows.iter().zip(lines[2..].iter().zip(text.lines().skip(1))) {
        let mean: f64 = line[2].split('(').next().unwrap().parse().unwrap();
        assert!((mean - row[column("capacity_mean")]).abs() <= row[column("capacity_sem")].max(1e-3), "{markdown}");
        assert_eq!(shown.split_whitespace().take(4).collect::<Vec<_>>(), line[..4], "{text}");
    }
}

#[test]
fn a_table_can_be_of_any_scalar_observable() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", CAPACITY), "results", 0);
    let ended = Launcher::Alone.run(&["table", &out, "--observable", "silent_fraction", "--format", "csv"]).expect(0);
    assert!(ended.output.starts_with("bistability,output_correlation,silent_fraction_mean,"), "{ended}");
    let ended = Launcher::Alone.run(&["table", &out, "--observable", "silent_fractoin"]).expect(2);
    ended.says(&["silent_fractoin", "did you mean `silent_fraction`?", "capacity, silent_fraction"]);
    let ended = Launcher::Alone.run(&["table", &out, "--observable", "zzz"]).expect(2);
    assert_eq!(ended.says(&["unknown observable `zzz`"]).to_string().matches("natural_unit").count(), 1);
}

#[test]
fn a_plan_shows_what_is_left() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", CAPACITY);
    let out = place.path("results");
    let plan = || Launcher::Alone.run(&["plan", &sweep, "--out", &out, "--ranks", "2", "--threads", "1"]).expect(0);
    plan().says(&[
        "points      4 = 2 bistability x 2 output_correlation",
        "tasks       12",
        "left        12",
        "6 tasks and",
    ]);
    assert!(!std::path::Path::new(&out).exists(), "a plan wrote something");
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0);
    plan().says(&["done        12", "left        0", "0 tasks and"]);
    let grown = place.file("grown.toml", &CAPACITY.replace("replicates = 3", "replicates = 5"));
    Launcher::Alone.run(&["plan", &grown, "--out", &out]).expect(0).says(&["done        12", "left        8"]);
}

#[test]
fn the_catalogue_shows_capacity_and_hides_the_instruments() {
    let ended = Launcher::Alone.run(&["experiments"]).expect(0).says(&["capacity"]);
    assert!(!ended.output.contains("null") && !ended.output.contains("probe"), "{ended}");
    let ended = Launcher::Alone.run(&["experiments", "capacity"]).expect(0);
    ended.says(&["input_correlation", "bistability", "silent_fraction", "perceptron-no-switching"]);
    Launcher::Alone.run(&["experiments", "capacitance"]).expect(2).says(&["capacitance", "capacity"]);
}

#[test]
fn the_doctor_sees_mpi_and_hdf5() {
    let place = Place::new();
    let folder = place.path("");
    Launcher::Alone.run(&["doctor", &folder]).expect(0).says(&["mpi         ", "hdf5        ", "is writable"]);
    Launcher::Ranks(2).run(&["doctor", &folder]).expect(0).says(&["2 ranks"]);
    Launcher::WithoutMpi.run(&["doctor", &folder]).expect(0).says(&["none in this binary"]);
    Launcher::Alone.run(&["doctor", &place.path("nowhere")]).expect(6);
}
