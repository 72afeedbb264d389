//! The measurements equal those of a plain program; and the corner cases.

use microzone::models::micromodules::{
    ClimbingFibreCode, Course, MicromoduleParameters, Micromodules, MicromodulesError, perturb, relax, simulate,
};

use crate::micromodules::{modules, plain, stream};

fn sets() -> Vec<MicromoduleParameters> {
    let base = MicromoduleParameters { duration: 12.0, ..Default::default() };
    let error = MicromoduleParameters { error_rate: 2.0, crosstalk: 0.3, nuclear_step: 2.0, ..base };
    vec![
        base,
        error,
        MicromoduleParameters { crosstalk: 1.0, ..error },
        MicromoduleParameters { loop_delay: 0.0, modules: 3, ..error },
        MicromoduleParameters { loop_delay: 0.5, initial_rate: 5.0, olive_baseline: 2.5, ..error },
        MicromoduleParameters { modules: 1, initial_rate: -3.0, ..error },
        MicromoduleParameters { nucleo_olivary_inhibition: 0.0, ..error },
        MicromoduleParameters { nuclear_step: 50.0, olive_baseline: 40.0, equilibrium_rate: 30.0, ..error },
    ]
}

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * right.abs().max(1e-3)
}

fn assert_same(own: &Course, plain: &Course, parameters: &MicromoduleParameters) {
    let pairs = [
        (Some(own.olive_rate), Some(plain.olive_rate)),
        (Some(own.nuclear_rate), Some(plain.nuclear_rate)),
        (own.nuclear_variance, plain.nuclear_variance),
        (own.difference_variance, plain.difference_variance),
        (Some(own.response_target), Some(plain.response_target)),
        (own.response_others, plain.response_others),
    ];
    for (own_value, plain_value) in pairs {
        let same = match (own_value, plain_value) {
            (Some(left), Some(right)) => close(left, right),
            (left, right) => left == right,
        };
        assert!(same, "{own:?} {plain:?} {parameters:?}");
    }
}

#[test]
fn a_plain_program_measures_the_same() {
    for (number, parameters) in sets().into_iter().enumerate() {
        for climbing_fibre_code in [ClimbingFibreCode::Spikes, ClimbingFibreCode::Rate] {
            let parameters = MicromoduleParameters { climbing_fibre_code, ..parameters };
            let stream = stream(number as u64);
            let plain = plain::run(parameters, &stream);
            assert_same(&simulate(&modules(parameters), &stream), &plain.course(), &parameters);
        }
    }
}

#[test]
fn the_way_to_equilibrium_is_that_of_a_plain_run_without_noise() {
    let mut settled = 0;
    for parameters in sets() {
        let parameters = MicromoduleParameters {
            climbing_fibre_code: ClimbingFibreCode::Rate,
            duration: 60.0,
            initial_rate: parameters.initial_rate + 0.25,
            ..parameters
        };
        let plain = plain::run(parameters, &stream(0));
        let own = relax(&modules(parameters));
        assert_eq!(own.settling_time.is_some(), plain.settling_time().is_some(), "{parameters:?}");
        if let (Some(own), Some(plain)) = (own.settling_time, plain.settling_time()) {
            // Rounding may move a crossing by one step.
            assert!((own - plain).abs() < 0.0051, "{own} {plain} {parameters:?}");
            settled += 1;
        }
        if parameters.nucleo_olivary_inhibition > 0.0 {
            assert_eq!(own.reached_floor, plain.reached_floor, "{parameters:?}");
        }
    }
    assert!(settled >= 4, "{settled}");
}

/// At equilibrium from the start, a small deviation is followed; a slow loop without delay settles after ln 20 of its
/// time constants.
#[test]
fn a_small_deviation_settles_as_the_closed_form_says() {
    for (nuclear_step, loop_delay) in [(0.4, 0.0), (1.0, 0.0), (0.1, 0.0), (0.4, 0.1)] {
        let set = MicromoduleParameters { nuclear_step, loop_delay, duration: 200.0, ..Default::default() };
        let growth = microzone::models::micromodules::LoopGain::of(&modules(set)).growth();
        let expected = 0.05f64.ln() / growth.ln() * 0.005;
        let settled = relax(&modules(set)).settling_time.unwrap();
        // With a delay the slow root starts a little above the deviation itself.
        let tolerance = if loop_delay == 0.0 { 0.006 } else { 0.12 };
        assert!((settled - expected).abs() < tolerance, "{settled} {expected}");
    }
}

#[test]
fn a_run_diverges_only_if_its_loop_is_unstable() {
    let diverges = |parameters: MicromoduleParameters| {
        let modules = modules(parameters);
        (perturb(&modules).growth > 1.0, relax(&modules).reached_floor)
    };
    let base = MicromoduleParameters::default();
    // The critical step at the defaults is 30.64.
    assert_eq!(diverges(MicromoduleParameters { nuclear_step: 30.0, ..base }), (false, false));
    assert_eq!(diverges(MicromoduleParameters { nuclear_step: 35.0, ..base }), (true, true));
    // A nucleus far above equilibrium silences the olive, and comes back.
    assert_eq!(diverges(MicromoduleParameters { initial_rate: 5.0, ..base }), (false, true));
    // Too slow to reach the floor within the run.
    assert_eq!(diverges(MicromoduleParameters { nuclear_step: 30.7, ..base }), (true, false));
    assert_eq!(diverges(MicromoduleParameters { nucleo_olivary_inhibition: 0.0, ..base }), (false, false));
}

#[test]
fn a_sudden_end_is_not_growth() {
    // a = 1 without delay: the deviation is gone after one step.
    let set = MicromoduleParameters {
        nuclear_step: 50.0,
        nucleo_olivary_inhibition: 4.0,
        loop_delay: 0.0,
        ..Default::default()
    };
    let deviation = perturb(&modules(set));
    assert_eq!((deviation.growth, deviation.period), (0.0, None));
}

#[test]
fn streams_are_paired() {
    // The same climbing fibres: a loop that hears nothing of its nuclei fires as often whatever its step.
    let base = MicromoduleParameters { nucleo_olivary_inhibition: 0.0, ..Default::default() };
    let rate = |nuclear_step: f64| {
        simulate(&modules(MicromoduleParameters { nuclear_step, ..base }), &stream(3)).nuclear_rate / nuclear_step
    };
    assert!((rate(0.4) - rate(2.0)).abs() < 1e-9);
}

#[test]
fn what_is_out_of_range_is_named() {
    let base = MicromoduleParameters::default();
    for (wrong, name) in [
        (MicromoduleParameters { modules: 0, ..base }, "modules"),
        (MicromoduleParameters { modules: 1025, ..base }, "modules"),
        (MicromoduleParameters { crosstalk: 1.5, ..base }, "crosstalk"),
        (MicromoduleParameters { nuclear_step: 0.0, ..base }, "nuclear_step"),
        (MicromoduleParameters { nuclear_step: 51.0, ..base }, "nuclear_step"),
        (MicromoduleParameters { nucleo_olivary_inhibition: -1.0, ..base }, "nucleo_olivary_inhibition"),
        (MicromoduleParameters { loop_delay: 1.1, ..base }, "loop_delay"),
        (MicromoduleParameters { olive_baseline: 101.0, ..base }, "olive_baseline"),
        (MicromoduleParameters { equilibrium_rate: 0.0, ..base }, "equilibrium_rate"),
        (MicromoduleParameters { error_rate: f64::NAN, ..base }, "error_rate"),
        (MicromoduleParameters { duration: 0.0, ..base }, "duration"),
        (MicromoduleParameters { initial_rate: 2e3, ..base }, "initial_rate"),
    ] {
        let refused: MicromodulesError = Micromodules::new(wrong).unwrap_err();
        assert!(refused.to_string().starts_with(name), "{refused}");
    }
}
