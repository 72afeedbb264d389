//! The whole task against a plain program, an independent one, and its closed form.

use std::collections::BTreeMap;

use microzone::models::nitric_oxide::{Arrangement, Olive, Transmission, TransmissionError, TransmissionParameters};
use microzone::random::RandomStream;

use crate::nitric_oxide::common::{mean_and_error, parameters, stream};
use crate::nitric_oxide::plain_sheet::PlainSheet;

fn task(diffusion: f64, io_rate: f64, input_frequency: f64) -> TransmissionParameters {
    TransmissionParameters {
        sheet: parameters(diffusion, 1, Arrangement::Joined, 1e-3),
        io_rate,
        input_frequency,
        lag: 4,
        surrounding_rate: 0.0,
        trials: 100,
        steps: 600,
        warm_up: 4000,
    }
}

fn transmission(parameters: TransmissionParameters) -> Transmission {
    Transmission::new(parameters).unwrap()
}

/// Over some series.
fn series(count: u8, of: impl Fn(&RandomStream) -> f64) -> (f64, f64) {
    mean_and_error(&(0..count).map(|seed| of(&stream(seed))).collect::<Vec<f64>>())
}

/// The plug-in estimate of one trial over the entropy of x, written down a second time.
fn plain_estimate(x: &[f64], y: &[f64]) -> f64 {
    let bins = |values: &[f64]| -> Vec<i64> {
        let low = values.iter().copied().fold(f64::MAX, f64::min);
        let high = values.iter().copied().fold(f64::MIN, f64::max);
        values
            .iter()
            .map(|value| if high > low { (1000.0 * (value - low) / (high - low)).floor().min(999.0) as i64 } else { 0 })
            .collect()
    };
    let entropy = |keys: Vec<(i64, i64)>| -> f64 {
        let mut counts = BTreeMap::new();
        let n = keys.len() as f64;
        keys.into_iter().for_each(|key| *counts.entry(key).or_insert(0.0) += 1.0);
        counts.values().map(|count| -count / n * f64::log2(count / n)).sum()
    };
    let (x, y) = (bins(x), bins(y));
    let of_x = entropy(x.iter().map(|&x| (x, 0)).collect());
    let of_y = entropy(y.iter().map(|&y| (0, y)).collect());
    let joint = entropy(x.iter().copied().zip(y).collect());
    (of_x + of_y - joint) / of_x
}

#[test]
fn the_papers_estimate_is_that_of_a_plain_program() {
    for (diffusion, substeps, tolerance) in [(0.0, 2, 0.003), (3300.0, 24, 0.01)] {
        let parameters = TransmissionParameters { trials: 4, ..task(diffusion, 2.0, 4.0) };
        let transmission = transmission(parameters);
        let stream = stream(3);
        let found = transmission.paper_estimates(&transmission.response().unwrap(), &stream).information;
        let mut expected = 0.0;
        for trial in 0..4u64 {
            // The paper's trials are process 1; each trial of each microzone has its substream.
            let mut olive = Olive::new(vec![stream.substream(1 << 56 | trial << 8)]);
            let mut sheet = PlainSheet::new(parameters.sheet);
            let (mut x, mut y) = (Vec::new(), Vec::new());
            for step in 0..604 {
                let rate = 2.0 * (1.0 + (std::f64::consts::TAU * 4.0 * 0.005 * f64::from(step)).sin());
                olive.step(&[rate]);
                sheet.step(olive.release(), substeps);
                x.push(rate);
                y.push(sheet.at(27, 66));
            }
            expected += plain_estimate(&x[..600], &y[4..]) / 4.0;
        }
        assert!((found - expected).abs() < tolerance, "D = {diffusion}: {found}, not {expected}");
    }
}

/// Ten series each of a program in Python that shares no code with this one, with their standard errors.
#[test]
fn the_papers_estimate_agrees_with_an_independent_program() {
    for (diffusion, io_rate, frequency, expected, error) in [
        (0.0, 0.1, 1.0, 0.160, 0.007),
        (0.0, 1.0, 1.0, 0.700, 0.010),
        (0.0, 8.0, 1.0, 0.855, 0.001),
        (3300.0, 0.1, 1.0, 0.714, 0.003),
        (3300.0, 1.0, 1.0, 0.805, 0.002),
        (3300.0, 8.0, 1.0, 0.837, 0.001),
        (3300.0, 1.0, 0.25, 0.860, 0.002),
        (3300.0, 1.0, 10.0, 0.671, 0.003),
    ] {
        let transmission = transmission(TransmissionParameters { warm_up: 0, ..task(diffusion, io_rate, frequency) });
        let response = transmission.response().unwrap();
        let estimate = |stream: &RandomStream| transmission.paper_estimates(&response, stream).information;
        let (mean, own_error) = series(6, estimate);
        let allowed = 4.0 * f64::hypot(error, own_error) + 0.002;
        assert!((mean - expected).abs() < allowed, "{diffusion}, {io_rate}, {frequency}: {mean} ± {own_error}");
    }
}

#[test]
fn the_papers_estimate_is_bias() {
    for diffusion in [0.0, 3300.0] {
        let transmission = transmission(TransmissionParameters { warm_up: 0, ..task(diffusion, 1.0, 1.0) });
        let response = transmission.response().unwrap();
        let estimates = transmission.paper_estimates(&response, &stream(1));
        assert!(estimates.information > 0.6 && estimates.pooled < 0.3, "{estimates:?}");
        assert!((estimates.shuffled / estimates.information - 1.0).abs() < 0.02, "{estimates:?}");
    }
}

#[test]
fn corrected_estimates_are_zero_without_information_and_agree_with_it() {
    // At 40 Hz nothing is left of the rate; at 0.25 Hz, 8 spikes/s and a lag of a quarter of a period there is plenty.
    let estimates = |parameters: TransmissionParameters, count: u8| {
        let transmission = transmission(parameters);
        let response = transmission.response().unwrap();
        let all: Vec<_> =
            (0..count).map(|seed| transmission.stationary_estimates(&response, &stream(seed)).unwrap()).collect();
        [
            mean_and_error(&all.iter().map(|one| one.corrected * one.input_entropy).collect::<Vec<f64>>()),
            mean_and_error(&all.iter().map(|one| one.kraskov * one.input_entropy).collect::<Vec<f64>>()),
        ]
    };
    for diffusion in [0.0, 3300.0] {
        for (mean, error) in estimates(task(diffusion, 1.0, 40.0), 8) {
            assert!(mean.abs() < 4.0 * error + 0.002 && error < 0.02, "D = {diffusion}: {mean} ± {error} bits");
        }
    }
    let [corrected, kraskov] = estimates(TransmissionParameters { lag: 200, ..task(3300.0, 8.0, 0.25) }, 4);
    assert!(corrected.0 > 0.3, "{corrected:?}");
    // Bins lose some of it.
    assert!(kraskov.0 > corrected.0 - 4.0 * corrected.1.hypot(kraskov.1), "{corrected:?}, {kraskov:?}");
    assert!(kraskov.0 < 1.5 * corrected.0, "{corrected:?}, {kraskov:?}");
}

#[test]
fn the_rate_of_information_is_that_of_its_closed_form() {
    for (diffusion, io_rate, frequency, microzones, surrounding_rate) in [
        (0.0, 4.0, 1.0, 1, 0.0),
        (3300.0, 1.0, 1.0, 1, 0.0),
        (3300.0, 4.0, 0.5, 1, 0.0),
        (3300.0, 4.0, 8.0, 1, 0.0),
        (20_000.0, 4.0, 0.5, 3, 4.0),
    ] {
        let mut parameters = task(diffusion, io_rate, frequency);
        parameters.sheet.plan.microzones = microzones;
        parameters.surrounding_rate = surrounding_rate;
        let transmission = transmission(parameters);
        let response = transmission.response().unwrap();
        let bound = |stream: &RandomStream| transmission.information_rate_bound(&response, stream);
        let (mean, error) = series(12, bound);
        let theory = transmission.information_rate_theory().unwrap();
        assert!((mean - theory).abs() < 4.0 * error, "{parameters:?}: {mean} ± {error}, not {theory}");
        assert!(error < 0.12 * theory, "{parameters:?}: {mean} ± {error}");
    }
}

#[test]
fn diffusion_helps_slow_signals_and_harms_fast_ones() {
    let cells = |frequency| transmission(task(3300.0, 1.0, frequency)).effective_cells().unwrap();
    assert!(cells(0.25) > 4.0 && cells(1.0) > 2.0 && cells(10.0) < 1.0);
}

#[test]
fn separated_microzones_are_looked_at_one_by_one() {
    let mut many = task(3300.0, 1.0, 1.0);
    many.sheet.plan.arrangement = Arrangement::Separated;
    many.surrounding_rate = 5.0;
    let one = transmission(TransmissionParameters { surrounding_rate: 0.0, ..many });
    many.sheet.plan.microzones = 5;
    let many = transmission(many);
    let estimate = |one: &Transmission| one.paper_estimates(&one.response().unwrap(), &stream(2)).information;
    assert_eq!(estimate(&many), estimate(&one));
    assert_eq!(many.information_rate_theory().unwrap(), one.information_rate_theory().unwrap());
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    let refused = |parameters| Transmission::new(parameters).map(|_| ()).unwrap_err();
    assert!(matches!(refused(task(0.0, 0.0, 1.0)), TransmissionError::Range { name: "io_rate", .. }));
    assert!(matches!(refused(task(0.0, 1.0, 60.0)), TransmissionError::Range { name: "input_frequency", .. }));
    assert!(matches!(refused(task(-1.0, 1.0, 1.0)), TransmissionError::Sheet(_)));
    assert_eq!(refused(TransmissionParameters { trials: 1, ..task(0.0, 1.0, 1.0) }), TransmissionError::Trials(1));
    let short = refused(TransmissionParameters { trials: 3, ..task(0.0, 1.0, 0.5) });
    let TransmissionError::TooShort { needed, .. } = short else { panic!("{short}") };
    // What it asks for is enough.
    let trials = (needed / 3.0).ceil() as usize;
    assert!(Transmission::new(TransmissionParameters { trials, ..task(0.0, 1.0, 0.5) }).is_ok());
}
