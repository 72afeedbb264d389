//! The catalogue of experiments: one adapter per experiment, and the list of them.
//!
//! A new model is a folder of pure functions in `models/`, one adapter here, and one line in [`catalogue`].

mod capacity;
mod instruments;
mod nitric_oxide;
mod reaching;

pub use capacity::problem as capacity_problem;

use crate::experiment::Experiment;

/// Every experiment, hidden ones included.
pub fn catalogue() -> &'static [&'static dyn Experiment] {
    &[
        &capacity::Capacity,
        &nitric_oxide::information::Information,
        &nitric_oxide::movement::Movement,
        &reaching::Reaching,
        &instruments::null::Null,
        &instruments::probe::Probe,
    ]
}

/// The experiment of that name.
pub fn find(name: &str) -> Option<&'static dyn Experiment> {
    catalogue().iter().copied().find(|experiment| experiment.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Kept, Kind, Observable, Parameters};

    #[test]
    fn every_catalogue_entry_is_sound() {
        for experiment in catalogue() {
            let name = experiment.name();
            let parameters = Parameters::defaults(experiment.parameters());
            for (index, parameter) in experiment.parameters().iter().enumerate() {
                let earlier = &experiment.parameters()[..index];
                assert!(earlier.iter().all(|other| other.name != parameter.name), "{name}: {} twice", parameter.name);
                assert_eq!(
                    parameter.accept(&parameter.default.into()),
                    Ok(parameter.default),
                    "{name}: {}",
                    parameter.name
                );
            }
            assert_eq!(experiment.check(&parameters), Ok(()), "{name}: the defaults are at odds");
            assert!(experiment.cost(&parameters).seconds > 0.0, "{name}");
            if let Some(size) = experiment.size_parameter() {
                let declared = experiment.parameters().iter().find(|parameter| parameter.name == size);
                assert!(declared.is_some_and(|declared| !matches!(declared.kind, Kind::Choice(_))), "{name}: {size}");
            }
            if let Some(flag) = experiment.divergence_flag() {
                let declared = experiment.observables().iter().find(|observable| observable.name == flag);
                assert!(declared.is_some_and(Observable::is_scalar), "{name}: {flag} is no scalar observable");
            }
            for observable in experiment.observables() {
                let clash = experiment.parameters().iter().any(|parameter| parameter.name == observable.name);
                let reserved = ["replicate", "status", "precision"].contains(&observable.name);
                assert!(!clash && !reserved, "{}", observable.name);
                let whole = observable.kept == Kept::EveryReplicate || !observable.is_scalar();
                assert!(whole, "{name}: the scalar {} is for every replicate to keep", observable.name);
            }
            let in_order =
                experiment.observables().is_sorted_by_key(|observable| observable.kept == Kept::FirstReplicate);
            assert!(in_order, "{name}: what only the first replicate keeps comes last");
            for (observable, theory) in experiment.theory(&parameters) {
                let declared = experiment.observables().iter().find(|declared| declared.name == observable);
                let fits = declared.is_some_and(|declared| declared.has_theory && declared.size() == theory.len());
                assert!(fits, "{observable}");
            }
            for known in experiment.theory_parameters() {
                assert!(experiment.parameters().iter().any(|parameter| parameter.name == known), "{name}: {known}");
            }
        }
    }
}
