//! Observables of which a run may have no value: done, not failed, left out of the mean, and counted.

use crate::launch::Launcher;
use crate::place::{Place, status};

const SWEEP: &str = "[sweep]\nname = \"optional\"\nexperiment = \"latency\"\nseed = 3\nreplicates = 40\n\
    [grid]\nsilence = [0.0, 0.5, 1.0]\n";

#[test]
fn a_run_without_a_value_is_done_and_counted() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    assert_eq!(status(&out).unwrap()["done"], 120);
    let table = std::fs::read_to_string(format!("{out}/tables/latency.csv")).unwrap();
    let mut lines = table.lines();
    let header = "silence,latency_mean,latency_sem,n,absent,failed,censored,missing,latency_theory,latency_theory_sem,\
                  deviation,deviation_in_errors";
    assert_eq!(lines.next(), Some(header));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let counts = |row: &[&str]| [row[3], row[4]].map(|count| count.parse::<u32>().unwrap());
    assert_eq!(counts(&rows[0]), [40, 0]);
    let [n, absent] = counts(&rows[1]);
    assert!(n + absent == 40 && (10..30).contains(&absent), "{table}");
    assert_eq!(counts(&rows[2]), [0, 40]);
    let mean: f64 = rows[1][1].parse().unwrap();
    assert!((mean - 0.5).abs() < 0.3, "{table}");
    // Where nothing ever happens, neither the runs nor the theory have a latency.
    assert_eq!((rows[0][8], rows[2][1], rows[2][8]), ("0.5", "", ""), "{table}");
    let note = format!("no value in {} of 80 replicates at 2 of 3 points; means are over the others", absent + 40);
    Launcher::Alone.run(&["table", &out, "--observable", "latency"]).expect(0).says(&["latency (s)", "absent", &note]);
}
