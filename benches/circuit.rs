//! What a run of the experiments of the textbook's circuit costs.
//!
//! `cargo bench --bench circuit [NAME]` prints medians in milliseconds, of runs and of theories.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use microzone::models::conditioning::{Conditioning, ConditioningParameters, Course, LinearCourse};
use microzone::models::micromodules::{
    MicromoduleParameters, Micromodules, Stationary, perturb, relax, simulate as simulate_loops,
};
use microzone::models::prediction::{
    Controller, ForwardModel, Learning, Loop, Prediction, PredictionParameters, tracking_error,
};
use microzone::models::rebound::{
    ConstantInhibition, ReboundCell, ReboundParameters, inhibition_variance, simulate as simulate_cell,
};
use microzone::random::RandomStream;

/// Streams that a median is taken over.
const STREAMS: u8 = 15;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// In milliseconds.
fn median(mut measure: impl FnMut(&RandomStream)) -> f64 {
    let mut times: Vec<f64> = (1..=STREAMS)
        .map(|number| {
            let stream = RandomStream::from_seed([number; 32]);
            let start = Instant::now();
            measure(&stream);
            1e3 * start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn print(filter: &str, name: &str, run: impl FnMut(&RandomStream), theory: impl FnMut(&RandomStream)) {
    if name.contains(filter) {
        println!("{name:44} {:9.3} {:9.4}", median(run), median(theory));
    }
}

fn micromodules(filter: &str) -> Outcome<()> {
    let plain = MicromoduleParameters::default();
    for (name, parameters) in [
        ("micromodules", plain),
        ("micromodules, crosstalk 0.3, error 1", MicromoduleParameters { crosstalk: 0.3, error_rate: 1.0, ..plain }),
        ("micromodules, 1 module", MicromoduleParameters { modules: 1, ..plain }),
        ("micromodules, 128 modules", MicromoduleParameters { modules: 128, ..plain }),
        ("micromodules, delay 1 s, 600 s", MicromoduleParameters { loop_delay: 1.0, duration: 600.0, ..plain }),
    ] {
        let modules = Micromodules::new(parameters)?;
        let run = |stream: &RandomStream| {
            black_box((simulate_loops(&modules, stream), perturb(&modules), relax(&modules)));
        };
        print(filter, name, run, |_| {
            black_box(Stationary::of(&modules));
        });
    }
    Ok(())
}

fn conditioning(filter: &str) -> Outcome<()> {
    let plain = ConditioningParameters::default();
    for (name, parameters) in [
        ("conditioning, 900 trials", plain),
        ("conditioning, 100 climbing fibres", ConditioningParameters { climbing_fibres: 100, ..plain }),
        ("conditioning, 400 granule cells", ConditioningParameters { granule_cells: 400, ..plain }),
    ] {
        let conditioning = Conditioning::new(parameters)?;
        let run = |stream: &RandomStream| {
            black_box((Conditioning::new(parameters).ok(), Course::run(&conditioning, stream)));
        };
        print(filter, name, run, |_| {
            black_box(LinearCourse::new(&conditioning, parameters.acquisition_trials));
        });
    }
    Ok(())
}

fn prediction(filter: &str) -> Outcome<()> {
    let plain = PredictionParameters::default();
    for (name, parameters) in [
        ("prediction", plain),
        ("prediction, delay 1 s", PredictionParameters { sensory_delay: 1.0, ..plain }),
        ("prediction, 64 parallel fibres", PredictionParameters { parallel_fibres: 64, ..plain }),
    ] {
        let prediction = Prediction::new(parameters)?;
        let run = |stream: &RandomStream| {
            let weights = Learning::run(&prediction, stream).map_or(Vec::new(), |learned| learned.weights);
            let model = ForwardModel::new(&prediction, weights);
            for controller in [Controller::Feedback, Controller::Prediction] {
                black_box(tracking_error(&prediction, controller, &model, stream));
            }
            black_box(Loop::new(&prediction, Controller::Prediction, &model.weights).critical_gain());
        };
        print(filter, name, run, |_| {
            let feedback = Loop::new(&prediction, Controller::Feedback, &[]);
            black_box(feedback.tracking_error());
            black_box(prediction.best_model().map(|model| feedback.with_model(model).tracking_error()));
        });
    }
    Ok(())
}

fn rebound(filter: &str) -> Outcome<()> {
    let plain = ReboundParameters::default();
    for (name, parameters) in [
        ("rebound", plain),
        ("rebound, constant inhibition", ReboundParameters { purkinje_cells: 0, ..plain }),
        ("rebound, synchrony 0.5", ReboundParameters { synchrony: 0.5, ..plain }),
        ("rebound, 1000 Purkinje cells", ReboundParameters { purkinje_cells: 1000, ..plain }),
    ] {
        let cell = ReboundCell::new(parameters)?;
        let run = |stream: &RandomStream| {
            black_box(simulate_cell(&cell, stream));
        };
        print(filter, name, run, |_| {
            black_box((ConstantInhibition::of(&cell), inhibition_variance(&cell)));
        });
    }
    Ok(())
}

fn main() -> Outcome<()> {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    println!("medians of {STREAMS}, in milliseconds");
    println!("{:44} {:>9} {:>9}", "", "run", "theory");
    conditioning(&filter)?;
    micromodules(&filter)?;
    prediction(&filter)?;
    rebound(&filter)
}
