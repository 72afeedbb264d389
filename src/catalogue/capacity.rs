//! Storage capacity of a perceptron: the adapter of [`crate::models::perceptron`].

use std::ops::Bound::{Excluded, Included, Unbounded};

use crate::experiment::{
    Cost, Estimate, Experiment, Kept, Kind, Observable, OwnDimension, Parameter, Parameters, TaskError, Value,
};
use crate::models::perceptron::{
    Accuracy, CapacityParameters, CapacityProblem, LearnedPrefix, LearningRule, PatternSequence, StateSwitching,
    histogram, longest_learnable_prefix, longest_storable_prefix, relative_variance, rough_capacity, silent_fraction,
    theory,
};
use crate::random::RandomStream;

pub struct Capacity;

/// Bins of the weight histogram, and where it ends, in units of the mean weight.
const BINS: usize = 50;
const LARGEST_WEIGHT: f64 = 5.0;

const EXACT: &str = "exact";
const PERCEPTRON: &str = "perceptron";
const PERCEPTRON_NO_SWITCHING: &str = "perceptron-no-switching";

const fn number(name: &'static str, kind: Kind, default: f64, doc: &'static str) -> Parameter {
    Parameter { name, unit: "1", kind, default: Value::Number(default), doc }
}

const PROBABILITY: Kind = Kind::Number(Excluded(0.0), Excluded(1.0));
const CORRELATION: Kind = Kind::Number(Included(0.0), Excluded(1.0));
const MARGIN: Kind = Kind::Number(Included(0.0), Unbounded);

static PARAMETERS: [Parameter; 11] = [
    Parameter {
        name: "inputs",
        unit: "1",
        kind: Kind::Integer(1, 65_536),
        default: Value::Integer(1000),
        doc: "N, granule cells onto one Purkinje cell",
    },
    number("input_coding", PROBABILITY, 0.5, "f_in, probability that an input is active"),
    number("output_coding", PROBABILITY, 0.5, "f_out, probability that the output shall be active"),
    number("input_correlation", CORRELATION, 0.0, "c_in, correlation of an input in successive patterns"),
    number("output_correlation", CORRELATION, 0.0, "c_out, correlation of successive targets"),
    number(
        "robustness",
        MARGIN,
        0.0,
        "kappa, margin that the current keeps from the threshold, in units of theta sqrt((1 - f_in) / (f_in N))",
    ),
    number(
        "bistability",
        MARGIN,
        0.0,
        "gamma, half width of the bistable range, in the same units; 0 is the standard cell",
    ),
    Parameter {
        name: "learner",
        unit: "1",
        kind: Kind::Choice(&[EXACT, PERCEPTRON, PERCEPTRON_NO_SWITCHING]),
        default: Value::Choice(EXACT),
        doc: "exact decision with certificates; or the climbing-fibre rule, with or without setting the output state on an error",
    },
    number(
        "learning_rate",
        Kind::Number(Excluded(0.0), Included(1e3)),
        0.01,
        "of the rule: change of a weight on an error, in units of the mean weight theta / (f_in N)",
    ),
    Parameter {
        name: "epochs",
        unit: "1",
        kind: Kind::Integer(1, 1_000_000_000),
        default: Value::Integer(2000),
        doc: "of the rule: a prefix that takes more counts as not learned",
    },
    number(
        "load_limit",
        Kind::Number(Excluded(0.0), Included(1e3)),
        50.0,
        "patterns an input at which the search gives up; a sequence that stores as many fails",
    ),
];

static OBSERVABLES: [Observable; 7] = [
    scalar("capacity", "patterns an input of the longest prefix that can be stored", true),
    scalar("silent_fraction", "fraction of weights that are exactly zero at capacity", true),
    scalar("weight_variance", "variance of all weights at capacity over their squared mean", true),
    scalar("updates", "updates that the learning rule made on all prefixes tried (0 for the exact decision)", false),
    scalar("epochs_used", "epochs of the learning rule on the learned prefix (0 for the exact decision)", false),
    scalar("natural_unit", "u0, the unit of robustness and bistability in thresholds", false),
    Observable {
        name: "weight_histogram",
        unit: "1",
        doc: "density of the non-zero weights at capacity, over all weights",
        dimensions: &[OwnDimension {
            name: "weight",
            unit: "1",
            doc: "weight in units of the mean weight, centre of the bin",
            length: BINS,
            coordinate: |bin| (bin as f64 + 0.5) * LARGEST_WEIGHT / BINS as f64,
        }],
        kept: Kept::EveryReplicate,
        has_theory: true,
    },
];

const fn scalar(name: &'static str, doc: &'static str, has_theory: bool) -> Observable {
    Observable { name, unit: "1", doc, dimensions: &[], kept: Kept::EveryReplicate, has_theory }
}

/// What was stored or learned, whoever did it.
struct Stored {
    patterns: usize,
    weights: Vec<f64>,
    updates: u64,
    epochs: usize,
}

impl Experiment for Capacity {
    fn name(&self) -> &'static str {
        "capacity"
    }

    fn version(&self) -> u32 {
        2
    }

    fn summary(&self) -> &'static str {
        "Storage capacity of a Purkinje-cell perceptron for correlated patterns (Clopath, Nadal & Brunel 2012)."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn observables(&self) -> &'static [Observable] {
        &OBSERVABLES
    }

    fn size_parameter(&self) -> Option<&'static str> {
        Some("inputs")
    }

    fn cost(&self, parameters: &Parameters) -> Cost {
        expected_cost(parameters).unwrap_or(Cost { seconds: 1.0, bytes: 1e8 })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), String> {
        problem(parameters).map(|_| ()).map_err(|error| error.to_string())
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream) -> Result<Vec<f64>, TaskError> {
        let problem = problem(parameters)?;
        let stored = store(parameters, problem, &stream)?;
        let mut values = vec![
            stored.patterns as f64 / problem.inputs() as f64,
            silent_fraction(&stored.weights),
            relative_variance(&stored.weights),
            stored.updates as f64,
            stored.epochs as f64,
            problem.natural_unit(),
        ];
        values.extend(histogram(&stored.weights, BINS, LARGEST_WEIGHT));
        Ok(values)
    }

    fn theory(&self, parameters: &Parameters) -> Vec<(&'static str, Vec<Estimate>)> {
        let Ok(problem) = problem(parameters) else { return Vec::new() };
        let theory = theory(&problem, Accuracy::default());
        if !theory.capacity.is_finite() {
            return Vec::new();
        }
        let estimate = |value, standard_error| Estimate { value, standard_error };
        let bin = |index: usize| {
            let width = LARGEST_WEIGHT / BINS as f64;
            let (fraction, error) = theory.weights_between(index as f64 * width, (index + 1) as f64 * width);
            estimate(fraction / width, error / width)
        };
        vec![
            ("capacity", vec![estimate(theory.capacity, theory.capacity_standard_error)]),
            ("silent_fraction", vec![estimate(theory.silent_fraction, theory.silent_fraction_standard_error)]),
            ("weight_variance", vec![estimate(theory.weight_variance, theory.weight_variance_standard_error)]),
            ("weight_histogram", (0..BINS).map(bin).collect()),
        ]
    }

    fn theory_parameters(&self) -> Vec<&'static str> {
        vec!["output_coding", "input_correlation", "output_correlation", "robustness", "bistability"]
    }
}

/// The storage problem that the parameters of this experiment describe.
///
/// # Errors
/// The parameters are of another experiment, or do not make sense together.
pub fn problem(parameters: &Parameters) -> Result<CapacityProblem, TaskError> {
    let parameters = CapacityParameters {
        inputs: parameters.count("inputs")?,
        input_coding: parameters.number("input_coding")?,
        output_coding: parameters.number("output_coding")?,
        input_correlation: parameters.number("input_correlation")?,
        output_correlation: parameters.number("output_correlation")?,
        robustness: parameters.number("robustness")?,
        bistability: parameters.number("bistability")?,
    };
    CapacityProblem::new(parameters).map_err(model)
}

fn store(parameters: &Parameters, problem: CapacityProblem, stream: &RandomStream) -> Result<Stored, TaskError> {
    let mut sequence = PatternSequence::new(problem, stream);
    let load_limit = parameters.number("load_limit")?;
    let switching = match parameters.choice("learner")? {
        EXACT => {
            let longest = longest_storable_prefix(&mut sequence, load_limit).map_err(model)?;
            return Ok(Stored { patterns: longest.patterns, weights: longest.weights, updates: 0, epochs: 0 });
        }
        PERCEPTRON => StateSwitching::ClimbingFibre,
        _ => StateSwitching::None,
    };
    let (learning_rate, epochs) = (parameters.number("learning_rate")?, parameters.count("epochs")?);
    let rule = LearningRule::new(&problem, learning_rate, epochs, switching).map_err(model)?;
    let LearnedPrefix { patterns, learned, updates } =
        longest_learnable_prefix(&mut sequence, &rule, load_limit).map_err(model)?;
    Ok(Stored { patterns, weights: learned.weights, updates, epochs: learned.epochs })
}

fn model(error: impl std::fmt::Display) -> TaskError {
    TaskError::Model(error.to_string())
}

/// Fits measured times at N = 200 to 2000 (`benches/storability.rs`, `benches/learning.rs`) within a factor of two.
fn expected_cost(parameters: &Parameters) -> Result<Cost, TaskError> {
    let problem = problem(parameters)?;
    let inputs = problem.inputs() as f64;
    let input = problem.parameters().input_correlation;
    let patterns = (rough_capacity(&problem) * inputs).max(1.0);
    let seconds = match parameters.choice("learner")? {
        EXACT => {
            let slower = 1.0 + 1.2 * input * input * input * input;
            1e-4 + (1.2e-7 + 1.4e-10 * (inputs + patterns)) * inputs * inputs * slower
        }
        // Near capacity the rule uses up its epochs about four times.
        _ => (2e-7 + 2e-10 * inputs) * patterns * parameters.count("epochs")? as f64,
    };
    Ok(Cost { seconds, bytes: 1e6 + 16.0 * inputs * inputs + inputs * patterns })
}
