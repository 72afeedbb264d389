//! The answers of sweeps word for word, the numbers behind them, and that a page is made whatever is there.

use super::points::Points;
use super::variance::{Shares, shares};
use super::{Provenance, RunFacts, answer, chosen, failures, marginals, page};
use crate::report::figure::tests::{Fate, Fated, with_results};
use crate::results::Results;

const GRID: &str = "experiment = \"capacity\"\nreplicates = 4\n[grid]\nbistability = [0, 1]\n\
                    output_correlation = [0, 0.4, 0.8]\n[fixed]\ninputs = 100";
const MAP: &str = "experiment = \"reaching\"\nreplicates = 4\nstreams = \"paired\"\n[grid]\n\
                   diffusion = [0, 3300]\ndecay = [0.1, 1]";
const LINE: &str =
    "experiment = \"capacity\"\nreplicates = 2\n[grid]\noutput_correlation = [0, 0.4, 0.8]\n[fixed]\ninputs = 100";

/// Four replicates whose standard deviation is 0.02 √(10/3) and whose standard error is 0.018.
fn around(value: f64, replicate: u32) -> Fated {
    Fated::Done(value + [0.03, -0.03, 0.04, -0.04][replicate as usize % 4])
}

fn one_best(point: usize, replicate: u32) -> Fated {
    around([1.0, 1.02, 1.2, 1.1, 2.0, 1.98][point], replicate)
}

fn ties(point: usize, _: u32) -> Fated {
    Fated::Done([1.0, 2.0, 2.0][point])
}

fn all_equal(_: usize, _: u32) -> Fated {
    Fated::Done(1.5)
}

fn censored(point: usize, replicate: u32) -> Fated {
    match (point, replicate) {
        (5, 0 | 1) => Fated::Censored,
        (4, 3) => Fated::Missing,
        _ => one_best(point, replicate),
    }
}

fn nothing(_: usize, _: u32) -> Fated {
    Fated::Missing
}

fn answers(text: &str, fate: Fate) -> Vec<String> {
    with_results(text, fate, |results| {
        answer::sentences(&Points::new(results, chosen(results).unwrap().name()).unwrap())
    })
    .unwrap()
    .into_iter()
    .map(|sentence| sentence.replace('\u{a0}', " "))
    .collect()
}

#[test]
fn one_point_is_best() {
    assert_eq!(
        answers(GRID, one_best),
        [
            "The capacity is largest, 2.000(20) (n = 4), at γ = 1, c_out = 0.4.",
            "1 of the other 5 points cannot be distinguished from it (Welch's t test, 5 %, not corrected for many \
             points): (γ, c_out) = (1, 0.8).",
            "It is smallest, 1.000(20) (n = 4), at γ = 0, c_out = 0.",
            "The standard deviation between the 6 points is 0.48. γ accounts for 51 % of the variance, c_out 30 %, \
             their combinations 19 %; noise alone would give 0.2 % of the variance.",
        ]
    );
    // Means 1, 1.02, 1.1 and 2: each less than the others by the same in every replicate, so that all are told apart.
    let map = |point, replicate| around([1.0, 1.1, 1.02, 2.0][point], replicate);
    assert_eq!(
        answers(MAP, map),
        [
            "The mean squared error is smallest, 1.000(20) cm² (n = 4), at D = 0 µm²/s, k = 0.1/s.",
            "All other 3 points can be distinguished from it (paired t test, 5 %, not corrected for many points).",
            "It is largest, 2.000(20) cm² (n = 4), at D = 3300 µm²/s, k = 1/s.",
            "The standard deviation between the 4 points is 0.48 cm². k accounts for 42 % of the variance, D 30 %, \
             their combinations 28 %.",
        ]
    );
}

#[test]
fn several_points_are_best() {
    assert_eq!(
        answers(LINE, ties),
        [
            "The capacity is largest, 2 (exact, n = 2), at 2 points: c_out = 0.4, 0.8.",
            "The other point can be distinguished from them (Welch's t test, 5 %, not corrected for many points).",
            "It is smallest, 1 (exact, n = 2), at c_out = 0.",
            "The standard deviation between the 3 points is 0.58; noise alone would give less than 0.1 % of the \
             variance.",
        ]
    );
}

#[test]
fn all_points_are_equal() {
    assert_eq!(answers(LINE, all_equal), ["The capacity is the same at all 3 points: 1.5 (exact, n = 2)."]);
}

#[test]
fn a_censored_point_is_left_out() {
    assert_eq!(
        answers(GRID, censored),
        [
            "The capacity is largest, 2.013(22) (n = 3), at γ = 1, c_out = 0.4.",
            "All other 4 points can be distinguished from it (Welch's t test, 5 %, not corrected for many points).",
            "It is smallest, 1.000(20) (n = 4), at γ = 0, c_out = 0.",
            "1 of 6 points is left out above, because its mean is over a selection or not known yet: of 24 \
             replicates, 2 censored above, 1 not computed yet.",
        ]
    );
}

#[test]
fn little_can_be_said_of_little() {
    assert_eq!(
        answers(GRID, nothing),
        [
            "No point has a capacity yet that can be ranked.",
            "6 of 6 points are left out above, because their means are over a selection or not known yet: of 24 \
             replicates, 24 not computed yet."
        ]
    );
    let one = |point, replicate| if point == 1 { around(1.5, replicate) } else { Fated::Missing };
    assert_eq!(
        answers(GRID, one)[0],
        "The capacity is known at one point only: 1.500(20) (n = 4), at γ = 0, c_out = 0.4."
    );
    let none = |_, _| Fated::Censored;
    assert_eq!(
        answers(GRID, none),
        [
            "No point has a capacity that can be ranked.",
            "6 of 6 points are left out above, because their means are over a selection or not known: of 24 \
             replicates, 24 censored above."
        ]
    );
    let wide = |point, replicate: u32| Fated::Done([1.0, 1.2, 1.4][point] + [-0.5, 0.5][replicate as usize]);
    assert_eq!(
        answers(LINE, wide)[1..3],
        [
            "None of the other 2 points can be distinguished from it (Welch's t test, 5 %, not corrected for many \
             points).",
            "It is smallest, 1.0(5) (n = 2), at c_out = 0; its error is so large that it cannot be distinguished from \
             the largest.",
        ]
    );
    let alone = "experiment = \"capacity\"\nreplicates = 1\n[fixed]\ninputs = 100";
    assert_eq!(answers(alone, all_equal), ["The capacity is 1.500 (n = 1)."]);
    let single = LINE.replace("replicates = 2", "replicates = 1");
    let falling = |point, _| Fated::Done([1.0, 2.5, 2.0][point]);
    assert_eq!(
        answers(&single, falling),
        [
            "The capacity is largest, 2.500 (n = 1), at c_out = 0.4.",
            "No point can be tested, because fewer than two replicates are known.",
            "It is smallest, 1 (n = 1), at c_out = 0.",
            "The standard deviation between the 3 points is 0.76.",
        ]
    );
}

fn main_points<T>(text: &str, fate: Fate, look: impl FnOnce(&Points) -> T) -> T {
    let name = |results: &Results| chosen(results).unwrap().name();
    with_results(text, fate, |results| look(&Points::new(results, name(results)).unwrap())).unwrap()
}

#[test]
fn shares_are_those_of_an_analysis_of_variance() {
    // 1 2 3 and 3 4 8: grand mean 3.5, rows 2 and 5, columns 2, 3 and 5.5; Σ (y - ȳ)² = 29.5.
    main_points(GRID, all_equal, |points| {
        let found = shares(points.results, &[1.0, 2.0, 3.0, 3.0, 4.0, 8.0], &[0.1; 6]).unwrap();
        let Shares { deviation, axes, rest, noise } = found;
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        near(deviation, (29.5f64 / 5.0).sqrt());
        assert_eq!((axes[0].0, axes[1].0), (0, 1));
        near(axes[0].1, 3.0 * 2.0 * 1.5 * 1.5 / 29.5);
        near(axes[1].1, 2.0 * (1.5 * 1.5 + 0.5 * 0.5 + 2.0 * 2.0) / 29.5);
        near(rest, 1.0 - (13.5 + 13.0) / 29.5);
        near(noise.unwrap(), 5.0 / 6.0 * 6.0 * 0.01 / 29.5);
        assert_eq!(shares(points.results, &[1.0; 6], &[0.1; 6]), None);
        assert_eq!(shares(points.results, &[1.0, 2.0, 3.0, f64::NAN, 4.0, 8.0], &[0.1; 6]), None);
    });
}

#[test]
fn marginal_means_have_the_error_that_the_streams_allow() {
    let of = |text, fate: Fate| {
        main_points(text, fate, |points| {
            let tables = marginals::marginals(points);
            tables.into_iter().map(|table| (table.label, table.rows)).collect::<Vec<_>>()
        })
    };
    let rows = |rows: &[(&str, &str)]| -> Vec<(String, String)> {
        rows.iter().map(|(value, mean)| (value.to_string(), mean.to_string())).collect()
    };
    let grid = of(GRID, one_best);
    assert_eq!(grid[0], ("bistability γ".into(), rows(&[("0", "1.073(12)"), ("1", "1.693(12)")])));
    assert_eq!(grid[1].1[0], ("0".into(), "1.050(14)".into()));
    // Replicates that move together at all points leave their error to the mean.
    let map = of(MAP, |point, replicate| around([1.0, 1.1, 1.02, 2.0][point], replicate));
    assert_eq!(map[0], ("diffusion D (µm²/s)".into(), rows(&[("0", "1.050(20)"), ("3300", "1.510(20)")])));
    // A mean over other points than the rest is none.
    assert_eq!(of(GRID, censored)[0].1[1].1, "");
    assert!(of(LINE, ties).is_empty());
}

#[test]
fn failures_are_grouped_by_their_message() {
    let groups = main_points(GRID, censored, failures::groups);
    assert_eq!(groups.len(), 1);
    assert_eq!((&*groups[0].kind, &*groups[0].message, groups[0].count), ("failed (censored-above)", "more than 2", 2));
    assert_eq!(groups[0].places, ["γ = 1, c_out = 0.8, replicate 0", "γ = 1, c_out = 0.8, replicate 1"]);
    let diverged = |point, replicate| if replicate < point as u32 { Fated::Diverged } else { around(1.0, replicate) };
    let groups = main_points(MAP, diverged, failures::groups);
    assert_eq!((&*groups[0].kind, &*groups[0].message, groups[0].count), ("diverged", "at 3 points", 6));
    assert_eq!(groups[0].places[0], "3 of 4 at D = 3300 µm²/s, k = 1/s");
}

fn provenance() -> Provenance {
    Provenance {
        version: "1.2.3".into(),
        commit: "abc".into(),
        directory: "/results/<shape>".into(),
        written: "2026-11-27T00:00:00Z".into(),
        results_digest: Some("0123".into()),
        runs: vec![RunFacts {
            run: 1,
            state: "complete".into(),
            start: "2026-11-27T00:00:00Z".into(),
            seconds: 1800.0,
            ranks: 1,
            threads: 2,
            hosts: vec!["node".into()],
            done: 24,
            failed: 0,
            version: "1.2.3".into(),
            commit: "abc".into(),
            memory: "30 MB".into(),
            cpu_seconds: Some(3240.0),
            busy: Some(0.9),
        }],
        other_rules: String::new(),
    }
}

fn page_of(text: &str, fate: Fate) -> String {
    with_results(text, fate, |results| page(results, provenance()).unwrap()).unwrap()
}

#[test]
fn the_cost_is_that_of_processors_where_it_is_known() {
    let run = provenance().runs[0].clone();
    let cost = |runs: &[RunFacts]| {
        let cost = super::runs::cost(runs);
        format!("{} {}", cost.time, cost.means)
    };
    assert_eq!(cost(std::slice::from_ref(&run)), "30 min on 2 threads (0.90 core hours used)");
    let killed = RunFacts { cpu_seconds: None, threads: 4, seconds: 5.0, ..run.clone() };
    assert_eq!(cost(&[run, killed]), "30 min 5 s in 2 runs on 2 to 4 threads (1.0 thread hours)");
}

#[test]
fn empty_sections_are_left_out() {
    let sections = |html: &str| -> Vec<String> {
        let ids = html.split("<section id=\"").skip(1);
        ids.map(|rest| rest.split('"').next().unwrap().to_string()).collect()
    };
    let whole = page_of(GRID, censored);
    assert_eq!(
        sections(&whole),
        ["question", "answer", "figures", "table", "theory", "failures", "cost", "provenance", "reproduce", "cite"]
    );
    let clean = page_of(MAP, all_equal);
    assert!(!sections(&clean).iter().any(|id| ["theory", "failures"].contains(&&**id)));
    let empty = page_of(GRID, nothing);
    assert_eq!(sections(&empty), ["question", "answer", "table", "cost", "provenance", "reproduce", "cite"]);
    // What a user wrote is text, wherever it stands.
    assert!(whole.contains("/results/&#60;shape&#62;") && !whole.contains("<shape>"));
}

/// A checksum to compare with is promised only where another run gives it.
#[test]
fn a_checksum_is_promised_for_complete_results_only() {
    let promise = "gives a results.h5 with the BLAKE3 checksum <code>0123</code>";
    assert!(page_of(GRID, one_best).contains(promise));
    let partial = page_of(GRID, censored);
    assert!(!partial.contains(promise) && partial.contains("so that a complete run gives another results.h5"));
}

/// A figure that the sweep asks for and that cannot be drawn is named.
#[test]
fn what_cannot_be_drawn_is_named() {
    let wide = "experiment = \"null\"\nreplicates = 1\n[grid]\nduration = { start = 0, stop = 1, steps = 130 }\n\
                failing = { start = 0, stop = 1, steps = 130 }";
    let html = page_of(wide, |point, _| Fated::Done(point as f64));
    assert!(html.contains("Not shown: value, because 130 values of "), "{}", html.len());
}

#[test]
fn a_page_is_made_whatever_is_there() {
    let text_axis = "experiment = \"reaching\"\nreplicates = 2\n[grid]\nmicrozones = [\"joined\", \"separated\"]";
    let fates: [Fate; 5] = [
        nothing,
        all_equal,
        one_best,
        |_, _| Fated::Failed,
        |_, replicate| match replicate {
            0 => Fated::Failed,
            _ => Fated::Missing,
        },
    ];
    for (name, sweep) in [("text axis", text_axis), ("no axis", "experiment = \"capacity\"\nreplicates = 1")] {
        for (number, fate) in fates.into_iter().enumerate() {
            let html = page_of(sweep, fate);
            assert!(html.contains("<h1>shape</h1>") && html.ends_with("</html>\n"), "{name}, fate {number}");
            assert!(html.len() < 500_000, "{name}, fate {number}: {} bytes", html.len());
        }
    }
    // A hundred thousand points, of which the first are in the table.
    let many = "experiment = \"null\"\nreplicates = 1\n[grid]\nfailing = { start = 0, stop = 1, steps = 100001 }";
    let html = page_of(many, |point, _| Fated::Done(point as f64));
    assert!(html.len() < 5_000_000, "{} bytes", html.len());
    assert!(html.contains("Not shown: value, because its figure is too large for a page."));
    assert!(html.contains("the first 2500 of 100001 points (all are in tables/value.csv)"));
}
