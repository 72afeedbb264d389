//! The catalogue of experiments: one adapter per experiment, and the list of them.
//!
//! A new model is a folder of pure functions in `models/`, one adapter here, and one line in [`catalogue`].

mod capacity;
mod conditioning;
mod instruments;
mod micromodules;
mod nitric_oxide;
mod prediction;
mod reaching;
mod rebound;
mod recoding;
mod sources;

use crate::experiment::Experiment;

/// Every experiment, hidden ones included.
pub fn catalogue() -> &'static [&'static dyn Experiment] {
    &[
        &capacity::Capacity,
        &nitric_oxide::information::Information,
        &nitric_oxide::movement::Movement,
        &reaching::Reaching,
        &recoding::Recoding,
        &conditioning::Conditioning,
        &micromodules::Micromodules,
        &prediction::Prediction,
        &rebound::Rebound,
        &instruments::null::Null,
        &instruments::probe::Probe,
        &instruments::latency::Latency,
    ]
}

/// Every experiment that is not hidden.
pub fn visible() -> impl Iterator<Item = &'static dyn Experiment> {
    catalogue().iter().copied().filter(|experiment| !experiment.declaration().hidden)
}

/// The experiment of that name.
pub fn find(name: &str) -> Option<&'static dyn Experiment> {
    catalogue().iter().copied().find(|experiment| experiment.declaration().name == name)
}

#[cfg(test)]
mod tests;
