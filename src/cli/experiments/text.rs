//! The catalogue for people, as wide as the terminal.

use crate::catalogue;
use crate::cli::wrap::wrap;
use crate::experiment::{Declaration, Experiment, Kept, Observable, Parameter, Quantity};

/// Every visible experiment with its summary.
pub(super) fn list() -> String {
    let declarations: Vec<&Declaration> = catalogue::visible().map(Experiment::declaration).collect();
    let width = declarations.iter().map(|declaration| declaration.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Declaration { name, version, summary, .. } in declarations {
        text.push_str(&wrap(&format!("{name:<width$} version {version}  {summary}"), width + 1));
    }
    format!("{text}\n`microzone experiments NAME` prints parameters and observables.")
}

/// One experiment in full.
pub(super) fn describe(declaration: &Declaration) -> String {
    let Declaration { name, version, summary, .. } = declaration;
    // The verb `theory` knows no hidden experiments.
    let theory = declaration.theory.filter(|_| !declaration.hidden);
    let closed_forms = theory.map_or(&[][..], |theory| theory.closed_forms);
    let parameters = declaration.parameters.iter().map(Parameter::name);
    let observables = declaration.observables.iter().chain(closed_forms).map(Observable::name);
    let width = parameters.chain(observables).map(str::len).max().unwrap_or(0);
    let indent = width + 3;
    let mut text = format!("{name} (version {version})\n{}\nParameters\n", wrap(summary, 0));
    for Parameter { quantity, kind, default } in declaration.parameters {
        let line = format!("  {:<width$} {kind}{}; default {default}", quantity.name, unit(quantity));
        text.push_str(&wrap(&line, indent));
        text.push_str(&wrap(&format!("{:indent$}{}", "", quantity.explained()), indent));
    }
    if let Some(size) = declaration.size {
        let size = format!("Size: {size}; tables extrapolate an axis of at least three values to infinity");
        text.push_str(&format!("\n{}", wrap(&size, 0)));
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
        text.push_str(&wrap(&format!("  {}{remarks}", line(observable, width)), indent));
    }
    if let Some(theory) = theory {
        text.push_str(&format!("\nTheory (version {}; `microzone theory {name}`)\n", theory.version));
        text.push_str(&wrap(&format!("  {}", theory.summary), 2));
        closed_forms.iter().for_each(|form| text.push_str(&wrap(&format!("  {}", line(form, width)), indent)));
    }
    if !declaration.sources.is_empty() {
        text.push_str("\nSources\n");
        declaration.sources.iter().for_each(|source| text.push_str(&wrap(&format!("  {source}"), 4)));
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
