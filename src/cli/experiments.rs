//! `microzone experiments`

use super::{Exit, Failure};
use crate::catalogue;
use crate::experiment::{Experiment, Kept, Observable};
use crate::sweep::Problem;

/// Print the catalogue: experiments, their parameters and their observables
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone experiments\n  microzone experiments capacity")]
pub struct Arguments {
    /// One experiment, in full
    pub name: Option<String>,
}

/// # Errors
/// There is no experiment of that name.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let visible: Vec<&dyn Experiment> =
        catalogue::catalogue().iter().copied().filter(|experiment| !experiment.hidden()).collect();
    match &arguments.name {
        None => {
            for experiment in visible {
                say!("{:<16} version {}  {}", experiment.name(), experiment.version(), experiment.summary());
            }
            say!("\n`microzone experiments NAME` prints parameters and observables.");
        }
        Some(name) => match catalogue::find(name) {
            Some(experiment) => say!("{}", describe(experiment).trim_end()),
            None => {
                let names: Vec<&str> = visible.iter().map(|experiment| experiment.name()).collect();
                let problem = Problem::unknown("experiments", "experiment", name, &names);
                return Err(Failure::new(Exit::Usage, problem.to_string()));
            }
        },
    }
    Ok(Exit::Complete)
}

fn describe(experiment: &dyn Experiment) -> String {
    let mut text =
        format!("{} (version {})\n{}\n\nParameters\n", experiment.name(), experiment.version(), experiment.summary());
    let parameters = experiment.parameters().iter().map(|parameter| parameter.name.len());
    let observables = experiment.observables().iter().map(|observable| observable.name.len());
    let width = parameters.chain(observables).max().unwrap_or(0);
    for parameter in experiment.parameters() {
        let unit = unit_text(parameter.unit);
        text.push_str(&format!(
            "  {:<width$} {}{unit}; default {}\n",
            parameter.name, parameter.kind, parameter.default
        ));
        text.push_str(&format!("  {:<width$} {}\n", "", parameter.doc));
    }
    if let Some(size) = experiment.size_parameter() {
        text.push_str(&format!("\nSize: {size}; tables extrapolate an axis of at least three values to infinity\n"));
    }
    text.push_str("\nObservables\n");
    for observable in experiment.observables() {
        let shape = shape_text(observable);
        let theory = if observable.has_theory { "; with theory" } else { "" };
        let kept = if observable.kept == Kept::FirstReplicate { "; first replicate only" } else { "" };
        let is_flag = experiment.divergence_flag() == Some(observable.name);
        let flag =
            if is_flag { "; tells of runs that diverged, whose other observables may have no value" } else { "" };
        text.push_str(&format!(
            "  {:<width$} {}{shape}{}{theory}{kept}{flag}\n",
            observable.name,
            observable.doc,
            unit_text(observable.unit)
        ));
    }
    text
}

fn unit_text(unit: &str) -> String {
    if unit == "1" { String::new() } else { format!(" ({unit})") }
}

fn shape_text(observable: &Observable) -> String {
    let own: Vec<String> = observable.dimensions.iter().map(|own| format!("{} {}", own.length, own.name)).collect();
    if own.is_empty() { String::new() } else { format!(" [{}]", own.join(" x ")) }
}
