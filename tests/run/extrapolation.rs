//! What tables say beyond their rows: values at infinite size, and the mean deviation from the theory.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::launch::Launcher;
use crate::place::Place;

const SWEEP: &str = r#"
[sweep]
name = "extrapolation"
experiment = "capacity"
seed = 31
replicates = 12

[grid]
output_correlation = [0.0, 0.5]
inputs = [20, 40, 80]
bistability = [0.0, 1.0]
"#;

type Row = BTreeMap<String, f64>;

/// The rows of a CSV file; what is empty is left out.
fn rows(path: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
    let row = |record: csv::StringRecord| {
        header.iter().cloned().zip(record.iter()).filter_map(|(name, cell)| Some((name, cell.parse().ok()?))).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// a, its error and χ² / (n - 2) of a + b x with x a power of the size, by the normal equations as they stand.
fn line(points: &[&Row], exponent: f64) -> [f64; 3] {
    let terms: Vec<[f64; 3]> = points
        .iter()
        .map(|row| [row["inputs"].powf(exponent), row["capacity_mean"], row["capacity_sem"].powi(-2)])
        .collect();
    let sum = |term: fn(&[f64; 3]) -> f64| terms.iter().map(term).sum::<f64>();
    let (s, sx, sy) = (sum(|[_, _, w]| *w), sum(|[x, _, w]| w * x), sum(|[_, y, w]| w * y));
    let (sxx, sxy) = (sum(|[x, _, w]| w * x * x), sum(|[x, y, w]| w * x * y));
    let determinant = s * sxx - sx * sx;
    let (a, b) = ((sxx * sy - sx * sxy) / determinant, (s * sxy - sx * sy) / determinant);
    let chi_squared: f64 = terms.iter().map(|[x, y, w]| w * (y - a - b * x).powi(2)).sum();
    [a, (sxx / determinant).sqrt(), chi_squared / (points.len() - 2) as f64]
}

fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{what}: {found}, expected {expected}");
}

#[test]
fn capacity_is_extrapolated_to_infinite_inputs() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let points = rows(&format!("{out}/tables/capacity.csv"));
    let extrapolated = rows(&format!("{out}/tables/capacity_extrapolated.csv"));
    assert_eq!((points.len(), extrapolated.len()), (12, 4));
    for row in &extrapolated {
        let same = |point: &&Row| ["output_correlation", "bistability"].iter().all(|name| point[*name] == row[*name]);
        let sizes: Vec<&Row> = points.iter().filter(same).collect();
        assert_eq!((sizes.len(), row["sizes"]), (3, 3.0));
        for (law, exponent) in [("inverse", -1.0), ("two_thirds", -2.0 / 3.0)] {
            let column = |suffix: &str| row[&format!("capacity_{law}{suffix}")];
            let [value, error, chi_squared] = line(&sizes, exponent);
            assert_close(column(""), value, law);
            assert_close(column("_sem"), error, law);
            assert_close(column("_chi2"), chi_squared, law);
            assert!(error > 0.0 && chi_squared > 0.0);
            let theory = row["capacity_theory"];
            assert_close(theory, sizes[2]["capacity_theory"], "theory");
            assert_close(row[&format!("deviation_{law}")], (value - theory) / theory, law);
            assert_close(row[&format!("deviation_{law}_in_errors")], (value - theory) / error, law);
            // The size explains what is left of the deviation.
            assert!((value - theory).abs() < 5.0 * error, "{law}: {row:?}");
        }
    }
    check_other_formats(&out, &points, &extrapolated);
    // Nothing can be said of an observable without an error.
    assert!(Path::new(&format!("{out}/tables/natural_unit.csv")).exists());
    assert!(!Path::new(&format!("{out}/tables/natural_unit_extrapolated.csv")).exists());
    Launcher::Alone.run(&["verify", &out]).expect(0).says(&["checksums   21 files"]);
}

/// The number behind these words.
fn number_after(text: &str, words: &str) -> f64 {
    let (_, behind) = text.split_once(words).unwrap();
    behind.split_whitespace().next().unwrap().parse().unwrap()
}

fn check_other_formats(out: &str, points: &[Row], extrapolated: &[Row]) {
    let table = |format: &str| Launcher::Alone.run(&["table", out, "--format", format]).expect(0).output;
    let json: Value = serde_json::from_str(&table("json")).unwrap();
    assert_eq!(json["extrapolated"]["size"], "inputs");
    for (row, object) in extrapolated.iter().zip(json["extrapolated"]["rows"].as_array().unwrap()) {
        row.iter().for_each(|(name, value)| assert_close(object[name].as_f64().unwrap(), *value, name));
    }
    let n = points.len() as f64;
    let deviations: Vec<f64> = points.iter().map(|row| row["deviation"].abs()).collect();
    let mean = deviations.iter().sum::<f64>() / n;
    let variance = deviations.iter().map(|deviation| (deviation - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let noise: f64 = points.iter().map(|row| row["capacity_sem"] / row["capacity_theory"]).sum::<f64>() / n;
    let told = |key: &str| json["mean_deviation"][key].as_f64().unwrap();
    assert_eq!(told("points"), n);
    assert_close(told("value"), mean, "mean deviation");
    assert_close(told("standard_error"), (variance / n).sqrt(), "its error");
    assert_close(told("expected_from_noise"), noise * (2.0 / std::f64::consts::PI).sqrt(), "noise");
    for law in ["inverse", "two_thirds"] {
        let column = format!("deviation_{law}");
        let mean = extrapolated.iter().map(|row| row[&column].abs()).sum::<f64>() / 4.0;
        assert_close(json["extrapolated"][format!("mean_{column}")]["value"].as_f64().unwrap(), mean, law);
    }
    for format in ["text", "markdown"] {
        let table = table(format);
        let (first, second) = table.split_once("\ncapacity extrapolated to infinite inputs\n").unwrap();
        let written = number_after(first, "\nmean |deviation|: ");
        assert!((written - 100.0 * mean).abs() < 0.5, "{table}");
        let rows = second.lines().filter(|line| line.contains(" %") && !line.contains("mean"));
        assert_eq!((rows.count(), second.matches("\nmean |deviation| of ").count()), (4, 2), "{table}");
    }
}

#[test]
fn only_an_axis_of_sizes_by_itself_with_three_values_is_extrapolated() {
    let place = Place::new();
    let others = [
        ("two", "[grid]\ninputs = [20, 40]"),
        ("fixed", "[fixed]\ninputs = 20"),
        ("zipped", "[[zip]]\ninputs = [20, 40, 80]\noutput_correlation = [0.0, 0.3, 0.6]"),
    ];
    for (name, axes) in others {
        let text = format!("[sweep]\nname = \"{name}\"\nexperiment = \"capacity\"\nreplicates = 3\n{axes}\n");
        let out = place.computed(&place.file("sweep.toml", &text), name, 0);
        assert!(!Path::new(&format!("{out}/tables/capacity_extrapolated.csv")).exists(), "{name}");
        let ended = Launcher::Alone.run(&["table", &out]).expect(0).says(&["mean |deviation|: "]);
        assert!(!ended.output.contains("extrapolated"), "{ended}");
    }
    // One replicate has no error, and so no weight; and no deviation to speak of.
    let text = SWEEP.replace("replicates = 12", "replicates = 1");
    let out = place.computed(&place.file("sweep.toml", &text), "one", 0);
    let ended = Launcher::Alone.run(&["table", &out]).expect(0);
    assert!(!ended.output.contains("extrapolated") && !ended.output.contains("mean"), "{ended}");
    let json: Value =
        serde_json::from_str(&Launcher::Alone.run(&["table", &out, "--format", "json"]).expect(0).output).unwrap();
    assert_eq!((&json["extrapolated"], &json["mean_deviation"]), (&Value::Null, &Value::Null));
}
