//! What is reported about learning to reach.

use crate::experiment::{Kept, Observable, OwnDimension};
use crate::models::nitric_oxide::STEP;
use crate::models::reaching::{
    self, End, MOVEMENTS_PER_CYCLE, Outcome, POINTS_PER_MOVEMENT, STEPS_PER_POINT, TARGETS, TESTS,
};

const fn scalar(name: &'static str, unit: &'static str, doc: &'static str) -> Observable {
    Observable { name, unit, doc, dimensions: &[], kept: Kept::EveryReplicate, has_theory: false }
}

const TEST: OwnDimension = OwnDimension {
    name: "share_of_training",
    unit: "1",
    doc: "movements before the test, over all (of 200: 0, 25, 50, 100, 150, 200)",
    length: TESTS,
    coordinate: reaching::share_of_training,
};

const TARGET: OwnDimension = OwnDimension {
    name: "target",
    unit: "degree",
    doc: "direction of the target from the middle of the circle, counterclockwise from the right",
    length: TARGETS,
    coordinate: reaching::direction,
};

const LEARNED: OwnDimension =
    OwnDimension { name: "learned", unit: "1", doc: "0 before learning, 1 after it", length: 2, coordinate: index };

const MOVEMENT: OwnDimension = OwnDimension {
    name: "movement",
    unit: "1",
    doc: "out to each target and back, in the order of the test",
    length: MOVEMENTS_PER_CYCLE,
    coordinate: index,
};

const TIME: OwnDimension = OwnDimension {
    name: "time",
    unit: "s",
    doc: "since the beginning of the movement",
    length: POINTS_PER_MOVEMENT,
    coordinate: |point| (point * STEPS_PER_POINT) as f64 * STEP,
};

const SIDE: OwnDimension =
    OwnDimension { name: "side", unit: "1", doc: "0: x, to the right; 1: y, ahead", length: 2, coordinate: index };

fn index(index: usize) -> f64 {
    index as f64
}

pub static OBSERVABLES: [Observable; 25] = [
    scalar(
        "mse",
        "cm2",
        "mean squared distance of the hand from the desired path, over the 16 movements of the last test",
    ),
    scalar("mse_initial", "cm2", "the same in the test before learning"),
    scalar("mse_normalised", "1", "mse over mse_initial"),
    scalar("diverged", "1", "1 if the arm was lost (a joint more than half a turn from where it should be), else 0"),
    scalar("worse", "1", "1 if mse exceeds mse_initial or the arm was lost, else 0"),
    scalar("movements_until_lost", "1", "movements that were trained"),
    scalar("peak_io_rate", "s-1", "largest rate of olive cells in the test before learning"),
    scalar("mean_io_rate", "s-1", "mean rate of olive cells over the training"),
    scalar(
        "input_below_2_hz",
        "1",
        "share at or below 2 Hz of the variance of the olive's input in the test before learning",
    ),
    scalar("input_below_5_hz", "1", "the same at or below 5 Hz"),
    scalar("no_max", "s", "mean over synapses of Cmax, in what a discharge releases in one second"),
    scalar("no_max_deviation", "s", "standard deviation over synapses of Cmax"),
    scalar("no_max_zeros", "1", "share of synapses that met no nitric oxide before learning, and do not learn"),
    scalar("weight_mean", "1", "mean over synapses of the weights at the end"),
    scalar("weight_deviation", "1", "standard deviation over synapses of the weights at the end"),
    scalar("weight_zeros", "1", "share of weights that are 0 at the end"),
    scalar("mossy_active", "1", "share of mossy fibres above 0, mean over states of the desired path"),
    scalar("mossy_sparseness", "1", "Treves-Rolls sparseness <r>^2 / <r^2> of mossy fibres"),
    scalar("mossy_overlap", "1", "cosine between the mossy fibres' patterns at two states, mean over pairs"),
    scalar("granule_active", "1", "share of granule cells above 0"),
    scalar("granule_sparseness", "1", "Treves-Rolls sparseness of granule cells"),
    scalar("granule_overlap", "1", "cosine between the granule cells' patterns at two states, mean over pairs"),
    Observable {
        name: "learning_curve",
        unit: "cm2",
        doc: "mean squared distance in each test",
        dimensions: &[TEST],
        kept: Kept::EveryReplicate,
        has_theory: false,
    },
    Observable {
        name: "mse_by_target",
        unit: "cm2",
        doc: "mean squared distance in the last test, over the ways to a target and back",
        dimensions: &[TARGET],
        kept: Kept::EveryReplicate,
        has_theory: false,
    },
    Observable {
        name: "hand_paths",
        unit: "m",
        doc: "where the hand was in the test before learning and in the last one",
        dimensions: &[LEARNED, MOVEMENT, TIME, SIDE],
        kept: Kept::FirstReplicate,
        has_theory: false,
    },
];

/// All observables in their order; NaN for what is not known after the arm was lost.
pub fn values(outcome: &Outcome) -> Vec<f64> {
    let initial = outcome.initial.mean_squared_error();
    let end = |of: &dyn Fn(&End) -> f64| outcome.end.as_ref().map_or(f64::NAN, of);
    let error = end(&|end| end.test.mean_squared_error());
    let mut values = vec![
        error,
        initial,
        error / initial,
        f64::from(u8::from(outcome.end.is_none())),
        f64::from(u8::from(outcome.end.is_none() || error > initial)),
        outcome.movements as f64,
        outcome.peak_rate,
        end(&|end| end.mean_rate),
        outcome.shares_below[0],
        outcome.shares_below[1],
        outcome.largest_concentrations.mean,
        outcome.largest_concentrations.deviation,
        outcome.largest_concentrations.zeros,
        end(&|end| end.weights.mean),
        end(&|end| end.weights.deviation),
        end(&|end| end.weights.zeros),
    ];
    for cells in [&outcome.mossy, &outcome.granule] {
        values.extend([cells.active, cells.sparseness, cells.overlap]);
    }
    values.extend(outcome.learning_curve.map(|error| error.unwrap_or(f64::NAN)));
    values.extend(outcome.end.as_ref().map_or([f64::NAN; TARGETS], |end| end.test.by_target()));
    for test in [Some(&outcome.initial), outcome.end.as_ref().map(|end| &end.test)] {
        let missing = [f64::NAN; MOVEMENTS_PER_CYCLE * POINTS_PER_MOVEMENT * 2];
        match test {
            Some(test) => values.extend(test.hand.as_flattened()),
            None => values.extend(missing),
        }
    }
    values
}
