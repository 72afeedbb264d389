//! `microzone experiments`

use super::{Exit, Failure};
use crate::catalogue;
use crate::experiment::{Declaration, Experiment, Kept, Observable, Parameter, Quantity};
use crate::sweep::Problem;

/// Print the catalogue: experiments, their parameters and their observables
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone experiments\n  microzone experiments capacity")]
pub(super) struct Arguments {
    /// One experiment, in full
    pub name: Option<String>,
}

/// # Errors
/// There is no experiment of that name.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.name {
        None => {
            for declaration in catalogue::visible().map(Experiment::declaration) {
                say!("{:<16} version {}  {}", declaration.name, declaration.version, declaration.summary);
            }
            say!("\n`microzone experiments NAME` prints parameters and observables.");
        }
        Some(name) => match catalogue::find(name) {
            Some(experiment) => say!("{}", describe(experiment.declaration()).trim_end()),
            None => {
                let names: Vec<&str> = catalogue::visible().map(|known| known.declaration().name).collect();
                let problem = Problem::unknown("experiments", "experiment", name, &names);
                return Err(Failure::new(Exit::Usage, problem.to_string()));
            }
        },
    }
    Ok(Exit::Complete)
}

fn describe(declaration: &Declaration) -> String {
    let Declaration { name, version, summary, .. } = declaration;
    // The verb `theory` knows no hidden experiments.
    let theory = declaration.theory.filter(|_| !declaration.hidden);
    let closed_forms = theory.map_or(&[][..], |theory| theory.closed_forms);
    let parameters = declaration.parameters.iter().map(Parameter::name);
    let observables = declaration.observables.iter().chain(closed_forms).map(Observable::name);
    let width = parameters.chain(observables).map(str::len).max().unwrap_or(0);
    let mut text = format!("{name} (version {version})\n{summary}\n\nParameters\n");
    for Parameter { quantity, kind, default } in declaration.parameters {
        text.push_str(&format!("  {:<width$} {kind}{}; default {default}\n", quantity.name, unit(quantity)));
        text.push_str(&format!("  {:<width$} {}\n", "", quantity.explained()));
    }
    if let Some(size) = declaration.size {
        text.push_str(&format!("\nSize: {size}; tables extrapolate an axis of at least three values to infinity\n"));
    }
    text.push_str("\nObservables\n");
    for observable in declaration.observables {
        let is_flag = declaration.divergence_flag == Some(observable.name());
        let remarks = [
            (observable.has_theory, "; with theory"),
            (observable.kept == Kept::FirstReplicate, "; first replicate only"),
            (observable.optional, "; some runs have no value"),
            (is_flag, "; marks runs that diverged, whose other observables may have no value"),
        ];
        let remarks: String = remarks.into_iter().filter(|(holds, _)| *holds).map(|(_, remark)| remark).collect();
        text.push_str(&format!("  {}{remarks}\n", line(observable, width)));
    }
    if let Some(theory) = theory {
        text.push_str(&format!("\nTheory (version {}; `microzone theory {name}`)\n", theory.version));
        text.push_str(&format!("  {}\n", theory.summary));
        closed_forms.iter().for_each(|form| text.push_str(&format!("  {}\n", line(form, width))));
    }
    text
}

fn line(observable: &Observable, width: usize) -> String {
    let own: Vec<String> = observable.dimensions.iter().map(|own| format!("{} {}", own.length, own.name())).collect();
    let shape = if own.is_empty() { String::new() } else { format!(" [{}]", own.join(" x ")) };
    let Observable { quantity, .. } = observable;
    format!("{:<width$} {}{shape}{}", quantity.name, quantity.explained(), unit(quantity))
}

fn unit(quantity: &Quantity) -> String {
    if quantity.unit.is_none() { String::new() } else { format!(" ({})", quantity.unit.written) }
}
