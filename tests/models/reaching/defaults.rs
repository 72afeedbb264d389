//! The defaults are the paper's: where microzones lie, where the hand starts, and the error before learning.

use microzone::models::nitric_oxide::{Arrangement, Plan, SheetParameters};
use microzone::models::reaching::{
    Actuation, CENTRE, Controller, End, FeedForward, MicrozoneOrder, Reaching, ReachingParameters, Start, Test,
};

use crate::reaching::runs::{parameters, run};

pub(crate) const MUSCLES: Actuation = Actuation::Muscles { co_contraction: 0.5 };

/// The gains before they were set again for the paper's start.
pub(crate) fn earlier_gains(actuation: Actuation) -> Controller {
    let (position_gains, velocity_gains) = match actuation {
        Actuation::Torque => ([8.0, 5.0], [1.5, 0.3]),
        Actuation::Muscles { .. } => ([10.2, 6.4], [1.9, 0.38]),
    };
    Controller { position_gains, velocity_gains, feed_forward: FeedForward::Nothing }
}

/// The defaults of version 1 of the experiment.
pub(crate) fn earlier() -> ReachingParameters {
    ReachingParameters {
        microzone_order: MicrozoneOrder::FlexorFirst,
        start: Start::Centre,
        controller: earlier_gains(Actuation::Torque),
        ..parameters()
    }
}

/// The test before learning.
pub(crate) fn before(actuation: Actuation, start: Start, controller: Controller) -> Test {
    let parameters = ReachingParameters { actuation, start, controller, ..parameters() };
    Reaching::new(parameters).unwrap().initial().clone()
}

#[test]
fn the_error_before_learning_is_the_papers_with_motors_and_with_muscles() {
    for actuation in [Actuation::Torque, MUSCLES] {
        let course = run(
            ReachingParameters { actuation, controller: Controller::crude(actuation), movements: 8, ..parameters() },
            1,
        );
        let error = course.initial.mean_squared_error();
        assert!((error - 7.63).abs() < 0.0005, "{actuation:?}: {error}");
        assert_eq!(course.learning_curve[0], Some(error));
        assert!(course.shares_below[0] < course.shares_below[1] && course.shares_below[1] > 0.9);
    }
    // 2 to 4 spikes/s in the paper.
    let course = run(ReachingParameters { movements: 8, ..parameters() }, 1);
    assert!((2.0..5.0).contains(&course.peak_rate), "{}", course.peak_rate);
}

/// What docs/schweighofer2000.md says of the discharges before learning, from the feedback torques alone; a program in
/// Python found the same.
#[test]
fn the_olive_before_learning_is_mostly_silent_in_a_movement() {
    const STEP: f64 = 0.005;
    let test = before(Actuation::Torque, Start::Target, Controller::crude(Actuation::Torque));
    // Flexor and extensor of the shoulder, then of the elbow; their mean over time is 0.5 spikes/s.
    let groups = [(0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0)];
    let signal = |(joint, sign): (usize, f64)| -> Vec<f64> {
        test.feedback.iter().map(|torques| (sign * torques[joint]).max(0.0)).collect()
    };
    let signals = groups.map(signal);
    let mean = signals.iter().flatten().sum::<f64>() / signals.iter().map(Vec::len).sum::<usize>() as f64;
    let peaks = signals.each_ref().map(|signal| 0.5 / mean * signal.iter().copied().fold(0.0, f64::max));
    for (peak, expected) in peaks.into_iter().zip([4.730, 3.964, 2.748, 2.589]) {
        assert!((peak - expected).abs() < 1e-3, "{peaks:?}");
    }
    // Expected discharges in the 0.7 s of each movement, of a cell of each group.
    let expected: Vec<f64> = signals
        .iter()
        .flat_map(|signal| signal.chunks(240))
        .map(|movement| 0.5 / mean * movement[..140].iter().sum::<f64>() * STEP)
        .collect();
    let average = |of: fn(f64) -> f64| expected.iter().map(|&count| of(count)).sum::<f64>() / expected.len() as f64;
    assert!((average(|count| count) - 0.42).abs() < 0.005);
    assert!((average(|count| (-count).exp()) - 0.675).abs() < 0.001);
    assert!((average(|count| (-count).exp() * (count + 0.5 * count * count)) - 0.310).abs() < 0.001);
    assert!((average(|count| 1.0 - (-count).exp() * (1.0 + count + 0.5 * count * count)) - 0.0154).abs() < 0.0005);
}

#[test]
fn the_hand_rests_on_the_first_target_and_goes_to_the_middle_first() {
    let ahead = [CENTRE[0], CENTRE[1] + 0.2];
    let distance = |one: [f64; 2], other: [f64; 2]| (one[0] - other[0]).hypot(one[1] - other[1]);
    let of = |start| before(Actuation::Torque, start, earlier_gains(Actuation::Torque));
    let points = of(Start::Target).hand.len() / 16;
    for (start, from, to) in [(Start::Target, ahead, CENTRE), (Start::Centre, CENTRE, ahead)] {
        let test = of(start);
        assert!(distance(test.hand[0], from) < 1e-12, "{:?}", test.hand[0]);
        // The crude controller has come near by the end of the movement.
        assert!(distance(test.hand[points], to) < 0.05, "{:?}", test.hand[points]);
    }
    assert_eq!(parameters().start, Start::Target);
    // Each target's error is of the ways to and from it, whichever comes first: what differs from start to start is
    // little but for the first target, which one of the ways leaves or reaches after rest.
    let (target, centre) = (of(Start::Target), of(Start::Centre));
    assert_eq!((target.targets[0], target.targets[15]), (0, 0));
    assert_eq!((centre.targets[0], centre.targets[15]), (0, 7));
    for (which, (one, other)) in target.by_target().into_iter().zip(centre.by_target()).enumerate() {
        assert_eq!((one - other).abs() > 0.1, which == 0, "{which}: {one} {other}");
    }
    for errors in [&target, &centre] {
        let mean = errors.by_target().iter().sum::<f64>() / 8.0;
        assert!((mean - errors.mean_squared_error()).abs() < 1e-12);
    }
}

#[test]
fn where_microzones_lie_matters_only_to_those_that_share_a_sheet() {
    let end = |microzone_order, arrangement| -> End {
        let sheet = SheetParameters { plan: Plan { microzones: 4, arrangement }, ..parameters().sheet };
        run(ReachingParameters { microzone_order, sheet, movements: 16, ..parameters() }, 2).end.unwrap()
    };
    let orders = [MicrozoneOrder::FlexorFirst, MicrozoneOrder::AntagonistsApart];
    for (arrangement, least, most) in [(Arrangement::Separated, 0.0, 1e-6), (Arrangement::Joined, 1e-4, 0.1)] {
        let paper = end(MicrozoneOrder::ExtensorFirst, arrangement).test.mean_squared_error();
        for order in orders {
            let other = end(order, arrangement).test.mean_squared_error();
            let difference = (other / paper - 1.0).abs();
            assert!((least..most).contains(&difference), "{arrangement:?}, {order:?}: {paper} {other}");
        }
    }
}

/// On any x86-64: nothing depends on the platform's mathematics or on the instruction set.
#[test]
fn the_bits_of_a_run_are_pinned() {
    let digest = |parameters: ReachingParameters, actuation: Actuation| {
        let course = run(ReachingParameters { actuation, movements: 8, ..parameters }, 1);
        let end = course.end.unwrap();
        let mut hasher = blake3::Hasher::new();
        let numbers = end.test.errors.iter().chain(end.test.hand.as_flattened());
        numbers.for_each(|number| {
            hasher.update(&number.to_le_bytes());
        });
        hasher.update(&end.weights.deviation.to_le_bytes());
        hasher.finalize().to_hex()[..16].to_string()
    };
    let now = [Actuation::Torque, MUSCLES].map(|actuation| digest(parameters(), actuation));
    assert_eq!(now, ["a6f5d5afa20b2ee2", "4b0bb191ccd71bf4"]);
    // Those of version 1, whose order, start and gains can still be had.
    let then = [Actuation::Torque, MUSCLES].map(|actuation| digest(earlier(), actuation));
    assert_eq!(then, ["c49351e56a1a871b", "b48aa31f0334ee50"]);
}
