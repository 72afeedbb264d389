//! The catalogue for programs.

use serde_json::{Value as Json, json};

use crate::experiment::{Declaration, Kept, Kind, Observable, OwnDimension, Parameter, Quantity};

/// An experiment.
#[derive(serde::Serialize)]
pub(super) struct Entry {
    name: &'static str,
    version: u32,
    summary: &'static str,
    sources: &'static [&'static str],
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
            sources: declaration.sources,
            size: declaration.size,
            divergence_flag: declaration.divergence_flag,
            parameters: declaration.parameters.iter().map(parameter).collect(),
            observables: declaration.observables.iter().map(observable).collect(),
            theory,
        }
    }
}

fn parameter(parameter: &Parameter) -> Json {
    let mut own = match parameter.kind {
        Kind::Number(range) => {
            let (least, most) = range.ends();
            json!({ "kind": "number", "range": range.to_string(), "least": least, "most": most })
        }
        Kind::Integer(least, most) => {
            json!({ "kind": "whole number", "range": format!("[{least}, {most}]"), "least": least, "most": most })
        }
        Kind::Choice(choices) => json!({ "kind": "choice", "choices": choices }),
    };
    own["default"] = parameter.default.json();
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

/// The texts and the unit, then everything else.
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
