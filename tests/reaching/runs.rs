//! Whole runs: what is known before learning, that it learns, and that the paper's letter does not.

use microzone::models::nitric_oxide::SheetParameters;
use microzone::models::reaching::{
    Actuation, Controller, Course, LearningRule, Reaching, ReachingError, ReachingParameters,
};
use microzone::random::RandomStream;

fn parameters() -> ReachingParameters {
    ReachingParameters::default()
}

fn run(parameters: ReachingParameters, seed: u8) -> Course {
    Reaching::new(parameters).unwrap().run(&RandomStream::from_seed([seed; 32])).unwrap()
}

#[test]
fn the_error_before_learning_is_the_papers() {
    let course = run(ReachingParameters { movements: 8, ..parameters() }, 1);
    let error = course.initial.mean_squared_error();
    assert!((error / 7.63 - 1.0).abs() < 0.02, "{error}");
    assert_eq!(course.learning_curve[0], Some(error));
    // 2 to 4 spikes/s in the paper.
    assert!((2.0..5.0).contains(&course.peak_rate), "{}", course.peak_rate);
    assert!(course.shares_below[0] < course.shares_below[1] && course.shares_below[1] > 0.9);
}

/// On any x86-64: nothing depends on the platform's mathematics or on the instruction set.
#[test]
fn the_bits_of_a_run_are_pinned() {
    let digest = |actuation: Actuation| {
        let course = run(ReachingParameters { actuation, movements: 8, ..parameters() }, 1);
        let end = course.end.unwrap();
        let mut hasher = blake3::Hasher::new();
        let numbers = end.test.errors.iter().chain(end.test.hand.as_flattened());
        numbers.for_each(|number| {
            hasher.update(&number.to_le_bytes());
        });
        hasher.update(&end.weights.deviation.to_le_bytes());
        hasher.finalize().to_hex()[..16].to_string()
    };
    assert_eq!(digest(Actuation::Torque), "c49351e56a1a871b");
    assert_eq!(digest(Actuation::Muscles { co_contraction: 0.5 }), "b48aa31f0334ee50");
}

/// A NumPy program in double precision, written from the text of the model without sight of this code, gave these.
#[test]
fn an_independent_program_found_the_same() {
    let course = run(ReachingParameters { movements: 8, ..parameters() }, 1);
    for (found, expected) in [
        (course.initial.mean_squared_error(), 7.627_922_16),
        (course.peak_rate, 4.748_571_1),
        (course.shares_below[0], 0.857_633),
        (course.shares_below[1], 0.997_073),
    ] {
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
    }
    // Thirty runs of it at each D: the median of the error after learning; ten: mean and error of the largest
    // concentration. A median of eight runs has an error of about 0.02 with diffusion and 0.04 without, where some runs
    // are far off.
    for (diffusion, median_error, tolerance, largest, error_of_largest) in
        [(3300.0, 0.252, 0.06, 0.031_56, 0.000_27), (0.0, 0.320, 0.12, 0.035_66, 0.000_35)]
    {
        let sheet = SheetParameters { diffusion, ..parameters().sheet };
        let runs: Vec<Course> = (0..8).map(|seed| run(ReachingParameters { sheet, ..parameters() }, seed)).collect();
        let normalised = |course: &Course| {
            course.end.as_ref().unwrap().test.mean_squared_error() / course.initial.mean_squared_error()
        };
        let mut errors: Vec<f64> = runs.iter().map(normalised).collect();
        errors.sort_by(f64::total_cmp);
        let median = 0.5 * (errors[3] + errors[4]);
        assert!((median - median_error).abs() < tolerance, "D = {diffusion}: {median} {median_error}");
        let mean = runs.iter().map(|course| course.largest_concentrations.mean).sum::<f64>() / 8.0;
        assert!((mean - largest).abs() < 5.0 * error_of_largest, "D = {diffusion}: {mean} {largest}");
        let active = runs.iter().map(|course| course.granule.active).sum::<f64>() / 8.0;
        let overlap = runs.iter().map(|course| course.granule.overlap).sum::<f64>() / 8.0;
        assert!((active - 0.2330).abs() < 0.005 && (overlap - 0.2246).abs() < 0.01, "{active} {overlap}");
    }
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
fn with_muscles_the_error_before_learning_is_the_papers_too() {
    let actuation = Actuation::Muscles { co_contraction: 0.5 };
    let parameters = ReachingParameters { actuation, controller: Controller::crude(actuation), ..parameters() };
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
