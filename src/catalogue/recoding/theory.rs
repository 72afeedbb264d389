//! What is known of a granule layer without a simulation.

use crate::experiment::{Estimate, Estimates, Observable, OwnDimension, RelativeError, TaskFailure, TheoryDeclaration};
use crate::models::perceptron::{Accuracy, theory};
use crate::models::recoding::{
    Circuit, ClosedForms, MOST_DENDRITES, WiringCapacity, correlated_problem, wiring_capacity,
};
use crate::random::RandomStream;

const DEGREE: OwnDimension =
    OwnDimension::new("degree", MOST_DENDRITES, |degree| degree as f64 + 1.0).sentence("fibres in a set");

/// S × T is a theory of many active cells.
const FEWEST_ACTIVE_CELLS: f64 = 10.0;

pub(super) const THEORY: TheoryDeclaration = TheoryDeclaration {
    summary: "What the degree spectrum of a granule cell gives, and the capacity of infinitely many of them",
    examples: &[
        "--wiring private --interneuron-inhibition 1",
        "--golgi-gain 1 --output-coding 0.2",
        "--granule-threshold 2 --mossy-coding 0.35 --mossy-fibres 50 --granule-cells 150 --format json",
    ],
    details: "The capacity is S × T. T, correlated_capacity, is that of `capacity` at the effective correlation. S, \
              wiring_capacity, is an average over random draws for shared wiring, a closed form for private wiring, \
              and 2 with complete Golgi normalisation. The product has no value where fewer than 10 \
              cells are active on average. It is too high where the patterns of one context lie within those of \
              another (few mossy fibres, all of which must be active), and by 7 % or so for golgi_gain = 1 with \
              shared fibres that are correlated in time. Between golgi_gain 0 and 1 the only theory is the closed \
              forms of the spectrum, which hold without Golgi cells.",
    parameters: &[
        "granule_cells",
        "mossy_fibres",
        "dendrites",
        "granule_threshold",
        "mossy_coding",
        "mossy_correlation",
        "wiring",
        "golgi_gain",
        "interneuron_inhibition",
        "output_coding",
        "output_correlation",
        "noise",
        "load",
        "learner",
    ],
    closed_forms: &[
        Observable::array("degree_spectrum", &[DEGREE])
            .symbol("b_j")
            .label("degree spectrum")
            .sentence("share of the variance of a granule cell that sets of j fibres carry; 0 beyond K"),
        Observable::scalar("wiring_capacity")
            .symbol("S")
            .label("capacity of the wiring")
            .sentence("patterns per granule cell that the wiring allows, without correlation in time"),
        Observable::scalar("correlated_capacity")
            .symbol("T")
            .label("capacity of the correlation")
            .sentence("capacity without recoding at the effective correlation, in patterns per input"),
        Observable::scalar("effective_correlation")
            .symbol("c_eff")
            .label("effective correlation")
            .sentence("correlation of a granule cell in successive contexts, without Golgi cells"),
        Observable::scalar("mean_correlation")
            .symbol("E₁")
            .label("mean correlation")
            .sentence("mean correlation of two granule cells over random wirings, without Golgi cells"),
        Observable::scalar("one_trial_error_refined")
            .label("one-trial error, refined")
            .sentence("theory of the one-trial error with the effects of the means over the patterns"),
    ],
    relative_error: Some(RelativeError { default: 0.01, least: 1e-3, greatest: 0.1 }),
    ..TheoryDeclaration::new(3)
};

/// With Golgi cells only the number of active cells is known, and only where it is regulated exactly.
pub(super) fn set_closed_forms(circuit: &Circuit, closed: &ClosedForms, estimates: &mut Estimates) {
    let mut spectrum = circuit.spectrum().shares().to_vec();
    spectrum.resize(MOST_DENDRITES, 0.0);
    estimates.set_array("degree_spectrum", spectrum.into_iter().map(Estimate::exact).collect());
    estimates.set_exact("effective_correlation", closed.effective_correlation);
    estimates.set_exact("mean_correlation", closed.mean_correlation);
    let parameters = circuit.parameters();
    if parameters.golgi_gain == 1.0 {
        let active = circuit.regulated_cells() as f64;
        estimates.set_exact("active_cells", active);
        estimates.set_exact("active_fraction", active / parameters.granule_cells as f64);
    }
    if parameters.golgi_gain > 0.0 {
        return;
    }
    estimates.set_exact("active_fraction", closed.active_fraction);
    estimates.set_exact("active_cells", closed.active_cells);
    estimates.set_exact("active_cells_deviation", closed.active_cells_deviation);
    estimates.set_exact("shared_cells", closed.shared_cells);
    estimates.set_exact("shared_cells_noisy", closed.shared_cells_noisy);
    estimates.set_exact("granule_overlap", closed.granule_overlap);
    let correlation = closed.granule_correlation.into_iter().map(Estimate::exact).collect();
    estimates.set_array("granule_correlation", correlation);
    estimates.set_exact("dimension", closed.dimension);
    estimates.set_exact("figure_of_merit", closed.figure_of_merit);
    for (name, value) in [
        ("one_trial_error", closed.one_trial_error),
        ("one_trial_error_refined", closed.one_trial_error_refined),
        ("empty_contexts", closed.empty_contexts),
    ] {
        if let Some(value) = value {
            estimates.set_exact(name, value);
        }
    }
}

/// S × T, as far as both are known. Where few cells are active, neither holds: a pattern whose active cells are among
/// those of another ends the sequence first.
pub(super) fn set_capacity(
    circuit: &Circuit,
    stream: &RandomStream,
    estimates: &mut Estimates,
) -> Result<(), TaskFailure> {
    // The errors of S and T are independent, and the error of their product must be as small as requested.
    let of_each = estimates.relative_error() * std::f64::consts::FRAC_1_SQRT_2;
    let accuracy = Accuracy::new(of_each).map_err(TaskFailure::model)?;
    let of_time = correlated_problem(circuit).map(|problem| theory(&problem, accuracy, stream));
    let of_time = of_time.transpose().map_err(TaskFailure::model)?.filter(|theory| theory.capacity.is_finite());
    let of_time =
        of_time.map(|theory| Estimate { value: theory.capacity, standard_error: theory.capacity_standard_error });
    if let Some(estimate) = of_time {
        estimates.set("correlated_capacity", estimate);
    }
    let wiring = wiring_capacity(circuit, of_each, stream).map_err(TaskFailure::model)?;
    let Some(wiring) = wiring else { return Ok(()) };
    let WiringCapacity { capacity, capacity_standard_error, silent_fraction, silent_fraction_standard_error } = wiring;
    let of_wiring = Estimate { value: capacity, standard_error: capacity_standard_error };
    estimates.set("wiring_capacity", of_wiring);
    let cells = circuit.parameters().granule_cells as f64;
    if circuit.spectrum().active_fraction() * cells < FEWEST_ACTIVE_CELLS {
        return Ok(());
    }
    let silent = Estimate { value: silent_fraction, standard_error: silent_fraction_standard_error };
    estimates.set("silent_fraction", silent);
    if let Some(of_time) = of_time {
        let capacity = product(of_wiring, of_time);
        estimates.set("capacity", capacity);
        estimates.set("capacity_per_mossy_fibre", product(capacity, Estimate::exact(cells / circuit.fibres() as f64)));
    }
    Ok(())
}

/// The product of two independent estimates.
fn product(left: Estimate, right: Estimate) -> Estimate {
    let standard_error = libm::hypot(left.standard_error * right.value, left.value * right.standard_error);
    Estimate { value: left.value * right.value, standard_error }
}
