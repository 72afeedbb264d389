//! `microzone init`

use super::experiments::find;
use super::wrap::wrap_comment;
use super::{Exit, Failure};
use crate::catalogue;
use crate::experiment::{Declaration, Experiment, Kind, Literal, Parameter, Parameters, Value};

/// Print a commented sweep file to start from; it runs unchanged within seconds
///
/// It has one axis, small values for the parameters that make a task long, and all other parameters as comments with
/// their defaults.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone init capacity > my-sweep.toml\n  microzone run my-sweep.toml")]
pub(super) struct Arguments {
    /// An experiment of the catalogue: see `microzone experiments`
    pub experiment: String,
}

/// # Errors
/// There is no experiment of that name.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let declaration = find(&arguments.experiment)?;
    say!("{}", sweep_file(declaration).trim_end());
    Ok(Exit::Complete)
}

fn sweep_file(declaration: &'static Declaration) -> String {
    let Declaration { name, version, summary, .. } = declaration;
    let axis = axis(declaration);
    let mut text = wrap_comment(&format!("{name} (version {version}): {summary}"));
    text.push_str(&format!(
        "\n[sweep]\nname = \"{name}-first\"   # the results go to results/{name}-first\n\
         experiment = \"{name}\"\nseed = 1            # a different seed gives different random numbers\n\
         replicates = 3      # how often each point is computed, each time with different random numbers\n\
         # title = \"…\"      # one line for people\n\
         # streams = \"paired\"  # the same random numbers at every point; else \"independent\"\n\n"
    ));
    text.push_str(
        "# Every combination of the values in [grid] is a point. An axis is a list of values, or a range such as\n",
    );
    text.push_str(
        "# { start = 0, stop = 1, steps = 11 }, { start = 0, stop = 1, step = 0.1 } or\n\
         # { logspace = { start = 0.1, stop = 10, steps = 5, digits = 3 } }, rounded to 3 digits (otherwise 12).\n\
         # Axes that move together are written in [[zip]], which may have a name = \"…\".\n[grid]\n",
    );
    if let Some((parameter, values)) = &axis {
        let values: Vec<String> = values.iter().map(|value| toml(*value)).collect();
        text.push_str(&comment_of(parameter));
        text.push_str(&format!("{} = [{}]\n", parameter.name(), values.join(", ")));
    }
    text.push_str(
        "\n# The same at every point. Commented parameters keep their defaults; remove the # to change one.\n[fixed]\n",
    );
    let is_axis = |parameter: &Parameter| axis.as_ref().is_some_and(|(swept, _)| swept.name() == parameter.name());
    for parameter in declaration.parameters.iter().filter(|parameter| !is_axis(parameter)) {
        let of_example = declaration.example.iter().find(|(name, _)| *name == parameter.name());
        text.push_str(&comment_of(parameter));
        match of_example {
            Some((name, value)) => {
                let remark = format!("for a quick start; the default is {}", parameter.default);
                text.push_str(&format!("{name} = {}   # {remark}\n", toml(*value)));
            }
            None => text.push_str(&format!("# {} = {}\n", parameter.name(), toml(parameter.default))),
        }
    }
    text.push_str(&precision(declaration));
    if let Some(error) = declaration.theory.and_then(|theory| theory.relative_error) {
        let default = error.default;
        text.push_str(&format!(
            "\n# The standard error of the theory, relative to its value.\n# [theory]\n# relative_error = {default}\n"
        ));
    }
    text
}

/// As TOML writes a value.
fn toml(value: Value) -> String {
    match value {
        Value::Choice(choice) => format!("{choice:?}"),
        Value::Number(number) => format!("{number:?}"),
        Value::Integer(integer) => integer.to_string(),
    }
}

/// What a parameter is, as a comment.
fn comment_of(parameter: &Parameter) -> String {
    let Parameter { quantity, kind, .. } = parameter;
    let unit = if quantity.unit.is_none() { String::new() } else { format!(", in {}", quantity.unit.written) };
    wrap_comment(&format!("{}: {kind}{unit}", quantity.explained()))
}

/// As comments, what lets replicates follow from an error.
fn precision(declaration: &Declaration) -> String {
    let scalar = declaration.observables.iter().find(|observable| observable.is_scalar());
    scalar.map_or_else(String::new, |observable| {
        format!(
            "\n# Replicates until the standard error of the mean is 2 %; then `replicates` is the initial number.\n\
             # [precision]\n# observable = \"{}\"\n# relative_error = 0.02\n# max_replicates = 100\n",
            observable.name()
        )
    })
}

/// A parameter and two values of it at which the example runs: one that the theory knows, if there is a theory.
fn axis(declaration: &'static Declaration) -> Option<(&'static Parameter, [Value; 2])> {
    let experiment = catalogue::find(declaration.name)?;
    let known = declaration.theory.map_or(&[][..], |theory| theory.parameters);
    let free = |parameter: &&Parameter| declaration.example.iter().all(|(name, _)| *name != parameter.name());
    let (first, last): (Vec<&'static Parameter>, Vec<&'static Parameter>) =
        declaration.parameters.iter().filter(free).partition(|parameter| known.contains(&parameter.name()));
    let all = first.into_iter().chain(last);
    all.filter_map(|parameter| Some((parameter, in_order(parameter.default, other(parameter)?))))
        .find(|(parameter, values)| values.iter().all(|value| is_accepted(experiment, parameter, *value)))
}

fn in_order(one: Value, other: Value) -> [Value; 2] {
    match (one, other) {
        (Value::Number(larger), Value::Number(smaller)) if larger > smaller => [other, one],
        _ => [one, other],
    }
}

/// Another value: another word, or a smaller number.
fn other(parameter: &Parameter) -> Option<Value> {
    let literal = match (parameter.kind, parameter.default) {
        (Kind::Choice(words), now) => Literal::Text((*words.iter().find(|word| Value::Choice(word) != now)?).into()),
        (_, Value::Number(number)) => Literal::Number(if number == 0.0 { 0.5 } else { 0.5 * number }),
        (_, now) => now.into(),
    };
    parameter.accept(&literal).ok().filter(|value| value.key() != parameter.default.key())
}

fn is_accepted(experiment: &dyn Experiment, parameter: &Parameter, value: Value) -> bool {
    let declaration = experiment.declaration();
    let mut parameters = Parameters::defaults(declaration.parameters);
    for (name, value) in declaration.example.iter().copied().chain([(parameter.name(), value)]) {
        if let Some((position, _)) = declaration.parameter(name) {
            parameters.set(position, value);
        }
    }
    experiment.check(&parameters).is_ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::sweep::{Sweep, with_settings};

    #[test]
    fn every_experiment_has_a_sweep_file_that_is_good() {
        for experiment in catalogue::visible() {
            let declaration = experiment.declaration();
            let text = sweep_file(declaration);
            let sweep = Sweep::parse(Path::new(declaration.name), text.clone())
                .unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!((sweep.points(), sweep.tasks()), (2, 6), "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
            let seconds: f64 = (0..2).map(|point| 3.0 * sweep.cost(point).seconds).sum();
            assert!(seconds < 10.0, "{}: {seconds} s", declaration.name);
            // What stands in comments is good too.
            let good = text.replace("# [precision]", "[precision]").replace("# observable", "observable");
            let good = good.replace("# [theory]", "[theory]");
            let good = good.replace("# relative_error", "relative_error").replace("# max_rep", "max_rep");
            for parameter in declaration.parameters {
                assert!(text.contains(&format!("{} = ", parameter.name())), "{}", parameter.name());
            }
            let defaults: String = good
                .lines()
                .map(|line| {
                    let is_default = line.strip_prefix("# ").is_some_and(|rest| {
                        rest.split_once(" = ").is_some_and(|(name, _)| declaration.parameter(name).is_some())
                    });
                    format!("{}\n", if is_default { &line[2..] } else { line })
                })
                .collect();
            let full = Sweep::parse(Path::new(declaration.name), defaults.clone())
                .unwrap_or_else(|error| panic!("{error}\n{defaults}"));
            assert_eq!(full.points(), 2);
            assert!(full.precision.is_some());
            let relative_error = declaration.theory.and_then(|theory| theory.relative_error);
            assert_eq!(full.theory_error, relative_error.map(|error| error.default));
            assert!(with_settings(&text, &["seed=2".into()]).unwrap().contains("seed = 2            # a different"));
        }
    }
}
