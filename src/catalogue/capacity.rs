//! Storage capacity of a perceptron: the adapter of [`crate::models::perceptron`].

use crate::catalogue::sources;
use crate::experiment::{
    Better, Cost, Declaration, Estimate, Estimates, Experiment, Observable, OptimumDeclaration, OwnDimension,
    Parameter, Parameters, Picture, Range, RelativeError, TaskFailure, TheoryDeclaration, Value, Values,
};
use crate::models::perceptron::{
    Accuracy, CapacityParameters, CapacityProblem, ConvergenceProof, LearnedPrefix, LearningError, LearningRule,
    PatternSequence, PatternSource, StateSwitching, StorabilityError, StoringWeights, Theory, WeightBound, histogram,
    longest_learnable_prefix, longest_storable_prefix, optimal_bistability, relative_variance, rough_capacity,
    silent_fraction, standardised_moment, theory,
};
use crate::random::RandomStream;

pub(super) struct Capacity;

/// Bins of the weight histogram, and where it ends, in units of the mean weight.
const BINS: usize = 50;
const LARGEST_WEIGHT: f64 = 5.0;

const EXACT: &str = "exact";
const PERCEPTRON: &str = "perceptron";
const PERCEPTRON_NO_SWITCHING: &str = "perceptron-no-switching";

const NON_NEGATIVE: &str = "non-negative";
const NONE: &str = "none";

pub(super) const CORRELATION: Range = Range::below(0.0, 1.0);

/// The targets, for every experiment in which a Purkinje cell learns a sequence.
pub(super) const OUTPUT_CODING: Parameter = Parameter::number("output_coding", Range::open(0.0, 1.0), 0.5)
    .symbol("f_out")
    .label("output coding")
    .sentence("probability that the target of the output is active");
pub(super) const OUTPUT_CORRELATION: Parameter = Parameter::number("output_correlation", CORRELATION, 0.0)
    .symbol("c_out")
    .label("output correlation")
    .sentence("correlation of successive targets");

static PARAMETERS: [Parameter; 12] = [
    Parameter::whole("inputs", 1, 65_536, 1000).symbol("N").sentence("granule cells that excite one Purkinje cell"),
    Parameter::number("input_coding", Range::open(0.0, 1.0), 0.5)
        .symbol("f_in")
        .label("input coding")
        .sentence("probability that an input is active"),
    OUTPUT_CODING,
    Parameter::number("input_correlation", CORRELATION, 0.0)
        .symbol("c_in")
        .label("input correlation")
        .sentence("correlation of an input in successive patterns"),
    OUTPUT_CORRELATION,
    Parameter::number("robustness", Range::NOT_NEGATIVE, 0.0)
        .symbol("κ")
        .sentence("margin that the current keeps from the threshold, in units of θ √((1 - f_in) / (f_in N))"),
    Parameter::number("bistability", Range::NOT_NEGATIVE, 0.0)
        .symbol("γ")
        .sentence("half width of the bistable range, in the units of robustness; 0 is the standard cell"),
    Parameter::choice("learner", &[EXACT, PERCEPTRON, PERCEPTRON_NO_SWITCHING]).sentence(
        "exact decision with certificates; or the climbing-fibre rule, with or without setting the output state on an \
         error",
    ),
    Parameter::choice("weight_bound", &[NON_NEGATIVE, NONE]).label("weight bound").sentence(
        "non-negative weights, or for comparison weights of either sign, which only the exact decision can find and \
         which have no margins",
    ),
    Parameter::number("learning_rate", Range::positive(1e3), 0.01)
        .label("learning rate")
        .sentence("change of a weight by the rule on an error, in units of the mean weight θ / (f_in N)"),
    Parameter::whole("epochs", 1, 1_000_000_000, 2000)
        .sentence("largest number of epochs of the rule; a prefix that takes more counts as not learned"),
    Parameter::number("load_limit", Range::positive(1e3), 50.0).label("load limit").sentence(
        "patterns per input at which the search gives up; a sequence that stores that many fails, censored above",
    ),
];

static OBSERVABLES: [Observable; 11] = [
    Observable::scalar("capacity")
        .symbol("α")
        .sentence("patterns per input in the longest prefix that can be stored")
        .better(Better::More)
        .with_theory(),
    Observable::scalar("silent_fraction")
        .label("silent fraction")
        .sentence("fraction of weights that are exactly zero at capacity")
        .with_theory(),
    Observable::scalar("weight_variance")
        .label("weight variance")
        .sentence("variance of all weights at capacity over their squared mean; absent where weights have no bound")
        .optional()
        .with_theory(),
    Observable::scalar("weight_skewness")
        .label("weight skewness")
        .sentence("skewness of all weights at capacity; absent if they are equal")
        .optional()
        .with_theory(),
    Observable::scalar("weight_kurtosis")
        .label("weight kurtosis")
        .sentence("kurtosis of all weights at capacity, 3 for a Gaussian; absent if they are equal")
        .optional()
        .with_theory(),
    Observable::scalar("updates")
        .sentence("updates that the learning rule made on all prefixes tried (0 for the exact decision)"),
    Observable::scalar("epochs_used")
        .label("epochs used")
        .sentence("epochs of the learning rule on the learned prefix (0 for the exact decision)"),
    Observable::scalar("rate_bound")
        .label("proven learning rate")
        .sentence(
            "learning rate below which the climbing-fibre rule is proven to learn the longest storable prefix, by the \
             weights of the widest margin; absent for the learning rules, and where weights have no bound",
        )
        .optional(),
    Observable::scalar("log_update_bound")
        .label("decades of updates")
        .sentence(
            "decimal logarithm of the largest number of updates that the proof allows on that prefix at half that \
             rate, where it is smallest",
        )
        .optional(),
    Observable::scalar("natural_unit")
        .symbol("u_0")
        .label("natural unit")
        .sentence("unit of robustness and bistability, in thresholds"),
    Observable::array("weight_histogram", &[WEIGHT])
        .label("weight density")
        .sentence("density of the non-zero weights at capacity, over all weights; absent where weights have no bound")
        .optional()
        .drawn_as(Picture::Histogram)
        .with_theory(),
];

const WEIGHT: OwnDimension = OwnDimension::new("weight", BINS, |bin| (bin as f64 + 0.5) * LARGEST_WEIGHT / BINS as f64)
    .sentence("weight in units of the mean weight, at the centre of the bin");

const THEORY: TheoryDeclaration = TheoryDeclaration {
    summary: "The storage capacity of infinitely many inputs in patterns per input, and the weights at capacity",
    examples: &[
        "--input-correlation 0.8 --output-correlation 0.8",
        "--output-correlation 0.8 --optimal-bistability",
        "--input-correlation 0.5 --standard-error 0.001 --format json",
    ],
    details: "Exact without input correlation, and without output correlation if there are no margins and both \
              outputs are equally frequent. Otherwise an average over random sequences, whose key follows from the \
              parameters: the same parameters always give the same digits, and the errors of different parameters are \
              independent.",
    parameters: &[
        "output_coding",
        "input_correlation",
        "output_correlation",
        "robustness",
        "bistability",
        "weight_bound",
    ],
    closed_forms: &[
        Observable::scalar("weight_offset")
            .symbol("b")
            .label("weight offset")
            .sentence("weights are distributed as (b + z)+, with z a standard normal variate"),
        Observable::scalar("current_offset")
            .symbol("m")
            .label("current offset")
            .sentence("mean current less the threshold, in natural units"),
    ],
    relative_error: Some(RelativeError { default: 0.005, least: 1e-4, greatest: 0.1 }),
    optimum: Some(OptimumDeclaration {
        parameter: "bistability",
        sentence: "Find the bistability with the largest capacity, and the gain over no bistability",
        gain: "in capacity, over none",
    }),
    ..TheoryDeclaration::new(3)
};

static DECLARATION: Declaration = Declaration {
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    theory: Some(THEORY),
    size: Some("inputs"),
    example: &[("inputs", Value::Integer(50)), ("input_correlation", Value::Number(0.5))],
    sources: &[sources::CLOPATH_2012],
    ..Declaration::new(
        "capacity",
        3,
        "Storage capacity of a Purkinje-cell perceptron for correlated patterns (Clopath, Nadal & Brunel 2012).",
    )
};

/// What was stored or learned, with either learner.
struct Stored {
    patterns: usize,
    weights: Vec<f64>,
    updates: u64,
    epochs: usize,
    /// That the rule learns the longest prefix that can be stored, where the exact decision found it.
    proof: Option<ConvergenceProof>,
}

impl Experiment for Capacity {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    /// Fits measured times at N = 200 to 2000 (`benches/storability.rs`, `benches/learning.rs`) within a factor of two.
    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
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

    fn check(&self, parameters: &Parameters) -> Result<(), TaskFailure> {
        problem(parameters)?;
        let learner = parameters.choice("learner")?;
        if parameters.choice("weight_bound")? == NONE && learner != EXACT {
            return Err(TaskFailure::model(format!(
                "learner = {learner:?} keeps weights at or above 0, so that it cannot have weight_bound = {NONE:?}; \
                 set weight_bound = {NON_NEGATIVE:?} or learner = {EXACT:?}"
            )));
        }
        Ok(())
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let problem = problem(parameters)?;
        let stored = store(parameters, problem, &stream)?;
        values.set("capacity", stored.patterns as f64 / problem.inputs() as f64);
        values.set("updates", stored.updates as f64);
        values.set("epochs_used", stored.epochs as f64);
        values.set("natural_unit", problem.natural_unit());
        set_weights(&problem, &stored.weights, values);
        let proof = stored
            .proof
            .map(|proof| (proof.rate_bound() / problem.mean_weight(), libm::log10(proof.fewest_updates().max(1.0))));
        set_optional("rate_bound", proof.map(|(rate, _)| rate), values);
        set_optional("log_update_bound", proof.map(|(_, decades)| decades), values);
        Ok(())
    }

    fn theory(
        &self,
        parameters: &Parameters,
        stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        let accuracy = Accuracy::new(estimates.relative_error()).map_err(TaskFailure::model)?;
        set_theory(&theory(&problem(parameters)?, accuracy, &stream).map_err(TaskFailure::model)?, estimates);
        Ok(())
    }

    /// Fits `benches/theory.rs` within a factor of two.
    fn theory_cost(&self, parameters: &Parameters, relative_error: f64) -> Result<Cost, TaskFailure> {
        let correlation = parameters.number("input_correlation")?;
        let samples = (0.005 / relative_error) * (0.005 / relative_error);
        let seconds = if correlation > 0.0 { 7e-3 / (1.0 - correlation) * samples } else { 1e-4 };
        Ok(Cost { seconds, bytes: 1e6 })
    }

    fn optimum(
        &self,
        parameters: &Parameters,
        stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<f64, TaskFailure> {
        if parameters.choice("weight_bound")? == NONE {
            return Err(TaskFailure::model(format!(
                "weight_bound = {NONE:?} leaves bistability without a meaning, and so without a best value; ask for \
                 weight_bound = {NON_NEGATIVE:?}"
            )));
        }
        let accuracy = Accuracy::new(estimates.relative_error()).map_err(TaskFailure::model)?;
        let best = optimal_bistability(&problem(parameters)?, accuracy, &stream);
        let (bistability, theory) = best.map_err(TaskFailure::model)?;
        set_theory(&theory, estimates);
        Ok(bistability)
    }
}

/// The storage problem that the parameters of this experiment describe.
fn problem(parameters: &Parameters) -> Result<CapacityProblem, TaskFailure> {
    let parameters = CapacityParameters {
        inputs: parameters.count("inputs")?,
        input_coding: parameters.number("input_coding")?,
        output_coding: parameters.number("output_coding")?,
        input_correlation: parameters.number("input_correlation")?,
        output_correlation: parameters.number("output_correlation")?,
        robustness: parameters.number("robustness")?,
        bistability: parameters.number("bistability")?,
        weight_bound: match parameters.choice("weight_bound")? {
            NONE => WeightBound::None,
            _ => WeightBound::NonNegative,
        },
    };
    CapacityProblem::new(parameters).map_err(TaskFailure::model)
}

fn set_optional(name: &str, value: Option<f64>, values: &mut Values) {
    match value {
        Some(value) => values.set(name, value),
        None => values.absent(name),
    }
}

/// Weights without a bound have no scale, since they may grow as they like against the threshold: what compares them
/// with their mean is left out, and their shape stays.
fn set_weights(problem: &CapacityProblem, counted: &[f64], values: &mut Values) {
    let lowest = problem.lowest_weight();
    let weights: Vec<f64> = counted.iter().map(|weight| weight + lowest).collect();
    values.set("silent_fraction", silent_fraction(&weights));
    set_optional("weight_skewness", standardised_moment(&weights, 3), values);
    set_optional("weight_kurtosis", standardised_moment(&weights, 4), values);
    if problem.parameters().weight_bound == WeightBound::NonNegative {
        values.set("weight_variance", relative_variance(&weights));
        values.set_array("weight_histogram", &histogram(&weights, BINS, LARGEST_WEIGHT));
    } else {
        values.absent("weight_variance");
        values.absent("weight_histogram");
    }
}

/// An infinite capacity has no estimates, and weights without a scale have none of it.
fn set_theory(theory: &Theory, estimates: &mut Estimates) {
    if !theory.capacity.is_finite() {
        return;
    }
    let estimate = |value, standard_error| Estimate { value, standard_error };
    estimates.set("capacity", estimate(theory.capacity, theory.capacity_standard_error));
    estimates.set("silent_fraction", estimate(theory.silent_fraction, theory.silent_fraction_standard_error));
    let (shape, shape_errors) = (theory.weight_shape(), theory.weight_shape_standard_errors());
    estimates.set("weight_skewness", estimate(shape[0], shape_errors[0]));
    estimates.set("weight_kurtosis", estimate(shape[1], shape_errors[1]));
    if !theory.weight_variance.is_finite() {
        return;
    }
    estimates.set("weight_variance", estimate(theory.weight_variance, theory.weight_variance_standard_error));
    estimates.set("weight_offset", estimate(theory.weight_offset, theory.weight_offset_standard_error));
    estimates.set("current_offset", estimate(theory.current_offset, theory.current_offset_standard_error));
    let width = LARGEST_WEIGHT / BINS as f64;
    let bin = |index: usize| {
        let (fraction, error) = theory.weights_between(index as f64 * width, (index + 1) as f64 * width);
        estimate(fraction / width, error / width)
    };
    estimates.set_array("weight_histogram", (0..BINS).map(bin).collect());
}

fn store(parameters: &Parameters, problem: CapacityProblem, stream: &RandomStream) -> Result<Stored, TaskFailure> {
    let mut sequence = PatternSequence::new(problem, stream);
    let load_limit = parameters.number("load_limit")?;
    let switching = match parameters.choice("learner")? {
        EXACT => {
            let longest = longest_storable_prefix(&mut sequence, load_limit).map_err(storability_failure)?;
            let prefix = sequence.extend_to(longest.patterns);
            let proof = match problem.parameters().weight_bound {
                WeightBound::NonNegative => StoringWeights::verify(prefix, &longest.weights)
                    .and_then(|solution| ConvergenceProof::new(prefix, &problem, &solution)),
                WeightBound::None => None,
            };
            return Ok(Stored { patterns: longest.patterns, weights: longest.weights, updates: 0, epochs: 0, proof });
        }
        PERCEPTRON => StateSwitching::ClimbingFibre,
        _ => StateSwitching::None,
    };
    let (learning_rate, epochs) = (parameters.number("learning_rate")?, parameters.count("epochs")?);
    let rule = LearningRule::new(&problem, learning_rate, epochs, switching).map_err(learning_failure)?;
    let LearnedPrefix { patterns, learned, updates } =
        longest_learnable_prefix(&mut sequence, &rule, load_limit).map_err(learning_failure)?;
    Ok(Stored { patterns, weights: learned.weights, updates, epochs: learned.epochs, proof: None })
}

/// A sequence that fills the load limit has a capacity beyond it.
pub(super) fn storability_failure(error: StorabilityError) -> TaskFailure {
    match error {
        StorabilityError::LoadLimit { .. } => TaskFailure::censored_above(error),
        StorabilityError::Undecided { .. } | StorabilityError::NotConverged { .. } => TaskFailure::model(error),
    }
}

fn learning_failure(error: LearningError) -> TaskFailure {
    match error {
        LearningError::LoadLimit { .. } => TaskFailure::censored_above(error),
        LearningError::LearningRate(_) => TaskFailure::model(error),
    }
}
