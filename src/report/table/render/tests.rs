use super::super::extrapolation::Fit;
use super::super::row::{Counts, Row};
use super::*;
use crate::experiment::{Estimate, Observable, Parameter, Value};

const NAN: f64 = f64::NAN;

const INDEX: Parameter = Parameter::whole("index", 0, 9, 0);

/// A point of five replicates: the mean of `n` of the `done`, of which some diverged.
fn row(index: i64, mean: f64, standard_error: f64, [n, done, diverged]: [usize; 3]) -> Row {
    Row {
        parameters: vec![Value::Integer(index)],
        coordinates: Vec::new(),
        mean,
        standard_error,
        companion: Estimate::UNKNOWN,
        counts: Counts { n, done, diverged, failed: 5 - done, ..Counts::default() },
        theory: NAN,
        theory_standard_error: NAN,
        precision_met: None,
    }
}

fn table(observable: &'static str, divergence_flag: Option<&'static str>, rows: Vec<Row>) -> Table {
    let label = Box::leak(observable.replace('_', " ").into_boxed_str());
    Table {
        observable: Box::leak(Box::new(Observable::scalar(observable).label(label).unit("cm2", "cm²"))),
        companion: None,
        parameters: vec![INDEX.quantity],
        has_theory: false,
        divergence_flag,
        streams: crate::sweep::Streams::Independent,
        precision: None,
        rows,
        extrapolated: None,
    }
}

/// Nothing diverged, some runs did (and one failed), one run has a value, all diverged.
fn errors() -> Table {
    let rows = vec![
        row(0, 2.5, 0.25, [5, 5, 0]),
        row(1, 3.5, 0.5, [2, 4, 2]),
        row(2, 3.0, NAN, [1, 5, 4]),
        row(3, NAN, NAN, [0, 5, 5]),
    ];
    table("error_at_end", Some("diverged"), rows)
}

#[test]
fn people_see_which_means_lack_runs_that_diverged() {
    let text = errors().render(Format::Text);
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["index", "error", "at", "end", "(cm²)", "n", "diverged", "failed"]);
    assert_eq!(lines[1], ["0", "2.50(25)", "5", "0", "0"]);
    assert_eq!(lines[2], ["1", "3.5(5)", "*", "2", "2", "1"]);
    assert_eq!(lines[3], ["2", "3", "*", "1", "4", "0"]);
    assert_eq!(lines[4], ["3", "*", "0", "5", "0"]);
    let notes = "diverged in 11 of 14 replicates at 3 of 4 points; means are over the others\n\
                 failed in 1 of 5 replicates at 1 of 4 points; means are over the others\n\
                 * means over the replicates that have a value may be biased\n\
                 fewer than 5 replicates at 2 of 4 points: an error from so few is itself uncertain; 95 % lie within \
                 ±12.7 errors for n = 2; n = 1 has no error\n";
    // Long notes take several lines.
    let in_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(in_one_line(&text).ends_with(&in_one_line(notes)), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");

    let markdown = errors().render(Format::Markdown);
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_string()).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> = markdown.lines().take_while(|line| line.starts_with('|')).map(cells).collect();
    assert_eq!(lines[0], ["index", "error at end (cm²)", "", "n", "diverged", "failed"]);
    assert_eq!(lines[4], ["2", "3", "*", "1", "4", "0"]);
    assert_eq!(lines[5], ["3", "", "*", "0", "5", "0"]);
    assert!(markdown.ends_with(&format!("\n\n{notes}")), "{markdown}");
}

#[test]
fn programs_see_how_many_runs_diverged() {
    assert_eq!(
        errors().render(Format::Csv),
        "index,error_at_end_mean,error_at_end_sem,n,diverged,failed,censored,missing\n\
         0,2.5,0.25,5,0,0,0,0\n1,3.5,0.5,2,2,1,0,0\n2,3,,1,4,0,0,0\n3,,,0,5,0,0,0\n"
    );
    let json: serde_json::Value = serde_json::from_str(&errors().render(Format::Json)).unwrap();
    assert_eq!(
        json["rows"][1],
        serde_json::json!({
            "index": 1, "error_at_end_mean": 3.5, "error_at_end_sem": 0.5, "n": 2, "diverged": 2, "failed": 1,
            "censored": 0, "missing": 0
        })
    );
    assert_eq!(
        json["rows"][3],
        serde_json::json!({
            "index": 3, "error_at_end_mean": null, "error_at_end_sem": null, "n": 0, "diverged": 5, "failed": 0,
            "censored": 0, "missing": 0
        })
    );
}

#[test]
fn a_value_that_runs_had_before_they_diverged_is_in_the_mean() {
    let some = table("duration", Some("diverged"), vec![row(0, 1.0, 0.5, [4, 5, 2])]);
    let text = some.render(Format::Text);
    let note = "diverged in 2 of 5 replicates at 1 of 1 points; means are over the n that have a value\n";
    assert!(text.contains(note), "{text}");
    let all = table("duration", Some("diverged"), vec![row(0, 1.0, 0.5, [5, 5, 2])]);
    assert!(all.render(Format::Text).contains(note), "{text}");
}

#[test]
fn where_nothing_diverged_only_programs_see_the_column() {
    let rows = || vec![row(0, 2.5, 0.25, [5, 5, 0])];
    let flagged = table("error", Some("diverged"), rows());
    let plain = table("error", None, rows());
    for format in [Format::Text, Format::Markdown] {
        assert_eq!(flagged.render(format), plain.render(format));
    }
    assert_eq!(
        flagged.render(Format::Csv),
        "index,error_mean,error_sem,n,diverged,failed,censored,missing\n0,2.5,0.25,5,0,0,0,0\n"
    );
    assert_eq!(plain.render(Format::Csv), "index,error_mean,error_sem,n,failed,censored,missing\n0,2.5,0.25,5,0,0,0\n");
    let json = |table: &Table| serde_json::from_str::<serde_json::Value>(&table.render(Format::Json)).unwrap();
    assert_eq!(json(&flagged)["rows"][0]["diverged"], 0);
    assert_eq!(json(&plain)["rows"][0].get("diverged"), None);
}

#[test]
fn the_table_of_the_flag_has_the_share_of_runs_that_diverged() {
    let flag = table("diverged", Some("diverged"), vec![row(0, 0.4, 0.25, [5, 5, 2])]);
    let text = flag.render(Format::Text);
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines, [vec!["index", "diverged", "(cm²)", "n"], vec!["0", "0.40(25)", "5"]]);
    let csv = flag.render(Format::Csv);
    assert_eq!(csv, "index,diverged_mean,diverged_sem,n,diverged,failed,censored,missing\n0,0.4,0.25,5,2,0,0,0\n");
}

#[test]
fn runs_without_a_value_of_an_optional_observable_are_counted() {
    let optional = || {
        let mut table = table("latency", None, vec![row(0, 1.0, 0.5, [3, 5, 0]), row(1, 2.0, 0.5, [4, 4, 0])]);
        table.observable = Box::leak(Box::new(table.observable.optional()));
        table.rows[0].counts.absent = 2;
        table
    };
    let text = optional().render(Format::Text);
    let header = "index  latency (cm²)     n  absent  failed\n";
    assert!(text.trim_start().starts_with(header), "{text}");
    assert!(text.contains("\nno value in 2 of 5 replicates at 1 of 2 points; means are over the others\n"), "{text}");
    let csv = "index,latency_mean,latency_sem,n,absent,failed,censored,missing\n0,1,0.5,3,2,0,0,0\n1,2,0.5,4,0,1,0,0\n";
    assert_eq!(optional().render(Format::Csv), csv);
}

/// One point with a theory, and values at infinite size: both laws fit the first row, none fits the second.
fn infinite() -> Table {
    let estimate = |value, standard_error| Estimate { value, standard_error };
    let fit = |value, standard_error| Some(Fit { value, standard_error, chi_squared: 1.25 });
    let extrapolated =
        |index, sizes, fits, theory| ExtrapolatedRow { parameters: vec![Value::Integer(index)], sizes, fits, theory };
    let rows = vec![
        extrapolated(0, 4, [fit(2.5, 0.25), fit(3.0, 0.5)], estimate(2.0, 0.0)),
        extrapolated(1, 2, [None, None], estimate(NAN, NAN)),
    ];
    let point = Row { theory: 2.0, theory_standard_error: 0.0, ..row(0, 2.5, 0.25, [5, 5, 0]) };
    let extrapolated = Some(Extrapolated { size: "inputs", parameters: vec![INDEX.quantity], rows });
    Table { has_theory: true, extrapolated, ..table("capacity", None, vec![point]) }
}

#[test]
fn both_tables_have_their_theory_and_every_law_for_people_and_programs() {
    let text = infinite().render(Format::Text);
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = text.lines().map(line).collect();
    assert_eq!(lines[0], "index capacity (cm²) n theory deviation in errors");
    assert_eq!(lines[1], "0 2.50(25) 5 2.00 +25.0 % +2.0");
    assert_eq!(lines[5], "capacity extrapolated to infinite inputs");
    let law = "chi2 deviation in errors";
    assert_eq!(lines[7], format!("index sizes theory 1/N {law} N^(-2/3) {law}"));
    assert_eq!(lines[8], "0 4 2.00 2.50(25) 1.2 +25.0 % +2.0 3.0(5) 1.2 +50.0 % +2.0");
    assert_eq!(lines[9], "1 2");

    let csv = infinite().render(Format::Csv);
    let header = "index,capacity_mean,capacity_sem,n,failed,censored,missing,capacity_theory,capacity_theory_sem,\
                  deviation,deviation_in_errors\n";
    assert_eq!(csv, format!("{header}0,2.5,0.25,5,0,0,0,2,0,0.25,2\n"));
    let law = |law: &str| {
        format!("capacity_{law},capacity_{law}_sem,capacity_{law}_chi2,deviation_{law},deviation_{law}_in_errors")
    };
    let header = format!("index,sizes,capacity_theory,capacity_theory_sem,{},{}\n", law("inverse"), law("two_thirds"));
    let rows = "0,4,2,0,2.5,0.25,1.25,0.25,2,3,0.5,1.25,0.5,2\n1,2,,,,,,,,,,,,\n";
    assert_eq!(infinite().extrapolated_csv(), Some(header + rows));
}

#[test]
fn people_see_parameters_with_the_digits_that_keep_them_apart() {
    let thirds = |index: usize| {
        let mut row = row(0, 1.0, 0.1, [5, 5, 0]);
        row.parameters = vec![Value::Number(index as f64 / 3.0)];
        row
    };
    let table = table("value", None, (0..4).map(thirds).collect());
    let text = table.render(Format::Text);
    let firsts: Vec<&str> = text.lines().skip(1).take(4).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(firsts, ["0", "0.3333", "0.6667", "1"], "{text}");
    assert!(table.render(Format::Csv).contains("0.3333333333333333"));
    let rows = [12_345.6, 1_234_567.0, 0.5].map(|number| {
        let mut row = row(0, 1.0, 0.1, [5, 5, 0]);
        row.parameters = vec![Value::Number(number)];
        row
    });
    let text = self::table("value", None, rows.into()).render(Format::Text);
    let firsts: Vec<&str> = text.lines().skip(1).take(3).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(firsts, ["12345.6", "1234567", "0.5"], "{text}");
}
