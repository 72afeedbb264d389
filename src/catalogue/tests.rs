use std::time::Duration;

use super::*;
use crate::experiment::{
    Declaration, Estimates, Kept, Kind, Literal, Observable, Outcome, Parameters, Quantity, TheoryCell, Value, evaluate,
};
use crate::random::RandomStream;

/// Letters of a label, so that with `(theory, s.e.m.)` behind it at most 45 stand on an axis.
const LONGEST_LABEL: usize = 28;

/// More than any theory needs for the tests here.
const RELATIVE_ERROR: f64 = 0.05;

fn declarations() -> impl Iterator<Item = &'static Declaration> {
    catalogue().iter().map(|experiment| experiment.declaration())
}

/// The parameters of an experiment's example.
fn example(declaration: &'static Declaration) -> Parameters {
    let mut parameters = Parameters::defaults(declaration.parameters);
    for (name, value) in declaration.example {
        let (position, parameter) = declaration.parameter(name).unwrap();
        parameters.set(position, parameter.accept(&(*value).into()).unwrap());
    }
    parameters
}

fn stream() -> RandomStream {
    RandomStream::from_seed([1; 32])
}

#[test]
fn every_name_is_declared_once() {
    for declaration in declarations() {
        let dimensions = declaration.observables.iter().flat_map(|observable| observable.dimensions);
        let mut names: Vec<&str> = declaration.parameters.iter().map(|parameter| parameter.name()).collect();
        names.extend(declaration.observables.iter().map(Observable::name));
        names.extend(declaration.theory.iter().flat_map(|theory| theory.closed_forms).map(Observable::name));
        names.extend(["replicate", "status", "precision"]);
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{}: {name} twice", declaration.name);
        }
        for dimension in dimensions {
            assert!(!names.contains(&dimension.name()), "{}: {} twice", declaration.name, dimension.name());
        }
    }
}

#[test]
fn a_companion_is_another_observable_of_the_same_shape() {
    let mut companions = 0;
    for declaration in declarations() {
        for observable in declaration.observables {
            let Some(name) = observable.companion else { continue };
            let companion = declaration.observable(name).unwrap();
            assert_ne!(companion.name(), observable.name());
            assert_eq!((companion.size(), companion.kept), (observable.size(), observable.kept), "{name}");
            assert!(!observable.caution.is_empty(), "{name} stands beside it without a word");
            companions += 1;
        }
    }
    assert!(companions >= 2);
}

#[test]
fn every_quantity_has_words_that_fit() {
    let check = |experiment: &str, quantity: &Quantity| {
        let Quantity { name, label, sentence, unit, .. } = quantity;
        assert!(!sentence.is_empty(), "{experiment}: {name} has no sentence");
        assert!(!label.is_empty() && !label.contains('_'), "{experiment}: the label {label:?} of {name}");
        assert!(label.chars().count() <= LONGEST_LABEL, "{experiment}: the label {label:?} of {name} is too long");
        assert_eq!(unit.udunits == "1", unit.written.is_empty(), "{experiment}: the unit of {name}");
    };
    for declaration in declarations() {
        declaration.parameters.iter().for_each(|parameter| check(declaration.name, &parameter.quantity));
        let closed_forms = declaration.theory.iter().flat_map(|theory| theory.closed_forms);
        for observable in declaration.observables.iter().chain(closed_forms) {
            check(declaration.name, &observable.quantity);
            observable.dimensions.iter().for_each(|dimension| check(declaration.name, &dimension.quantity));
        }
    }
}

#[test]
fn what_a_declaration_names_is_declared() {
    for declaration in declarations() {
        let name = declaration.name;
        let is_number = |parameter: &str| {
            declaration.parameter(parameter).is_some_and(|(_, declared)| !matches!(declared.kind, Kind::Choice(_)))
        };
        assert!(declaration.size.is_none_or(is_number), "{name}: its size");
        let flag = declaration.divergence_flag.map(|flag| declaration.observable(flag));
        assert!(flag.is_none_or(|flag| flag.is_some_and(Observable::is_scalar)), "{name}: its divergence flag");
        for observable in declaration.observables {
            let whole = observable.kept == Kept::EveryReplicate || !observable.is_scalar();
            assert!(whole, "{name}: the scalar {} is for every replicate to keep", observable.name());
            assert!(declaration.theory.is_some() || !observable.has_theory, "{name}: {}", observable.name());
        }
        let is_last = |observable: &Observable| observable.kept == Kept::FirstReplicate;
        let in_order = declaration.observables.is_sorted_by_key(is_last);
        assert!(in_order, "{name}: what only the first replicate keeps comes last");
        let Some(theory) = declaration.theory else { continue };
        assert!(theory.parameters.iter().all(|known| declaration.parameter(known).is_some()), "{name}: its theory");
        assert!(theory.optimum.is_none_or(|optimum| is_number(optimum.parameter)), "{name}: its optimum");
        assert!(declaration.with_closed_form().count() > 0, "{name}: a theory of nothing");
    }
}

#[test]
fn defaults_are_accepted_and_make_sense_together() {
    for experiment in catalogue() {
        let declaration = experiment.declaration();
        for parameter in declaration.parameters {
            let accepted = parameter.accept(&parameter.default.into());
            assert_eq!(accepted, Ok(parameter.default), "{}: {}", declaration.name, parameter.name());
        }
        let parameters = Parameters::defaults(declaration.parameters);
        assert_eq!(experiment.check(&parameters), Ok(()), "{}: the defaults are at odds", declaration.name);
        assert!(experiment.cost(&parameters).unwrap().seconds > 0.0, "{}", declaration.name);
    }
}

#[test]
fn every_example_runs_at_once() {
    for experiment in catalogue() {
        let declaration = experiment.declaration();
        let parameters = example(declaration);
        let mut least = Duration::MAX;
        for replicate in [0, 1, 2] {
            let start = processor_time();
            match evaluate(*experiment, &parameters, replicate, stream()) {
                Outcome::Done(values) => assert_eq!(values.len(), declaration.kept_width(replicate)),
                Outcome::Failed(failure) => panic!("{}: {failure}", declaration.name),
            }
            least = least.min(processor_time() - start);
        }
        // Six tests of 16 movements, whatever is trained between them, take an arm that long.
        let limit = Duration::from_millis(if declaration.name == "reaching" { 500 } else { 100 });
        assert!(least < limit, "{}: {least:?}", declaration.name);
    }
}

/// What this thread has had of a processor, whatever other threads and processes do.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split_whitespace().next().unwrap().parse().unwrap())
}

#[test]
fn every_theory_keeps_to_its_declaration() {
    for experiment in catalogue() {
        let declaration = experiment.declaration();
        let Some(theory) = declaration.theory else { continue };
        let cell = |parameters: &Parameters| TheoryCell::new(*experiment, parameters.clone(), Some(RELATIVE_ERROR));
        let at = |parameters: &Parameters| cell(parameters).estimates().unwrap();
        let parameters = example(declaration);
        let cost = |relative_error| experiment.theory_cost(&parameters, relative_error).unwrap().seconds;
        assert!(
            cost(RELATIVE_ERROR) > 0.0 && cost(0.5 * RELATIVE_ERROR) >= cost(RELATIVE_ERROR),
            "{}",
            declaration.name
        );
        let estimates = at(&parameters);
        for declared in declaration.with_closed_form() {
            assert!(estimates.of(declared.name()).is_some(), "{}: no theory of {}", declaration.name, declared.name());
        }
        if theory.optimum.is_some() {
            let cell = cell(&parameters);
            cell.optimum(cell.stream()).unwrap();
        }
        let all = |estimates: &Estimates| format!("{:?}", estimates.iter().map(|(_, found)| found).collect::<Vec<_>>());
        for (position, parameter) in declaration.parameters.iter().enumerate() {
            if theory.parameters.contains(&parameter.name()) {
                continue;
            }
            let mut other = parameters.clone();
            other.set(position, another(&parameters, position, parameter));
            assert_eq!(experiment.check(&other), Ok(()), "{}: {}", declaration.name, parameter.name());
            let name = parameter.name();
            assert_eq!(all(&at(&other)), all(&estimates), "{}: the theory depends on {name}", declaration.name);
        }
    }
}

/// Another value that the parameter takes.
fn another(parameters: &Parameters, position: usize, parameter: &crate::experiment::Parameter) -> Value {
    let literal = match (parameters.get(position), parameter.kind) {
        (Value::Number(number), _) => Literal::Number(if number > 0.0 { 0.5 * number } else { 0.05 }),
        (Value::Integer(integer), _) => Literal::Integer(2 * integer),
        (Value::Choice(now), Kind::Choice(choices)) => {
            Literal::Text(choices.iter().find(|choice| **choice != now).unwrap().to_string())
        }
        _ => unreachable!("a choice of no choices"),
    };
    parameter.accept(&literal).unwrap()
}
