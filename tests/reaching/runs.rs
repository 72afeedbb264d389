//! Whole runs: what is known before learning, that it learns, and that the paper's letter does not.

use microzone::nitric_oxide::{Arrangement, Plan, ReleaseSite, SheetParameters};
use microzone::random::RandomStream;
use microzone::reaching::{
    Actuation, AverageScope, Controller, FeedForward, LearningRule, MicrozoneOrder, MossyOrder, OliveScale, Outcome,
    Reaching, ReachingError, ReachingParameters,
};

fn parameters() -> ReachingParameters {
    let plan = Plan { microzones: 4, arrangement: Arrangement::Joined };
    ReachingParameters {
        sheet: SheetParameters { diffusion: 3300.0, decay: 0.3, plan, release: ReleaseSite::Dendrite, accuracy: 1e-2 },
        microzone_order: MicrozoneOrder::AntagonistsTogether,
        io_rate: 0.5,
        olive_scale: OliveScale::Common,
        olive_baseline: 0.0,
        nucleo_olivary_inhibition: 0.0,
        error_delay: 0,
        parallel_fibre_release: 0.0,
        memory_trace: 0.2,
        learning: LearningRule {
            rate: 0.003,
            renewal: -libm::expm1(-0.005 / 0.3),
            scope: AverageScope::Synapse,
            least_weight: 0.0,
        },
        normalised_by_own_maximum: true,
        cerebellar_gain: 2.0,
        mossy_order: MossyOrder::Shuffled,
        mossy_fibre_noise: 0.0,
        controller: Controller {
            position_gains: [8.0, 5.0],
            velocity_gains: [1.5, 0.3],
            feed_forward: FeedForward::Nothing,
        },
        actuation: Actuation::Torque,
        target_distance: 0.2,
        movements: 200,
    }
}

fn run(parameters: ReachingParameters, seed: u8) -> Outcome {
    Reaching::new(parameters).unwrap().run(&RandomStream::from_seed([seed; 32])).unwrap()
}

#[test]
fn the_error_before_learning_is_the_papers() {
    let outcome = run(ReachingParameters { movements: 8, ..parameters() }, 1);
    let error = outcome.initial.mean_squared_error();
    assert!((error / 7.63 - 1.0).abs() < 0.02, "{error}");
    assert_eq!(outcome.learning_curve[0], Some(error));
    // 2 to 4 spikes/s in the paper.
    assert!((2.0..5.0).contains(&outcome.peak_rate), "{}", outcome.peak_rate);
    assert!(outcome.shares_below[0] < outcome.shares_below[1] && outcome.shares_below[1] > 0.9);
}

#[test]
fn learning_halves_the_error_and_more() {
    for seed in [1, 2] {
        let outcome = run(parameters(), seed);
        let end = outcome.end.unwrap();
        assert!(end.test.mean_squared_error() < 0.45 * outcome.initial.mean_squared_error());
        assert!(end.mean_rate < 0.45, "fewer errors, fewer climbing fibres: {}", end.mean_rate);
        let curve: Vec<f64> = outcome.learning_curve.into_iter().flatten().collect();
        assert!(curve.len() == 6 && curve[2] < curve[0] && curve[5] < curve[1]);
        assert_eq!(curve[5], end.test.mean_squared_error());
        let by_target = end.test.by_target().iter().sum::<f64>() / 8.0;
        assert!((by_target - curve[5]).abs() < 1e-9);
    }
}

#[test]
fn the_letter_of_the_paper_does_not_learn() {
    let letter = run(ReachingParameters { memory_trace: 0.0, ..parameters() }, 1);
    let error = letter.end.map_or(f64::INFINITY, |end| end.test.mean_squared_error());
    assert!(error > 2.0 * letter.initial.mean_squared_error(), "{error}");
}

#[test]
fn an_arm_that_is_lost_is_a_result() {
    let outcome = run(ReachingParameters { cerebellar_gain: 300.0, ..parameters() }, 1);
    assert!(outcome.end.is_none() && outcome.movements < 200);
    assert!(outcome.learning_curve[0].is_some() && outcome.learning_curve[5].is_none());
}

#[test]
fn without_nitric_oxide_or_gain_nothing_changes() {
    let still = |parameters| {
        let outcome = run(ReachingParameters { movements: 16, ..parameters }, 3);
        (outcome.end.unwrap().test.errors, outcome.initial.errors)
    };
    let rule = LearningRule { rate: 0.0, ..parameters().learning };
    for parameters in [
        ReachingParameters { cerebellar_gain: 0.0, ..parameters() },
        ReachingParameters { learning: rule, ..parameters() },
    ] {
        let (end, initial) = still(parameters);
        assert_eq!(end, initial);
    }
}

#[test]
fn release_by_parallel_fibres_adds_what_it_says() {
    let largest = |parallel_fibre_release: f64| {
        let parameters = ReachingParameters { parallel_fibre_release, movements: 8, ..parameters() };
        run(parameters, 4).largest_concentrations
    };
    // As much again at a constant level: r · 10 ms / k, on top of the peaks.
    let (without, with) = (largest(0.0), largest(1.0));
    let expected = 0.5 * 0.01 / 0.3;
    assert!((0.5..1.6).contains(&((with.mean - without.mean) / expected)), "{without:?} {with:?}");
}

#[test]
fn noise_in_mossy_fibres_changes_what_is_learned_and_little_noise_little() {
    let error = |mossy_fibre_noise: f64| {
        let parameters = ReachingParameters { mossy_fibre_noise, movements: 16, ..parameters() };
        run(parameters, 5).end.unwrap().test.mean_squared_error()
    };
    let (without, little, much) = (error(0.0), error(1e-6), error(0.2));
    assert!(without != little && (little / without - 1.0).abs() < 1e-3, "{without} {little}");
    assert!((much / without - 1.0).abs() > 1e-3, "{without} {much}");
}

#[test]
fn with_muscles_the_error_before_learning_is_the_papers_too() {
    let parameters = ReachingParameters {
        actuation: Actuation::Muscles { co_contraction: 0.5 },
        controller: Controller { position_gains: [10.2, 6.4], velocity_gains: [1.9, 0.38], ..parameters().controller },
        ..parameters()
    };
    let error = Reaching::new(parameters).unwrap().initial().mean_squared_error();
    assert!((error / 7.63 - 1.0).abs() < 0.02, "{error}");
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    let exact = SheetParameters { accuracy: 0.0, ..parameters().sheet };
    assert!(matches!(
        Reaching::new(ReachingParameters { sheet: exact, ..parameters() }),
        Err(ReachingError::ExactSheet(_))
    ));
    assert!(matches!(
        Reaching::new(ReachingParameters { target_distance: 0.3, ..parameters() }),
        Err(ReachingError::OutOfReach(_))
    ));
}
