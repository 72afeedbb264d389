//! Whole runs: that it learns, and that the paper's letter does not.

use microzone::models::nitric_oxide::SheetParameters;
use microzone::models::reaching::{Course, LearningRule, Reaching, ReachingError, ReachingParameters};
use microzone::random::RandomStream;

pub(crate) fn parameters() -> ReachingParameters {
    ReachingParameters::default()
}

pub(crate) fn run(parameters: ReachingParameters, seed: u8) -> Course {
    Reaching::new(parameters).unwrap().run(&RandomStream::from_seed([seed; 32])).unwrap()
}

#[test]
fn learning_halves_the_error_and_more() {
    for seed in [1, 2] {
        let course = run(parameters(), seed);
        let end = course.end.unwrap();
        assert!(end.test.mean_squared_error() < 0.45 * course.initial.mean_squared_error());
        assert!(end.mean_rate < 0.45, "fewer errors, fewer climbing fibres: {}", end.mean_rate);
        let curve: Vec<f64> = course.learning_curve.into_iter().flatten().collect();
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
    let course = run(ReachingParameters { cerebellar_gain: 300.0, ..parameters() }, 1);
    assert!(course.end.is_none() && course.movements < 200);
    assert!(course.learning_curve[0].is_some() && course.learning_curve[5].is_none());
}

#[test]
fn without_nitric_oxide_or_gain_nothing_changes() {
    let still = |parameters| {
        let course = run(ReachingParameters { movements: 16, ..parameters }, 3);
        (course.end.unwrap().test.errors, course.initial.errors)
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
