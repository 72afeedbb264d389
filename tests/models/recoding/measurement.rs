//! What is measured is what a plain program measures, and what the closed forms say.

use microzone::models::recoding::{ClosedForms, GranuleLayer, LAGS, Measurement, RecodingParameters, Wiring};

use crate::recoding::plain::{self, Pattern, dot, mean, means, number, numbers};
use crate::recoding::{circuit, mean_and_error, stream};

fn sets() -> Vec<RecodingParameters> {
    let base = RecodingParameters { granule_cells: 130, mossy_fibres: 70, load: 0.3, ..Default::default() };
    let correlated = RecodingParameters { mossy_correlation: 0.7, noise: 0.3, ..base };
    vec![
        base,
        RecodingParameters { wiring: Wiring::Private, ..correlated },
        RecodingParameters { golgi_gain: 1.0, ..correlated },
        RecodingParameters { golgi_gain: 0.5, dendrites: 2, granule_threshold: 1, output_coding: 0.2, ..correlated },
    ]
}

struct Plain {
    independent: Vec<Pattern>,
    copies: Vec<Pattern>,
    chain: Vec<Pattern>,
    trial: Vec<(Pattern, Pattern, f64)>,
}

/// The same draws, by the same streams, without any of the program's code but its wiring.
fn drawn(parameters: RecodingParameters, number: u64) -> (Measurement, Plain) {
    let circuit = circuit(parameters);
    let stream = stream(number);
    let layer = GranuleLayer::draw(&circuit, &stream);
    let mut excited = stream.substream(plain::EXCITABILITY);
    let excitability: Vec<f64> = (0..parameters.granule_cells).map(|_| excited.uniform()).collect();
    let recode =
        |context: &Pattern| plain::recode(&parameters, &layer, &excitability, circuit.regulated_cells(), context);
    let (p, fibres, keep) = (parameters.mossy_coding, circuit.fibres(), 1.0 - parameters.noise);
    let (mut contexts, mut noise) = (stream.substream(plain::INDEPENDENT), stream.substream(plain::NOISE));
    let (mut independent, mut copies) = (Vec::new(), Vec::new());
    for number in 0..512 {
        let context = plain::context(&mut contexts, fibres, p);
        independent.push(recode(&context));
        if number < 256 {
            copies.push(recode(&plain::next(&mut noise, &context, keep, p)));
        }
    }
    let mut fibre_stream = stream.substream(plain::FIBRES);
    let mut context = plain::next(&mut fibre_stream, &vec![false; fibres], 0.0, p);
    let mut chain = vec![recode(&context)];
    while chain.len() < 256 {
        context = plain::next(&mut fibre_stream, &context, parameters.mossy_correlation, p);
        chain.push(recode(&context));
    }
    let [mut contexts, mut noise, mut targets] =
        [plain::TRIAL_FIBRES, plain::TRIAL_NOISE, plain::TRIAL_TARGETS].map(|number| stream.substream(number));
    let mut trial = Vec::new();
    for _ in 0..circuit.trial_patterns() {
        let context = plain::context(&mut contexts, fibres, p);
        let copy = plain::next(&mut noise, &context, keep, p);
        let sign = if targets.uniform() < 0.5 { 1.0 } else { -1.0 };
        trial.push((recode(&context), recode(&copy), sign));
    }
    (Measurement::new(&circuit, &layer, &stream), Plain { independent, copies, chain, trial })
}

#[test]
fn a_plain_program_measures_the_same() {
    for (number, parameters) in sets().into_iter().enumerate() {
        let (measured, plain) = drawn(parameters, number as u64);
        let close = |name: &str, measured: f64, expected: f64| {
            assert!((measured - expected).abs() < 1e-9 * expected.abs().max(1.0), "{name}: {measured} {expected}");
        };
        let counts: Vec<f64> = plain.independent.iter().map(|pattern| numbers(pattern).iter().sum()).collect();
        let (active, error) = mean_and_error(&counts);
        close("active_cells", measured.activity.active_cells, active);
        close("deviation", measured.activity.deviation, error * 512.0_f64.sqrt());
        let (first, second) = plain.independent.split_at(256);
        let pairs = |left: &[Pattern], right: &[Pattern]| {
            mean(left.iter().flat_map(|a| right.iter().map(|b| dot(&numbers(a), &numbers(b)))))
        };
        close("shared_cells", measured.activity.shared_cells, pairs(first, second));
        let empty = mean(counts.iter().map(|count| number_of(*count == 0.0)));
        close("empty_contexts", measured.activity.empty_contexts, empty);
        close("dimension", measured.activity.dimension, dimension(&plain.independent));
        let squared_means = dot(&means(first), &means(second));
        let variance = active - squared_means;
        let together = mean(plain.copies.iter().zip(&plain.independent).map(|(a, b)| dot(&numbers(a), &numbers(b))));
        close("shared_cells_noisy", measured.noisy.shared_cells, together);
        close("granule_overlap", measured.noisy.correlation, (together - squared_means) / variance);
        for lag in 1..=LAGS {
            let later = plain.chain.iter().zip(&plain.chain[lag..]);
            let together = mean(later.map(|(a, b)| dot(&numbers(a), &numbers(b))));
            close("correlation", measured.correlation[lag - 1], (together - squared_means) / variance);
        }
        close("one_trial_error", measured.one_trial_error, one_trial_error(&plain.trial));
    }
}

fn number_of(is_true: bool) -> f64 {
    number(is_true)
}

/// From differences of pairs of contexts, those of the first half against those of the second.
fn dimension(patterns: &[Pattern]) -> f64 {
    let difference =
        |pair: &[Pattern]| -> Vec<f64> { pair[0].iter().zip(&pair[1]).map(|(a, b)| number(*a) - number(*b)).collect() };
    let differences: Vec<Vec<f64>> = patterns.chunks(2).map(difference).collect();
    let (first, second) = differences.split_at(differences.len() / 2);
    let trace = |half: &[Vec<f64>]| mean(half.iter().map(|difference| dot(difference, difference))) / 2.0;
    let squares = mean(first.iter().flat_map(|a| second.iter().map(|b| dot(a, b).powi(2))));
    trace(first) * trace(second) / (squares / 4.0)
}

fn one_trial_error(trial: &[(Pattern, Pattern, f64)]) -> f64 {
    let learned: Vec<Pattern> = trial.iter().map(|(learned, ..)| learned.clone()).collect();
    let means = means(&learned);
    let centred = |pattern: &Pattern| -> Vec<f64> {
        numbers(pattern).iter().zip(&means).map(|(active, mean)| active - mean).collect()
    };
    let mut weights = vec![0.0; means.len()];
    for (pattern, _, sign) in trial {
        weights.iter_mut().zip(centred(pattern)).for_each(|(weight, value)| *weight += sign * value);
    }
    let half_errors = |(_, copy, sign): &(Pattern, Pattern, f64)| {
        let answer = sign * dot(&weights, &centred(copy));
        if answer.abs() < 1e-9 { 0.5 } else { number(answer < 0.0) }
    };
    mean(trial.iter().map(half_errors))
}

/// Thirty wirings of each of a dozen circuits, in standard errors.
#[test]
fn measurements_agree_with_the_closed_forms() {
    let mut squares = Vec::new();
    for (index, (dendrites, threshold, coding, fibres)) in
        [(4, 3, 0.3, 60), (4, 2, 0.35, 200), (2, 1, 0.2, 50), (3, 3, 0.5, 100), (5, 3, 0.3, 80), (6, 4, 0.4, 150)]
            .into_iter()
            .enumerate()
    {
        for wiring in [Wiring::Shared, Wiring::Private] {
            let parameters = RecodingParameters {
                granule_cells: 150,
                mossy_fibres: fibres,
                dendrites,
                granule_threshold: threshold,
                mossy_coding: coding,
                mossy_correlation: 0.8,
                noise: 0.2,
                wiring,
                ..Default::default()
            };
            let circuit = circuit(parameters);
            let closed = ClosedForms::new(&circuit);
            let samples: Vec<Measurement> = (0..30)
                .map(|sample| {
                    let stream = stream(1000 * index as u64 + sample);
                    Measurement::new(&circuit, &GranuleLayer::draw(&circuit, &stream), &stream)
                })
                .collect();
            let mut compare = |name: &str, value: fn(&Measurement) -> f64, expected: f64| {
                let (mean, error) = mean_and_error(&samples.iter().map(value).collect::<Vec<_>>());
                let errors = (mean - expected) / error;
                assert!(errors.abs() < 4.5, "{name} {parameters:?}: {mean} ± {error}, {expected}");
                squares.push(errors * errors);
            };
            compare("active_cells", |m| m.activity.active_cells, closed.active_cells);
            compare("active_cells_deviation", |m| m.activity.deviation, closed.active_cells_deviation);
            compare("shared_cells", |m| m.activity.shared_cells, closed.shared_cells);
            compare("shared_cells_noisy", |m| m.noisy.shared_cells, closed.shared_cells_noisy);
            compare("granule_overlap", |m| m.noisy.correlation, closed.granule_overlap);
            compare("granule_correlation 1", |m| m.correlation[0], closed.granule_correlation[0]);
            compare("granule_correlation 4", |m| m.correlation[3], closed.granule_correlation[3]);
        }
    }
    // χ² over its degrees of freedom; each is Student's t with 29, so 1.07 and not 1.
    let mean_square = squares.iter().sum::<f64>() / squares.len() as f64;
    assert!((0.6..1.7).contains(&mean_square), "{mean_square} of {}", squares.len());
}
