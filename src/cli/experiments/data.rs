//! The catalogue for programs.

use serde_json::{Value as Json, json};

use crate::experiment::{Declaration, Kept, Kind, Observable, OwnDimension, Parameter, Quantity, Value};

/// An experiment.
#[derive(serde::Serialize)]
pub(super) struct Entry {
    name: &'static str,
    version: u32,
    summary: &'static str,
    size: Option<&'static str>,
    divergence_flag: Option<&'static str>,
    parameters: Vec<Json>,
    observables: Vec<Json>,
    theory: Option<Json>,
}

impl Entry {
    pub(super) fn of(declaration: &Declaration) -> Self {
        // The verb `theory` knows no hidden experiments.
        let theory = declaration.theory.filter(|_| !declaration.hidden).map(|theory| {
            json!({
                "version": theory.version,
                "summary": theory.summary,
                "parameters": theory.parameters,
                "closed_forms": theory.closed_forms.iter().map(observable).collect::<Vec<_>>(),
            })
        });
        Self {
            name: declaration.name,
            version: declaration.version,
            summary: declaration.summary,
            size: declaration.size,
            divergence_flag: declaration.divergence_flag,
            parameters: declaration.parameters.iter().map(parameter).collect(),
            observables: declaration.observables.iter().map(observable).collect(),
            theory,
        }
    }
}

fn parameter(parameter: &Parameter) -> Json {
    let (kind, range, choices) = match parameter.kind {
        Kind::Number(range) => ("number", Some(range.to_string()), None),
        Kind::Integer(least, most) => ("whole number", Some(format!("[{least}, {most}]")), None),
        Kind::Choice(choices) => ("choice", None, Some(choices)),
    };
    let own = json!({ "kind": kind, "range": range, "choices": choices, "default": value(parameter.default) });
    described(parameter.quantity, own)
}

fn observable(observable: &Observable) -> Json {
    let own = json!({
        "dimensions": observable.dimensions.iter().map(dimension).collect::<Vec<_>>(),
        "theory": observable.has_theory,
        "optional": observable.optional,
        "first_replicate_only": observable.kept == Kept::FirstReplicate,
    });
    described(observable.quantity, own)
}

fn dimension(dimension: &OwnDimension) -> Json {
    described(dimension.quantity, json!({ "length": dimension.length }))
}

/// The words and the unit, then what else there is.
fn described(quantity: Quantity, own: Json) -> Json {
    let words = json!({
        "name": quantity.name,
        "symbol": quantity.symbol,
        "label": quantity.label,
        "sentence": quantity.sentence,
        "unit": quantity.unit.written,
        "udunits": quantity.unit.udunits,
    });
    match (words, own) {
        (Json::Object(mut words), Json::Object(own)) => {
            words.extend(own);
            Json::Object(words)
        }
        (words, _) => words,
    }
}

/// A value of a parameter.
pub(in crate::cli) fn value(value: Value) -> Json {
    match value {
        Value::Number(number) => json!(number),
        Value::Integer(integer) => json!(integer),
        Value::Choice(choice) => json!(choice),
    }
}
