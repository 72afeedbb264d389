//! What a run of `recoding` costs, part by part.
//!
//! `cargo bench --bench recoding [NAME]` prints medians in milliseconds: the measurement without the learner, the
//! longest storable prefix compared with `capacity` at about the same load, and the theory S of a wiring with 30 draws.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use microzone::models::perceptron::{
    CapacityParameters, CapacityProblem, PatternSequence, PatternSource, longest_storable_prefix,
};
use microzone::models::recoding::{
    Circuit, GranuleLayer, Measurement, RecodedSequence, RecodingParameters, Wiring, wiring_capacity,
};
use microzone::random::RandomStream;

/// Streams that a median is taken over.
const STREAMS: u8 = 7;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn median(mut measure: impl FnMut(&RandomStream) -> Outcome<()>) -> Outcome<f64> {
    let mut times = Vec::new();
    for number in 1..=STREAMS {
        let stream = RandomStream::from_seed([number; 32]);
        let start = Instant::now();
        measure(&stream)?;
        times.push(1e3 * start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// One longest prefix of any source, and its load.
fn longest(sequence: &mut impl PatternSource, load: &mut f64) -> Outcome<()> {
    *load = black_box(longest_storable_prefix(sequence, 50.0))?.patterns as f64 / sequence.table().inputs() as f64;
    Ok(())
}

fn main() -> Outcome<()> {
    let plain = RecodingParameters::default();
    let circuits = [
        ("shared, k 3, p .3", plain),
        ("shared, g 1", RecodingParameters { golgi_gain: 1.0, ..plain }),
        ("shared, g .5", RecodingParameters { golgi_gain: 0.5, ..plain }),
        ("private", RecodingParameters { wiring: Wiring::Private, ..plain }),
        ("private, q' 3", RecodingParameters { wiring: Wiring::Private, interneuron_inhibition: 3.0, ..plain }),
        (
            "shared, k 2, p .35, M 170",
            RecodingParameters { granule_threshold: 2, mossy_coding: 0.35, mossy_fibres: 170, ..plain },
        ),
        (
            "private, c .75, c_out .6",
            RecodingParameters { wiring: Wiring::Private, mossy_correlation: 0.75, output_correlation: 0.6, ..plain },
        ),
    ];
    println!("N = 1000, medians of {STREAMS}, in milliseconds");
    println!("{:28} {:>11} {:>9} {:>6}", "", "measurement", "learner", "load");
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    for (name, parameters) in circuits.into_iter().filter(|(name, _)| name.contains(&filter)) {
        let circuit = Circuit::new(parameters)?;
        let measurement = median(|stream| {
            let layer = GranuleLayer::draw(&circuit, stream);
            black_box(Measurement::new(&circuit, &layer, stream));
            Ok(())
        })?;
        let mut load = 0.0;
        let learner = median(|stream| {
            let layer = GranuleLayer::draw(&circuit, stream);
            longest(&mut RecodedSequence::new(&circuit, layer, stream)?, &mut load)
        })?;
        println!("{name:28} {measurement:11.1} {learner:9.1} {load:6.2}");
    }
    println!("\n`capacity`, for comparison");
    for (robustness, correlation, output_coding) in [(1.0, 0.0, 0.5), (0.0, 0.0, 0.5), (0.0, 0.6, 0.5), (0.0, 0.8, 0.5)]
    {
        let parameters = CapacityParameters {
            robustness,
            output_coding,
            input_correlation: correlation,
            output_correlation: correlation,
            ..Default::default()
        };
        let mut load = 0.0;
        let learner =
            median(|stream| longest(&mut PatternSequence::new(CapacityProblem::new(parameters)?, stream), &mut load))?;
        println!("{:28} {:>11} {learner:9.1} {load:6.2}", format!("κ {robustness}, c {correlation}"), "");
    }
    let start = Instant::now();
    // So wide that the first 30 draws are enough.
    let theory = black_box(wiring_capacity(&Circuit::new(plain)?, 0.5, &RandomStream::from_seed([2; 32]))?)
        .ok_or("no theory")?;
    let elapsed = 1e3 * start.elapsed().as_secs_f64();
    println!(
        "\nS of the first circuit, 30 draws: {:.3} ± {:.3}, {elapsed:.0} ms",
        theory.capacity, theory.capacity_standard_error
    );
    Ok(())
}
