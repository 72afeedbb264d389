//! What is known of the layer without a simulation.

pub(super) mod closed_forms;
mod program;
pub(super) mod shared_fibres;
pub(super) mod wiring_capacity;

use self::shared_fibres::SharedFibres;
use self::wiring_capacity::private_wiring;
use super::circuit::parameters::Circuit;
use crate::models::perceptron::{CapacityParameters, CapacityProblem, rough_capacity as rough};

/// The capacity within a factor of two or so, in patterns per granule cell: to guess costs, and where to begin a
/// search.
pub fn rough_capacity(circuit: &Circuit) -> f64 {
    let parameters = circuit.parameters();
    let of_wiring = private_wiring(SharedFibres::new(circuit).excess(), parameters.interneuron_inhibition).capacity;
    let of_wiring = of_wiring + (2.0 - of_wiring) * parameters.golgi_gain * parameters.golgi_gain;
    of_wiring * correlated_problem(circuit).map_or(1.0, |problem| rough(&problem))
}

/// The storage problem without recoding whose inputs have the correlation R(1) over contexts: its theory is the
/// capacity T. `None` where that correlation rounds to 1.
///
/// R(n) is a mixture of K exponentials and that problem's a single one; with the mixture T is 0.2 to 1.2 % lower.
pub fn correlated_problem(circuit: &Circuit) -> Option<CapacityProblem> {
    let parameters = circuit.parameters();
    let problem = CapacityParameters {
        input_correlation: circuit.spectrum().correlation(parameters.mossy_correlation),
        output_coding: parameters.output_coding,
        output_correlation: parameters.output_correlation,
        ..CapacityParameters::default()
    };
    CapacityProblem::new(problem).ok()
}
