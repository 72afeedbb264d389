//! What is reported about learning to reach.

use crate::experiment::{Better, Observable, OwnDimension, Picture, Values};
use crate::models::nitric_oxide::STEP;
use crate::models::reaching::{
    self, Course, End, MOVEMENTS_PER_CYCLE, POINTS_PER_MOVEMENT, STEPS_PER_POINT, TARGETS, TESTS,
};

const TEST: OwnDimension = OwnDimension::new("share_of_training", TESTS, reaching::share_of_training)
    .label("share of training")
    .sentence("share of the movements that came before the test (of 200: 0, 25, 50, 100, 150, 200)");

const TARGET: OwnDimension = OwnDimension::new("target", TARGETS, reaching::direction)
    .unit("degree", "°")
    .sentence("direction of the target from the middle of the circle, counterclockwise from the right");

const LEARNED: OwnDimension =
    OwnDimension::new("learned", 2, |index| index as f64).sentence("0 before learning, 1 after it");

const MOVEMENT: OwnDimension = OwnDimension::new("movement", MOVEMENTS_PER_CYCLE, |index| index as f64)
    .sentence("movements out to targets and back, in the order of the test");

const TIME: OwnDimension =
    OwnDimension::new("time", POINTS_PER_MOVEMENT, |point| (point * STEPS_PER_POINT) as f64 * STEP)
        .symbol("t")
        .unit("s", "s")
        .sentence("time since the beginning of the movement");

const SIDE: OwnDimension =
    OwnDimension::new("side", 2, |index| index as f64).sentence("0: x, to the right; 1: y, ahead");

/// The name of the observable that is 1 for a run in which the arm was lost.
pub(super) const DIVERGED: &str = "diverged";

pub(super) static OBSERVABLES: [Observable; 25] = [
    Observable::scalar("mse")
        .better(Better::Less)
        .label("mean squared error")
        .unit("cm²", "cm²")
        .sentence("mean squared distance of the hand from the desired path, over the 16 movements of the last test"),
    Observable::scalar("mse_initial")
        .better(Better::Less)
        .label("initial error")
        .unit("cm²", "cm²")
        .sentence("mean squared distance of the hand from the desired path in the test before learning"),
    Observable::scalar("mse_normalised")
        .better(Better::Less)
        .label("normalised error")
        .sentence("mse relative to mse_initial"),
    Observable::scalar(DIVERGED)
        .label("arm lost")
        .sentence("1 if the arm was lost (a joint more than half a turn from where it should be), else 0"),
    Observable::scalar("worse")
        .label("made worse")
        .sentence("1 if mse exceeds mse_initial or the arm was lost, else 0"),
    Observable::scalar("movements_until_lost").label("movements until lost").sentence("movements that were trained"),
    Observable::scalar("peak_io_rate")
        .label("peak olive rate")
        .unit("1/s", "spikes/s")
        .sentence("largest rate of olive cells in the test before learning"),
    Observable::scalar("mean_io_rate")
        .label("mean olive rate")
        .unit("1/s", "spikes/s")
        .sentence("mean rate of olive cells over the training"),
    Observable::scalar("input_below_2_hz")
        .label("olive input up to 2 Hz")
        .sentence("share at or below 2 Hz of the variance of the olive's input in the test before learning"),
    Observable::scalar("input_below_5_hz")
        .label("olive input up to 5 Hz")
        .sentence("share at or below 5 Hz of the variance of the olive's input in the test before learning"),
    Observable::scalar("no_max")
        .label("largest NO")
        .unit("s", "s")
        .sentence("mean over synapses of Cmax, in units of what a discharge releases in one second"),
    Observable::scalar("no_max_deviation")
        .label("deviation of largest NO")
        .unit("s", "s")
        .sentence("standard deviation over synapses of Cmax"),
    Observable::scalar("no_max_zeros")
        .label("synapses without NO")
        .sentence("share of synapses that received no nitric oxide before learning, and do not learn"),
    Observable::scalar("weight_mean").label("mean weight").sentence("mean over synapses of the weights at the end"),
    Observable::scalar("weight_deviation")
        .label("deviation of weights")
        .sentence("standard deviation over synapses of the weights at the end"),
    Observable::scalar("weight_zeros").label("silent weights").sentence("share of weights that are 0 at the end"),
    Observable::scalar("mossy_active")
        .label("active mossy fibres")
        .sentence("share of mossy fibres above 0, mean over states of the desired path"),
    Observable::scalar("mossy_sparseness")
        .label("mossy sparseness")
        .sentence("Treves-Rolls sparseness <r>^2 / <r^2> of mossy fibres"),
    Observable::scalar("mossy_overlap")
        .label("mossy overlap")
        .sentence("cosine between the mossy fibres' patterns at two states, mean over pairs"),
    Observable::scalar("granule_active").label("active granule cells").sentence("share of granule cells above 0"),
    Observable::scalar("granule_sparseness")
        .label("granule sparseness")
        .sentence("Treves-Rolls sparseness of granule cells"),
    Observable::scalar("granule_overlap")
        .label("granule overlap")
        .sentence("cosine between the granule cells' patterns at two states, mean over pairs"),
    Observable::array("learning_curve", &[TEST])
        .better(Better::Less)
        .label("error in each test")
        .unit("cm²", "cm²")
        .sentence("mean squared distance in each test"),
    Observable::array("mse_by_target", &[TARGET])
        .better(Better::Less)
        .label("error by target")
        .unit("cm²", "cm²")
        .sentence("mean squared distance in the last test, over the ways to a target and back"),
    Observable::array("hand_paths", &[LEARNED, MOVEMENT, TIME, SIDE])
        .label("position of the hand")
        .unit("m", "m")
        .sentence("where the hand was in the test before learning and in the last one")
        .drawn_as(Picture::Paths)
        .of_first_replicate(),
];

/// Sets all observables; NaN for what is not known after the arm was lost.
pub(super) fn report(course: &Course, values: &mut Values) {
    let initial = course.initial.mean_squared_error();
    let at_end = |of: &dyn Fn(&End) -> f64| course.end.as_ref().map_or(f64::NAN, of);
    let error = at_end(&|end| end.test.mean_squared_error());
    let lost = course.end.is_none();
    values.set("mse", error);
    values.set("mse_initial", initial);
    values.set("mse_normalised", error / initial);
    values.set(DIVERGED, f64::from(u8::from(lost)));
    values.set("worse", f64::from(u8::from(lost || error > initial)));
    values.set("movements_until_lost", course.movements as f64);
    values.set("peak_io_rate", course.peak_rate);
    values.set("mean_io_rate", at_end(&|end| end.mean_rate));
    values.set("input_below_2_hz", course.shares_below[0]);
    values.set("input_below_5_hz", course.shares_below[1]);
    values.set("no_max", course.largest_concentrations.mean);
    values.set("no_max_deviation", course.largest_concentrations.deviation);
    values.set("no_max_zeros", course.largest_concentrations.zeros);
    values.set("weight_mean", at_end(&|end| end.weights.mean));
    values.set("weight_deviation", at_end(&|end| end.weights.deviation));
    values.set("weight_zeros", at_end(&|end| end.weights.zeros));
    values.set("mossy_active", course.mossy.active);
    values.set("mossy_sparseness", course.mossy.sparseness);
    values.set("mossy_overlap", course.mossy.overlap);
    values.set("granule_active", course.granule.active);
    values.set("granule_sparseness", course.granule.sparseness);
    values.set("granule_overlap", course.granule.overlap);
    values.set_array("learning_curve", &course.learning_curve.map(|error| error.unwrap_or(f64::NAN)));
    let by_target = course.end.as_ref().map_or([f64::NAN; TARGETS], |end| end.test.by_target());
    values.set_array("mse_by_target", &by_target);
    values.set_array("hand_paths", &hand_paths(course));
}

/// The paths before learning and at the end.
fn hand_paths(course: &Course) -> Vec<f64> {
    let mut paths = course.initial.hand.as_flattened().to_vec();
    match &course.end {
        Some(end) => paths.extend(end.test.hand.as_flattened()),
        None => paths.resize(2 * paths.len(), f64::NAN),
    }
    paths
}
