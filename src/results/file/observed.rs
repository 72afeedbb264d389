//! What was observed: the values of every task, their statistics, theory, and the state of tasks and points.

use super::words::{described, push};
use crate::experiment::{Kept, Quantity};
use crate::results::{Results, Series, Status};
use crate::store::netcdf::{Array, Attribute, FILL_VALUE, Variable};
use crate::sweep::Target;

/// The replicates are no longer a dimension of a mean, so that it refers to them by their standard name.
const OVER_REPLICATES: &str = "realization: mean (over the replicates that have a value)";

/// All variables that have the dimensions of the sweep.
pub(super) fn variables<'a>(results: &'a Results, axes: &[String]) -> Vec<Variable<'a>> {
    let mut variables = vec![status(results, axes)];
    variables.extend(precision(results, axes));
    let judged = results.extents.as_ref().and(results.sweep.precision).map(|precision| precision.observable.name());
    for series in &results.series {
        let is_judged = judged == Some(series.observable.name());
        variables.extend(of_series(series, axes, is_judged));
    }
    variables
}

/// An observable, its statistics and its theory. If its precision is judged, the mean refers to that, too.
fn of_series<'a>(series: &'a Series, axes: &[String], is_judged: bool) -> Vec<Variable<'a>> {
    let observable = series.observable;
    let own: Vec<String> = observable.dimensions.iter().map(|own| own.name().to_string()).collect();
    let per_point = [axes, &own].concat();
    let per_task = [axes, &["replicate".to_string()], &own].concat();
    let Quantity { name, label, unit, .. } = observable.quantity;
    let sentence = observable.quantity.explained();
    let number = |suffix: &str, dimensions: &[String], values: &'a [f64], statistic: &str, note: &str| {
        let label = if statistic.is_empty() { label.to_string() } else { format!("{label} ({statistic})") };
        let values = Array::Number(values.into());
        let description = format!("{note}{sentence}");
        let mut variable = described(&format!("{name}{suffix}"), dimensions, values, unit, &label, &description);
        variable.attributes.push((FILL_VALUE.into(), Attribute::Number(f64::NAN)));
        variable
    };
    let mut variables = Vec::new();
    match observable.kept {
        Kept::EveryReplicate => {
            let mut values = number("", &per_task, &series.values, "", "");
            push(&mut values, "ancillary_variables", "status");
            let mut mean = number("_mean", &per_point, &series.mean, "mean", "mean over replicates: ");
            push(&mut mean, "cell_methods", OVER_REPLICATES);
            // `status` is per replicate, and CF wants no dimension here that the mean has not.
            let judgement = if is_judged { " precision" } else { "" };
            push(&mut mean, "ancillary_variables", &format!("{name}_sem{judgement}"));
            // CF has no cell method of a standard error, and its modifier of standard names goes with those only.
            let note = "standard error of the mean: ";
            let error = number("_sem", &per_point, &series.standard_error, "s.e.m.", note);
            variables.extend([values, mean, error]);
        }
        Kept::FirstReplicate => {
            variables.push(number("", &per_point, &series.values, "", "first replicate only: "));
        }
    }
    if let Some((theory, error)) = &series.theory {
        let mut theory = number("_theory", &per_point, theory, "theory", "theory: ");
        push(&mut theory, "ancillary_variables", &format!("{name}_theory_sem"));
        let note = "standard error of the theory: ";
        variables.extend([theory, number("_theory_sem", &per_point, error, "theory, s.e.m.", note)]);
    }
    variables
}

fn status(results: &Results, axes: &[String]) -> Variable<'static> {
    let values = results.status.iter().map(|status| *status as u8).collect();
    let dimensions = [axes, &["replicate".to_string()]].concat();
    // Only with a precision is there anything that is not needed.
    let (flags, meanings) = match results.extents {
        None => (vec![Status::Missing, Status::Done, Status::Failed], "missing done failed"),
        Some(_) => {
            (vec![Status::Missing, Status::Done, Status::Failed, Status::NotNeeded], "missing done failed not_needed")
        }
    };
    let flags = flags.into_iter().map(|status| status as u8).collect();
    let texts = ["state of the task", "whether the task is missing, done or has failed"];
    flag("status", dimensions, values, texts, flags, meanings)
}

/// Where each point stands with its precision, if the sweep asks for one.
fn precision(results: &Results, axes: &[String]) -> Option<Variable<'static>> {
    let precision = results.sweep.precision?;
    let extents = results.extents.as_ref()?;
    let values = extents.iter().map(|extent| extent.target as u8).collect();
    let description = format!(
        "whether the standard error of {} is at most {} of the mean",
        precision.observable.name(),
        precision.relative_error
    );
    let flags = [Target::Open, Target::Met, Target::NotMet].map(|target| target as u8).to_vec();
    let texts = ["state of the precision", &description];
    Some(flag("precision", axes.to_vec(), values, texts, flags, "open met not_met"))
}

fn flag(
    name: &str,
    dimensions: Vec<String>,
    values: Vec<u8>,
    [label, description]: [&str; 2],
    flags: Vec<u8>,
    meanings: &str,
) -> Variable<'static> {
    Variable {
        name: name.into(),
        dimensions,
        values: Array::Byte(values),
        attributes: vec![
            ("long_name".into(), Attribute::Text(label.into())),
            ("description".into(), Attribute::Text(description.into())),
            ("standard_name".into(), Attribute::Text("status_flag".into())),
            ("flag_values".into(), Attribute::Bytes(flags)),
            ("flag_meanings".into(), Attribute::Text(meanings.into())),
        ],
    }
}
