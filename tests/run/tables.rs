//! What tables show beyond means: arrays, selections, cautions, and LaTeX.

use serde_json::Value;

use crate::launch::Launcher;
use crate::place::Place;

fn table(out: &str, more: &[&str]) -> String {
    Launcher::Alone.run(&[&["table", out], more].concat()).expect(0).output
}

fn json(out: &str, more: &[&str]) -> Value {
    serde_json::from_str(&table(out, &[more, &["--format", "json"]].concat())).unwrap()
}

/// Of ten replicates at the third point, some exceed the load limit.
const CENSORED: &str = "[sweep]\nname = \"censored\"\nexperiment = \"capacity\"\nseed = 14\nreplicates = 10\n\
    [grid]\noutput_correlation = [0.0, 0.5, 0.8]\n[fixed]\ninputs = 40\nbistability = 1.0\nload_limit = 3.0\n";

#[test]
fn a_mean_over_a_selection_is_marked_and_does_not_enter_the_mean_deviation() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", CENSORED), "results", 3);
    let found = json(&out, &[]);
    let rows = found["rows"].as_array().unwrap();
    let censored: Vec<u64> = rows.iter().map(|row| row["censored"].as_u64().unwrap()).collect();
    assert!(censored[..2] == [0, 0] && (1..10).contains(&censored[2]), "{found:#}");
    assert_eq!(rows[2]["failed"], censored[2]);
    let deviation = |row: &Value| row["deviation"].as_f64().unwrap().abs();
    let mean = (deviation(&rows[0]) + deviation(&rows[1])) / 2.0;
    assert_eq!(found["mean_deviation"]["points"], 2);
    assert!((found["mean_deviation"]["value"].as_f64().unwrap() - mean).abs() < 1e-12, "{found:#}");
    for format in ["text", "markdown", "latex"] {
        let shown = table(&out, &["--format", format]);
        let star = if format == "latex" { "{*}" } else { "*" };
        let marked: Vec<bool> = shown
            .lines()
            .filter(|line| line.contains('(') && line.contains(" %"))
            .map(|line| line.contains(star))
            .collect();
        let percent = if format == "latex" { vec![] } else { vec![false, false, true] };
        assert!(marked.starts_with(&percent), "{marked:?} in {shown}");
        assert!(
            shown.contains(&format!("{star} means over the replicates that have a value may be biased")),
            "{shown}"
        );
        let all: String = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(all.contains("censored above"), "{shown}");
        assert!(all.contains("over 2 of 3 points"), "{shown}");
    }
    let notes = found["notes"].to_string();
    assert!(notes.contains("censored above") && notes.contains("too low"), "{notes}");
}

#[test]
fn arrays_have_one_row_per_point_and_coordinate() {
    let place = Place::new();
    let text = "[sweep]\nname = \"arrays\"\nexperiment = \"capacity\"\nseed = 5\nreplicates = 6\n\
        [grid]\nbistability = [0.0, 1.0]\n[fixed]\ninputs = 40\n";
    let out = place.computed(&place.file("sweep.toml", text), "results", 0);
    let csv = table(&out, &["--observable", "weight_histogram", "--format", "csv"]);
    assert_eq!(csv, std::fs::read_to_string(format!("{out}/tables/weight_histogram.csv")).unwrap());
    let header = "bistability,weight,weight_histogram_mean,weight_histogram_sem,n,absent,failed,censored,missing,\
                  weight_histogram_theory,weight_histogram_theory_sem,deviation,deviation_in_errors\n";
    assert!(csv.starts_with(header), "{csv}");
    let found = json(&out, &["--observable", "weight_histogram"]);
    let silent = json(&out, &["--observable", "silent_fraction"]);
    let rows = found["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 100);
    for (point, silent) in silent["rows"].as_array().unwrap().iter().enumerate() {
        let bins = &rows[50 * point..][..50];
        let weights: Vec<f64> = bins.iter().map(|row| row["weight"].as_f64().unwrap()).collect();
        assert!(weights.iter().enumerate().all(|(bin, weight)| (weight - (bin as f64 + 0.5) * 0.1).abs() < 1e-12));
        assert!(bins.iter().all(|row| row["bistability"] == silent["bistability"] && row["n"] == 6));
        // The bins hold all weights that are not zero, but for those above five times the mean.
        let sum: f64 = bins.iter().map(|row| 0.1 * row["weight_histogram_mean"].as_f64().unwrap()).sum();
        let rest = 1.0 - sum - silent["silent_fraction_mean"].as_f64().unwrap();
        assert!((-1e-9..0.1).contains(&rest), "{rest}");
    }
    assert_eq!(found["mean_deviation"], Value::Null);
    let text = table(&out, &["--observable", "weight_histogram"]);
    let first: Vec<&str> = text.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(first[..2], ["0", "0.05"], "{text}");
}

#[test]
fn an_array_that_is_too_large_has_no_file() {
    let place = Place::new();
    let text = |points: usize| {
        format!(
            "[sweep]\nname = \"large\"\nexperiment = \"probe\"\nreplicates = 1\n\
             [grid]\nindex = {{ start = 1, stop = {points}, steps = {points} }}\n"
        )
    };
    // Four steps per point, and 50 000 rows at most.
    for (points, is_there) in [(12_500, true), (12_501, false)] {
        let name = points.to_string();
        let out = place.path(&name);
        let sweep = place.file(&format!("{name}.toml"), &text(points));
        Launcher::Alone.run(&["run", &sweep, "--out", &out, "--threads", "2"]).expect(0);
        assert_eq!(std::path::Path::new(&format!("{out}/tables/path.csv")).exists(), is_there, "{points} points");
        Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0).says(&["nothing left to compute"]);
        let csv = table(&out, &["--observable", "path", "--format", "csv"]);
        assert_eq!(csv.lines().count(), 4 * points + 1);
    }
}

#[test]
fn an_estimate_that_is_nearly_all_bias_says_so_next_to_its_companion() {
    let place = Place::new();
    let text = "[sweep]\nname = \"bias\"\nexperiment = \"information\"\nseed = 4\nreplicates = 2\n\
        [grid]\ninput_frequency = [1.0, 4.0]\n[fixed]\ntrials = 4\nwarm_up = 1.0\naccuracy = 0.01\n";
    let out = place.computed(&place.file("sweep.toml", text), "results", 0);
    for format in ["text", "markdown", "latex", "json"] {
        let shown = table(&out, &["--format", format]);
        assert!(shown.contains("nearly all of it is bias"), "{shown}");
        let companion = match format {
            "json" => "information_shuffled_mean",
            "latex" => "information,\\\\shuffled",
            _ => "information, shuffled",
        };
        assert!(shown.contains(companion), "{shown}");
    }
    let csv = table(&out, &["--format", "csv"]);
    let header =
        "input_frequency,information_mean,information_sem,information_shuffled_mean,information_shuffled_sem,n,";
    assert!(csv.starts_with(header), "{csv}");
    let [first, shuffled] = [&json(&out, &[]), &json(&out, &["--observable", "information_shuffled"])]
        .map(|found| found["rows"][1]["information_shuffled_mean"].as_f64().unwrap());
    assert_eq!(first, shuffled);
}

#[test]
fn latex_is_a_table_with_the_lines_of_booktabs() {
    let place = Place::new();
    let text = "[sweep]\nname = \"latex\"\nexperiment = \"latency\"\nseed = 3\nreplicates = 10\n\
        [grid]\nsilence = [0.0, 1.0]\n";
    let out = place.computed(&place.file("sweep.toml", text), "results", 0);
    let shown = table(&out, &["--observable", "latency", "--format", "latex"]);
    let row = &json(&out, &["--observable", "latency"])["rows"][0];
    let text = table(&out, &["--observable", "latency"]);
    let cells: Vec<&str> = text.lines().nth(1).unwrap().split_whitespace().collect();
    // silence, the mean with its error, n, absent, theory, deviation, %, in errors
    assert_eq!(cells.len(), 8, "{text}");
    let mean = row["latency_mean"].as_f64().unwrap();
    assert!((cells[1].split('(').next().unwrap().parse::<f64>().unwrap() - mean).abs() < 0.05, "{text}");
    let expected = format!(
        "% \\usepackage{{booktabs}}\n\
         \\begin{{tabular}}{{rrlrrrrr}}\n\
         \\toprule\n\
         silence & \\shortstack[r]{{latency\\\\(s)}} &  & n & absent & theory & deviation & \
         \\shortstack[r]{{in\\\\errors}} \\\\\n\
         \\midrule\n\
         $0$ & ${}$ &  & $10$ & $0$ & ${}$ & ${}$\\,\\% & ${}$ \\\\\n\
         $1$ &  & {{*}} & $0$ & $10$ &  &  &  \\\\\n\
         \\bottomrule\n\
         \\end{{tabular}}\n\
         \n\\par\\smallskip\n{{\\footnotesize\n\
         no value in 10 of 10 replicates at 1 of 2 points; means are over the others \\\\\n\
         {{*}} means over the replicates that have a value may be biased, and are left out of the mean deviation \\\\\n\
         mean $|$deviation$|$: {}\\par}}\n",
        cells[1],
        cells[4],
        cells[5],
        cells[7],
        shown.split("mean $|$deviation$|$: ").nth(1).unwrap().trim_end().trim_end_matches("\\par}"),
    );
    assert_eq!(shown, expected);
}

/// What the library reads back is tested next to the code.
#[test]
#[cfg(feature = "parquet")]
fn parquet_goes_into_files_only() {
    use std::process::{Command, Stdio};

    let place = Place::new();
    let text = "[sweep]\nname = \"parquet\"\nexperiment = \"null\"\nreplicates = 3\n[grid]\nindex = [1, 2]\n";
    let out = place.computed(&place.file("sweep.toml", text), "results", 0);
    let arguments = ["table", &out, "--format", "parquet"];
    let written = Command::new(crate::launch::with_mpi()).args(arguments).stderr(Stdio::null()).output().unwrap();
    assert_eq!(written.status.code(), Some(0));
    let bytes = written.stdout;
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "{} bytes", bytes.len());
    assert!(bytes.windows(10).any(|name| name == b"value_mean"));
    // `script` gives the program a terminal.
    let command = format!("{} table {out} --format parquet", crate::launch::with_mpi().display());
    let refused = Command::new("script").args(["-qec", &command, "/dev/null"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stdout).contains("> table.parquet"), "{refused:?}");
}
