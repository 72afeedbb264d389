//! `diff`: which points of two directories differ, and by how many errors.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::formats::change_rules;
use crate::launch::Launcher;
use crate::place::Place;
use crate::running::Ended;

const SWEEP: &str = "[sweep]\nname = \"difference\"\nexperiment = \"null\"\nseed = 1\nreplicates = 20\n\
    [grid]\nindex = [1, 2, 3, 4]\n";

fn diff(arguments: &[&str]) -> Ended {
    Launcher::Alone.run(&[&["diff"], arguments].concat())
}

fn json(arguments: &[&str], code: i32) -> Value {
    serde_json::from_str(&diff(&[arguments, &["--format", "json"]].concat()).expect(code).output).unwrap()
}

fn computed(place: &Place, name: &str, text: &str) -> String {
    let code = if text.contains("outcome = [\"error\"]") { 3 } else { 0 };
    place.computed(&place.file(&format!("{name}.toml"), text), name, code)
}

#[test]
fn the_same_sweep_has_equal_bits_wherever_it_was_computed() {
    let place = Place::new();
    let text = SWEEP.replace("null", "probe") + "[fixed]\ndiverging = 0.3\n";
    let here = computed(&place, "here", &text);
    let there = place.path("there");
    Launcher::Ranks(2).run(&["run", &place.path("here.toml"), "--out", &there, "--threads", "1"]).expect(0);
    let ended = diff(&[&here, &there]).expect(0);
    ended.says(&[
        "points: 4 in both (same random numbers: replicates are paired), 0 only in A, 0 only in B",
        "\nvalue: 4 of 4 points have equal bits\n",
        "\ndiverged: 4 of 4 points have equal bits\n",
        "\npath: ",
    ]);
    let found = json(&[&here, &there, "--observable", "path"], 0);
    assert_eq!((&found["equal"], found["rows"].as_array().unwrap().len()), (&true.into(), 16));
    assert_eq!((found["rows"][3]["step"].as_f64(), found["rows"][3]["equal_bits"].as_f64()), (Some(3.0), Some(1.0)));
}

/// The values of a column by index, from the table of one directory.
fn column(out: &str, name: &str) -> BTreeMap<i64, f64> {
    let table = Launcher::Alone.run(&["table", out, "--format", "json"]).expect(0).output;
    let table: Value = serde_json::from_str(&table).unwrap();
    let entry = |row: &Value| (row["index"].as_i64().unwrap(), row[name].as_f64().unwrap());
    table["rows"].as_array().unwrap().iter().map(entry).collect()
}

#[test]
fn two_seeds_differ_by_errors_of_both() {
    let place = Place::new();
    let (one, other) =
        (computed(&place, "one", SWEEP), computed(&place, "other", &SWEEP.replace("seed = 1", "seed = 2")));
    let found = json(&[&one, &other], 3);
    let [means, errors] = ["value_mean", "value_sem"].map(|name| [column(&one, name), column(&other, name)]);
    let mut largest: f64 = 0.0;
    for row in found["rows"].as_array().unwrap() {
        let index = row["index"].as_i64().unwrap();
        let difference = means[1][&index] - means[0][&index];
        let error = errors[0][&index].hypot(errors[1][&index]);
        assert!((row["difference"].as_f64().unwrap() - difference).abs() < 1e-12, "{row:#}");
        assert!((row["difference_sem"].as_f64().unwrap() - error).abs() < 1e-12, "{row:#}");
        assert!((row["difference_in_errors"].as_f64().unwrap() - difference / error).abs() < 1e-9, "{row:#}");
        assert_eq!((row["paired"].as_f64(), row["equal_bits"].as_f64()), (Some(0.0), Some(0.0)));
        largest = largest.max((difference / error).abs());
    }
    let tally = &found["observables"][0];
    assert_eq!(
        (tally["compared"].as_u64(), tally["equal"].as_u64(), tally["with_error"].as_u64()),
        (Some(4), Some(0), Some(4))
    );
    assert!((tally["largest_in_errors"].as_f64().unwrap() - largest).abs() < 1e-9);
    // Four values with at most 38 degrees of freedom, each beyond two errors with a probability of 5.2 to 6 %.
    let chance = tally["expected_by_chance"].as_f64().unwrap();
    assert!((4.0 * 0.052..4.0 * 0.06).contains(&chance), "{chance}");
    let text = diff(&[&one, &other]).expect(3).says(&["means are compared", "value: 0 of 4 points have equal bits"]);
    assert!(text.output.contains(&format!("largest difference {largest:.1} errors")), "{text}");
    // The largest comes first.
    let first: Vec<&str> = text.output.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(first.last().unwrap().trim_start_matches(['+', '-']), format!("{largest:.1}"), "{text}");
    let csv = diff(&[&one, &other, "--format", "csv"]).expect(3).output;
    let header = "index,value_mean_a,value_sem_a,n_a,failed_a,missing_a,value_mean_b,value_sem_b,n_b,failed_b,\
                  missing_b,difference,difference_sem,difference_in_errors,paired,equal_bits\n";
    assert!(csv.starts_with(header) && csv.lines().count() == 5, "{csv}");
}

#[test]
fn a_grown_sweep_differs_only_in_what_is_new() {
    let place = Place::new();
    let small = computed(&place, "small", SWEEP);
    let wider = computed(&place, "wider", &SWEEP.replace("[1, 2, 3, 4]", "[4, 3, 2, 9, 8]"));
    diff(&[&small, &wider]).expect(3).says(&[
        "points: 3 in both (same random numbers: replicates are paired), 1 only in A, 2 only in B",
        "only in A: index = 1",
        "only in B: index = 9",
        "value: 3 of 3 points have equal bits",
    ]);
    let found = json(&[&small, &wider], 3);
    assert_eq!((found["only_in_a"].as_array().unwrap().len(), found["rows"].as_array().unwrap().len()), (1, 6));
    let more = computed(&place, "more", &SWEEP.replace("replicates = 20", "replicates = 25"));
    let found = json(&[&small, &more], 3);
    for row in found["rows"].as_array().unwrap() {
        assert_eq!(
            [&row["n_a"], &row["n_b"], &row["difference"]],
            [&Value::from(20), &25.into(), &0.into()],
            "{row:#}"
        );
    }
}

#[test]
fn what_failed_on_one_side_is_shown() {
    let place = Place::new();
    let of = |outcome: &str| {
        let text = SWEEP.replace("replicates = 20", "replicates = 20\nstreams = \"paired\"");
        format!("{text}outcome = [\"{outcome}\"]\n[fixed]\nfailing = 0.3\n")
    };
    let (good, bad) = (computed(&place, "good", &of("value")), computed(&place, "bad", &of("error")));
    let ended = diff(&[&good, &bad, "--ignore", "outcome"]).expect(3);
    ended.says(&["failed B", "ignored: outcome = value in A, error in B", "value: 0 of 4 points have equal bits"]);
    let found = json(&[&good, &bad, "--ignore", "outcome"], 3);
    for row in found["rows"].as_array().unwrap() {
        // Of the same random numbers, those that are left are the same.
        assert_eq!((row["difference"].as_f64(), row["paired"].as_f64()), (Some(0.0), Some(1.0)), "{row:#}");
        assert_eq!(row["n_b"].as_u64().unwrap() + row["failed_b"].as_u64().unwrap(), 20);
        assert!(row["failed_b"].as_u64().unwrap() > 0 && row["failed_a"] == 0, "{row:#}");
    }
}

#[test]
fn points_of_which_some_have_the_same_random_numbers_are_counted() {
    let place = Place::new();
    let of = |durations: &str| {
        let (head, _) = SWEEP.split_once("[grid]").unwrap();
        format!("{head}[[zip]]\nindex = [1, 2, 3]\nduration = {durations}\n")
    };
    let (one, other) = (computed(&place, "one", &of("[0, 0, 0]")), computed(&place, "other", &of("[0, 0, 0.001]")));
    diff(&[&one, &other, "--ignore", "duration"]).expect(3).says(&[
        "points: 3 in both (2 of them with the same random numbers, compared in pairs), 0 only in A",
        "value: 2 of 3 points have equal bits",
    ]);
}

/// Results that another version wrote are compared as they are; whether their streams mean the same numbers is not
/// known.
#[test]
fn results_of_other_rules_are_compared_by_their_means() {
    let place = Place::new();
    let (here, other) = (computed(&place, "here", SWEEP), computed(&place, "other", SWEEP));
    change_rules(&other, "\"experiment_version\": ", "\"experiment_version\": 9");
    diff(&[&here, &other]).expect(0).says(&[
        "results.h5 as it is",
        "means are compared",
        "value: 4 of 4 points have equal bits",
    ]);
    let seed = computed(&place, "seed", &SWEEP.replace("seed = 1", "seed = 2"));
    diff(&[&seed, &other]).expect(3).says(&["results.h5 as it is", "value: 0 of 4 points have equal bits"]);
}

#[test]
fn there_may_be_nothing_to_compare() {
    let place = Place::new();
    let here = computed(&place, "here", SWEEP);
    let probe = computed(&place, "probe", &SWEEP.replace("null", "probe"));
    diff(&[&here, &probe]).expect(2).says(&["one has the experiment `null`, the other `probe`"]);
    let slow = computed(&place, "slow", &format!("{SWEEP}[fixed]\nduration = 0.001\n"));
    diff(&[&here, &slow]).expect(2).says(&["`duration` is 0 in one and 0.001 in the other", "`--ignore duration`"]);
    diff(&[&here, &slow, "--ignore", "duration"]).expect(3).says(&["ignored: duration = 0 in A, 0.001 in B"]);
    diff(&[&here, &here, "--ignore", "index"]).expect(2).says(&["the 4 points of the first directory become 1"]);
    diff(&[&here, &here, "--observable", "valve"]).expect(2).says(&["did you mean `value`?"]);
    diff(&[&here, &here, "--ignore", "durations"]).expect(2).says(&["did you mean `duration`?"]);
    diff(&[&here, &place.path("nowhere")]).expect(2);
    let failed = computed(&place, "failed", &format!("{SWEEP}outcome = [\"error\"]\n"));
    diff(&[&failed, &failed]).expect(2).says(&["nothing to compare: no point has a value on both sides"]);
}
