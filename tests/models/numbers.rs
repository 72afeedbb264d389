//! Numbers of a second program, in Python, which was written from the text of the experiments without sight of this
//! code, next to those of the experiment.

use microzone::catalogue;
use microzone::experiment::{Experiment, Literal, Outcome, Parameters, TheoryCell, evaluate};
use microzone::random::RandomStream;
use serde_json::Value;

/// One set of parameters, and what the second program found with it.
pub(crate) struct Case {
    experiment: &'static dyn Experiment,
    pub(crate) given: Value,
    parameters: Parameters,
    /// What needs no random numbers.
    pub(crate) deterministic: Value,
    /// Closed forms.
    pub(crate) theory: Value,
    /// Mean and standard error over runs with its own random numbers.
    pub(crate) mean: Value,
}

/// The cases in the text of a file.
pub(crate) fn cases(experiment: &str, text: &str) -> Vec<Case> {
    let experiment = catalogue::find(experiment).unwrap();
    let all: Vec<Value> = serde_json::from_str(text).unwrap();
    let case = |case: Value| {
        let mut parameters = Parameters::defaults(experiment.declaration().parameters);
        for (name, value) in case["parameters"].as_object().unwrap() {
            let literal = match value {
                Value::String(text) => Literal::Text(text.clone()),
                Value::Number(number) if number.is_i64() => Literal::Integer(number.as_i64().unwrap()),
                number => Literal::Number(number.as_f64().unwrap()),
            };
            parameters = parameters.with(name, &literal).unwrap();
        }
        let part = |name: &str| case[name].clone();
        let (deterministic, theory, mean) = (part("deterministic"), part("theory"), part("mean"));
        Case { experiment, given: part("parameters"), parameters, deterministic, theory, mean }
    };
    all.into_iter().map(case).collect()
}

impl Case {
    /// All values of an observable in one run; NaN where it has none.
    pub(crate) fn run(&self, replicate: u8, names: &[&str]) -> Vec<Vec<f64>> {
        let declaration = self.experiment.declaration();
        let stream = RandomStream::from_seed([replicate.wrapping_add(1); 32]);
        let Outcome::Done(values) = evaluate(self.experiment, &self.parameters, u32::from(replicate), stream) else {
            panic!("{} failed", self.given)
        };
        let of = |name: &&str| {
            let start = declaration.offset(name).unwrap_or_else(|| panic!("no {name}"));
            values[start..][..declaration.observable(name).unwrap().size()].to_vec()
        };
        names.iter().map(of).collect()
    }

    /// What the theory says; NaN where it says nothing.
    pub(crate) fn theory(&self, name: &str) -> Vec<f64> {
        let estimates = TheoryCell::new(self.experiment, self.parameters.clone(), Some(0.01)).estimates().unwrap();
        estimates.of(name).map_or(vec![f64::NAN], |found| found.iter().map(|estimate| estimate.value).collect())
    }

    /// Compares numbers that need no luck, up to a relative error, and counts them. What is `null` there has no value
    /// here.
    pub(crate) fn compare(&self, name: &str, own: &[f64], other: &Value, accuracy: f64) -> usize {
        let others = flat(other);
        assert_eq!(own.len(), others.len(), "{name}, {}", self.given);
        for (own, other) in own.iter().zip(&others) {
            let is_close = (own - other).abs() <= accuracy * other.abs().max(1e-3);
            assert!(is_close || (own.is_nan() && other.is_nan()), "{name}: {own}, not {other}, {}", self.given);
        }
        others.len()
    }

    /// The differences of means over runs from those of the second program, in their common standard errors.
    ///
    /// What has no value in a run does not count; only `optional` quantities may have none in any run. Nothing is
    /// compared where the second program has none.
    pub(crate) fn deviations(&self, runs: u8, draws: f64, optional: &[&str]) -> Vec<(String, f64)> {
        let means = self.mean.as_object().unwrap();
        let names: Vec<&str> = means.keys().map(String::as_str).collect();
        let all: Vec<Vec<Vec<f64>>> = (0..runs).map(|replicate| self.run(replicate, &names)).collect();
        let mut found = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let others =
                if means[*name][0].is_array() { means[*name].clone() } else { Value::from(vec![means[*name].clone()]) };
            for (element, other) in others.as_array().unwrap().iter().enumerate() {
                let own: Vec<f64> =
                    all.iter().map(|run| run[index][element]).filter(|value| value.is_finite()).collect();
                let (Some(mean), Some(error)) = (other[0].as_f64(), other[1].as_f64()) else { continue };
                if own.is_empty() {
                    assert!(optional.contains(name), "{name} has no value in any run, {}", self.given);
                    continue;
                }
                let difference = own.iter().sum::<f64>() / own.len() as f64 - mean;
                let spread = error * (draws / own.len() as f64).sqrt();
                let combined = (error * error + spread * spread).sqrt().max(1e-5 * mean.abs().max(1e-3));
                found.push((format!("{name}, {}", self.given), difference / combined));
            }
        }
        found
    }
}

/// All numbers in lists of lists, in order; NaN for `null`.
fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(flat).collect(),
        other => vec![other.as_f64().unwrap_or(f64::NAN)],
    }
}
