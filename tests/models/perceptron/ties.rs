//! What rounding leaves undecided: widest margins of exactly 0, and such as many weights reach.

use std::time::Instant;

use microzone::models::perceptron::{
    Bound, CapacityParameters, Decision, PatternTable, Prefix, StorabilityError, decide, longest_storable_prefix,
    widest_margin,
};
use rayon::prelude::*;

use crate::perceptron::common::{sequence, stream};

/// Replicates of the experiment `capacity` with 16 inputs and seed 1: how many patterns can be stored, the targets, and
/// the inputs. For the last prefix of each, the bounds of the interior-point method do not meet.
const REPLICATES: [(u64, usize, &str, &[u64]); 4] = [
    (
        2_245,
        11,
        "+-+-+++++-++",
        &[0x5847, 0x60a7, 0xe176, 0xbf6b, 0xfe9e, 0xb9b9, 0x0b6d, 0x9ee9, 0xc3fc, 0x2594, 0x540a, 0xbf80],
    ),
    (
        65_082,
        11,
        "+-++-++++-+",
        &[0xc65f, 0xb3bb, 0x24ca, 0xff9b, 0x2027, 0x5afb, 0xb648, 0xb450, 0x30a4, 0x126a, 0xbe23],
    ),
    (
        94_429,
        13,
        "++----+------+-",
        &[
            0x5229, 0xc06c, 0x0863, 0x4370, 0x8341, 0xf133, 0xba3c, 0xa8e6, 0x6148, 0x9ef5, 0x091a, 0x4f7b, 0x8407,
            0x8735, 0xe48a,
        ],
    ),
    (145_609, 5, "+--+--", &[0x2a70, 0x4886, 0x3dec, 0xd8ae, 0xdacf, 0xcb32]),
];

/// Units of θ.
const UNIT: f64 = (1_u64 << 52) as f64;

#[test]
fn replicates_at_which_rounding_stops_the_solver_are_decided() {
    for (replicate, stored, targets, words) in REPLICATES {
        let mut table = PatternTable::new(16);
        for (word, target) in words.iter().zip(targets.chars()) {
            table.push(&[*word], target == '+', Bound::of_threshold(1.0, target == '+').unwrap());
        }
        for patterns in 1..=words.len() {
            match decide(table.first(patterns)) {
                Decision::Storable(weights) => {
                    assert!(patterns <= stored && reached_margin(table.first(patterns), weights.weights()) > 0.0);
                }
                Decision::NotStorable(_) => assert!(patterns > stored, "replicate {replicate}, {patterns} patterns"),
                undecided => panic!("replicate {replicate}, {patterns} patterns: {undecided:?}"),
            }
        }
        let widest = widest_margin(table.first(stored)).unwrap();
        let reached = reached_margin(table.first(stored), widest.weights.weights());
        assert!((reached - widest.margin).abs() < 1e-12 && reached > 0.0, "replicate {replicate}");
        if replicate == 65_082 {
            assert!((reached - least_bound(table.all())).abs() < 1e-15);
        } else {
            assert_eq!(least_bound(table.first(stored + 1)), 0.0, "replicate {replicate}");
        }
    }
}

/// The least bound on the widest margin by multipliers of 0, 1 and 2: where Σ_μ λ_μ s^μ ξ_i^μ is at most 0 for every
/// input, no weights w ≥ 0 have a margin of more than -Σ_μ λ_μ s^μ / Σ_μ λ_μ. Tries them all.
fn least_bound(prefix: Prefix<'_>) -> f64 {
    fn search(prefix: Prefix<'_>, sums: [i32; 16], (signed, sum): (i32, i32)) -> f64 {
        let Some(last) = prefix.patterns().checked_sub(1) else {
            let is_bound = sum > 0 && sums.iter().all(|&sum| sum <= 0);
            return if is_bound { -f64::from(signed) / f64::from(sum) } else { f64::INFINITY };
        };
        let with = |multiplier: i32| {
            let change = if prefix.target(last) { multiplier } else { -multiplier };
            let mut sums = sums;
            prefix.active_inputs(last).for_each(|input| sums[input] += change);
            search(prefix.first(last), sums, (signed + change, sum + multiplier))
        };
        (0..=2).map(with).fold(f64::INFINITY, f64::min)
    }
    search(prefix, [0; 16], (0, 0))
}

/// min_μ s (w·ξ - 1); its sign is exact, because the weights are whole units.
fn reached_margin(prefix: Prefix<'_>, weights: &[f64]) -> f64 {
    assert!(weights.iter().all(|&weight| weight >= 0.0));
    let units = |input: usize| (weights[input] * UNIT) as i128;
    let margin = |index: usize| {
        let above = prefix.active_inputs(index).map(units).sum::<i128>() - UNIT as i128;
        if prefix.target(index) { above } else { -above }
    };
    (0..prefix.patterns()).map(margin).min().unwrap() as f64 / UNIT
}

/// A task of the experiment `capacity` with 4 to 32 inputs. Half of the numbers are round, half of the tasks have no
/// margins, and half of the tasks have the default values of all the rest: that is where ties are.
fn small_task(number: u64) -> CapacityParameters {
    let mut stream = stream(9_000_000 + number);
    let standard = CapacityParameters { inputs: 4 + (stream.uniform() * 29.0) as usize, ..Default::default() };
    let mut choose = |round: &[f64], least: f64, greatest: f64| match stream.bernoulli(0.5) {
        true => round[(stream.uniform() * round.len() as f64) as usize],
        false => least + stream.uniform() * (greatest - least),
    };
    let task = match number % 2 {
        0 => standard,
        _ => CapacityParameters {
            input_coding: choose(&[0.1, 0.25, 0.5, 0.75, 0.9], 0.03, 0.97),
            output_coding: choose(&[0.1, 0.25, 0.5, 0.75, 0.9], 0.03, 0.97),
            input_correlation: choose(&[0.0, 0.5, 0.9, 0.95], 0.0, 0.97),
            output_correlation: choose(&[0.0, 0.5, 0.9, 0.95], 0.0, 0.97),
            ..standard
        },
    };
    match number / 2 % 2 {
        0 => task,
        _ => CapacityParameters {
            robustness: choose(&[0.0, 0.5, 1.0, 2.0], 0.0, 3.0),
            bistability: choose(&[0.0, 0.5, 1.0, 2.0], 0.0, 3.0),
            ..task
        },
    }
}

/// Asserts that all of some tasks are decided; prints how many fill the load limit.
fn all_are_decided(tasks: u64) {
    let start = Instant::now();
    let is_full = |number: u64| {
        let parameters = small_task(number);
        match longest_storable_prefix(&mut sequence(parameters, number), 50.0) {
            Ok(_) => Ok(false),
            Err(StorabilityError::LoadLimit { .. }) => Ok(true),
            Err(error) => Err(format!("task {number}: {error}, {parameters:?}")),
        }
    };
    let outcomes: Vec<Result<bool, String>> = (0..tasks).into_par_iter().map(is_full).collect();
    let full = outcomes.iter().filter(|outcome| **outcome == Ok(true)).count();
    let failed: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    println!("{tasks} tasks, {full} of them fill the load limit: {:.0} s", start.elapsed().as_secs_f64());
    assert!(failed.is_empty(), "{} tasks failed:\n{}", failed.len(), failed.join("\n"));
    assert!(10 * full < tasks as usize, "{full}");
}

#[test]
fn small_tasks_are_all_decided() {
    all_are_decided(4_000);
}

#[test]
#[ignore = "takes some minutes: make test-long"]
fn a_million_small_tasks_are_all_decided() {
    all_are_decided(1_000_000);
}
