//! `microzone theory`

use clap::{Arg, ArgMatches, Command};

use super::{Exit, Failure};
use crate::catalogue;
use crate::experiment::{Experiment, Literal, Parameters, Value};
use crate::models::perceptron::{
    Accuracy, CapacityParameters, CapacityProblem, ProblemError, Theory, optimal_bistability, theory,
};

/// Print what the theory of infinitely many inputs says, at once
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    experiment: Of,
}

#[derive(clap::Subcommand)]
enum Of {
    Capacity(OfCapacity),
}

/// The storage capacity in patterns an input, and the weights at capacity
///
/// Exact without input correlation. Otherwise an average over random sequences of a fixed seed, so that the same
/// parameters always give the same digits.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone theory capacity --input-correlation 0.8 --output-correlation 0.8\n  \
    microzone theory capacity --output-correlation 0.8 --optimal-bistability\n  \
    microzone theory capacity --input-correlation 0.5 --standard-error 0.001 --format json")]
struct OfCapacity {
    #[command(flatten)]
    point: Point,
    /// Find the bistability with the largest capacity, and the gain over none
    #[arg(long, conflicts_with = "bistability")]
    optimal_bistability: bool,
    /// Relative standard error of the capacity, 1e-4 to 0.1
    #[arg(long, value_name = "E", default_value = "0.005", allow_negative_numbers = true)]
    standard_error: f64,
    #[arg(long, value_enum, default_value = "text")]
    format: TheoryFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TheoryFormat {
    /// Rounded, with standard errors
    Text,
    /// Full precision, for programs
    Json,
}

/// The experiment whose catalogue entry declares the flags.
const EXPERIMENT: &str = "capacity";

/// The parameters that make sense for infinitely many inputs.
const FLAGS: [&str; 6] =
    ["input_correlation", "output_correlation", "input_coding", "output_coding", "robustness", "bistability"];

/// The parameters of an experiment, by flags that its catalogue entry declares.
struct Point {
    parameters: Parameters,
}

impl clap::Args for Point {
    fn augment_args(command: Command) -> Command {
        let declared = catalogue::find(EXPERIMENT).map_or(&[][..], Experiment::parameters);
        let flags = declared.iter().filter(|parameter| FLAGS.contains(&parameter.name)).map(|parameter| {
            Arg::new(parameter.name)
                .long(parameter.name.replace('_', "-"))
                .value_name("VALUE")
                .allow_negative_numbers(true)
                .help(format!("{}; {} [default: {}]", parameter.doc, parameter.kind, parameter.default))
                .value_parser(move |text: &str| parameter.accept(&literal(text)))
        });
        command.args(flags)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Point {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let declared = catalogue::find(EXPERIMENT).map_or(&[][..], Experiment::parameters);
        let mut point = Self { parameters: Parameters::defaults(declared) };
        point.update_from_arg_matches(matches)?;
        Ok(point)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let names: Vec<&str> = self.parameters.iter().map(|(name, _)| name).collect();
        for (position, name) in names.into_iter().enumerate().filter(|(_, name)| FLAGS.contains(name)) {
            if let Some(value) = matches.get_one::<Value>(name) {
                self.parameters.set(position, *value);
            }
        }
        Ok(())
    }
}

/// What somebody wrote after a flag, as a sweep file would have it.
fn literal(text: &str) -> Literal {
    let integer = || text.parse().map(Literal::Integer).ok();
    let number = || text.parse().map(Literal::Number).ok();
    integer().or_else(number).unwrap_or_else(|| Literal::Text(text.to_string()))
}

/// # Errors
/// The parameters do not make sense together, or the standard error is out of reach.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let Of::Capacity(arguments) = &arguments.experiment;
    let usage = |message: String| Failure::new(Exit::Usage, message);
    let problem = catalogue::capacity_problem(&arguments.point.parameters).map_err(|error| usage(error.to_string()))?;
    let accuracy = Accuracy::new(arguments.standard_error)
        .map_err(|error| usage(format!("--standard-error {}: {error}", arguments.standard_error)))?;
    let found = if arguments.optimal_bistability {
        Found::at_the_best(&problem, accuracy).map_err(|error| usage(error.to_string()))?
    } else {
        Found { theory: theory(&problem, accuracy), bistability: problem.parameters().bistability, gain: None }
    };
    say!("{}", if arguments.format == TheoryFormat::Json { found.json() } else { found.text() });
    Ok(Exit::Complete)
}

struct Found {
    theory: Theory,
    bistability: f64,
    /// Of the capacity, relative to no bistability; where the best one was sought. Both come from like random
    /// sequences, so that most of their errors cancel.
    gain: Option<f64>,
}

impl Found {
    fn at_the_best(problem: &CapacityProblem, accuracy: Accuracy) -> Result<Self, ProblemError> {
        let without = CapacityProblem::new(CapacityParameters { bistability: 0.0, ..*problem.parameters() })?;
        let (bistability, best) = optimal_bistability(problem, accuracy);
        let gain = best.capacity / theory(&without, accuracy).capacity - 1.0;
        Ok(Self { theory: best, bistability, gain: Some(gain) })
    }

    fn text(&self) -> String {
        let theory = &self.theory;
        let rows = [
            ("capacity", theory.capacity, theory.capacity_standard_error, "patterns an input"),
            ("silent fraction", theory.silent_fraction, theory.silent_fraction_standard_error, "of the weights"),
            ("weight variance", theory.weight_variance, theory.weight_variance_standard_error, "over the squared mean"),
            (
                "weight offset",
                theory.weight_offset,
                theory.weight_offset_standard_error,
                "b: weights are like (b + z)+",
            ),
            (
                "current offset",
                theory.current_offset,
                theory.current_offset_standard_error,
                "m: mean current less threshold, in natural units",
            ),
        ];
        let mut lines: Vec<String> = rows
            .iter()
            .map(|(name, value, error, doc)| format!("{name:<17} {value:>9.4} {:<10} {doc}", error_text(*error)))
            .collect();
        if let Some(gain) = self.gain {
            lines.push(format!(
                "{:<17} {:>9.4} {:10} gamma, in natural units",
                "best bistability", self.bistability, ""
            ));
            lines.push(format!("{:<17} {:>+8.1}% {:10} in capacity, over none", "gain", 100.0 * gain, ""));
        }
        lines.join("\n")
    }

    fn json(&self) -> String {
        let theory = &self.theory;
        let value = serde_json::json!({
            "capacity": theory.capacity,
            "capacity_standard_error": theory.capacity_standard_error,
            "silent_fraction": theory.silent_fraction,
            "silent_fraction_standard_error": theory.silent_fraction_standard_error,
            "weight_variance": theory.weight_variance,
            "weight_variance_standard_error": theory.weight_variance_standard_error,
            "weight_offset": theory.weight_offset,
            "weight_offset_standard_error": theory.weight_offset_standard_error,
            "current_offset": theory.current_offset,
            "current_offset_standard_error": theory.current_offset_standard_error,
            "bistability": self.bistability,
            "gain": self.gain,
        });
        format!("{value:#}")
    }
}

fn error_text(standard_error: f64) -> String {
    if standard_error == 0.0 { "exact".to_string() } else { format!("± {standard_error:.4}") }
}
