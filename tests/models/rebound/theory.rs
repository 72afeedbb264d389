//! Closed forms against runs.

use microzone::models::rebound::{
    ConstantInhibition, Course, ReboundCell, ReboundError, ReboundParameters, critical_inhibition, firing_inhibition,
    inhibition_variance, simulate,
};

use crate::rebound::{cell, constant, mean_and_error, stream};

/// Inhibitions and currents on both sides of both limits.
fn grid() -> Vec<ReboundParameters> {
    let mut grid = Vec::new();
    for applied_current in [0.4, 0.8, 1.2, 2.0, 3.0, 6.0, 12.0] {
        for inhibition in [0.0, 0.002, 0.03, 0.07, 0.1, 0.2, 0.4, 0.9] {
            for paused_share in [1.0, 0.8] {
                grid.push(ReboundParameters { applied_current, inhibition, paused_share, pause: 80.0, ..constant() });
            }
        }
    }
    grid
}

#[test]
fn with_constant_inhibition_everything_follows() {
    let (mut latencies, mut rates, mut silent) = (0, 0, 0);
    let [mut of_latency, mut of_rate, mut of_availability] = [0.0f64; 3];
    for parameters in grid() {
        let cell = cell(parameters);
        let (run, theory) = (simulate(&cell, &stream(1)), ConstantInhibition::of(&cell).unwrap());
        if let Some(latency) = run.latency {
            let error = (latency - theory.latency.unwrap()).abs();
            of_latency = of_latency.max(error);
            latencies += 1;
        }
        let availability = (run.availability - theory.availability).abs();
        of_availability = of_availability.max(availability / theory.availability.max(1e-9));
        match theory.tonic_rate {
            Some(0.0) => {
                assert_eq!(run.tonic_rate, 0.0, "{parameters:?}");
                silent += 1;
            }
            Some(rate) => {
                // Intervals are whole steps, up to one longer than those of the formula.
                let longer = 1e3 / run.tonic_rate - 1e3 / rate;
                assert!((-1e-3..0.0101).contains(&longer), "{longer} {rate} {parameters:?}");
                of_rate = of_rate.max((run.tonic_rate / rate - 1.0).abs());
                rates += 1;
            }
            None => {}
        }
    }
    println!("latency: {latencies} points, within {of_latency:.1e} ms");
    println!("tonic rate: {rates} firing, within {of_rate:.1e} of themselves, {silent} silent");
    println!("availability: {} points, within {of_availability:.1e} of themselves", grid().len());
    assert!(latencies >= 20 && rates >= 20 && silent >= 20, "{latencies} {rates} {silent}");
    assert!(of_latency < 1e-5 && of_availability < 1e-9, "{of_latency} {of_availability}");
}

#[test]
fn the_limits_are_where_the_runs_change() {
    for applied_current in [1.2, 2.0, 6.0, 12.0] {
        let with = |inhibition: f64| cell(ReboundParameters { applied_current, inhibition, ..constant() });
        let (critical, firing) = (critical_inhibition(&with(0.1)), firing_inhibition(&with(0.1)));
        assert!(firing < critical);
        let at = |inhibition: f64| simulate(&with(inhibition), &stream(1));
        assert!(at(0.98 * critical).availability < 1e-3 && at(1.02 * critical).availability > 0.99);
        assert!(at(0.9 * firing).tonic_rate > 0.0);
        assert_eq!(at(1.02 * firing).tonic_rate, 0.0);
    }
    assert!((critical_inhibition(&cell(constant())) - 1.025 / 15.0).abs() < 1e-15);
}

#[test]
fn inhibition_has_the_moments_of_a_filtered_poisson_process() {
    let (mut of_mean, mut of_variance) = (Vec::new(), Vec::new());
    let base = ReboundParameters { pause: 0.0, pause_start: 300.0, ..Default::default() };
    for synchrony in [0.0, 0.1, 0.3, 0.6, 1.0] {
        for purkinje_cells in [1, 10, 40, 200] {
            let parameters = ReboundParameters { synchrony, purkinje_cells, purkinje_rate: 50.0, ..base };
            let cell = cell(parameters);
            let runs: Vec<Course> =
                (0..150).map(|run| simulate(&cell, &stream(1000 * of_mean.len() as u64 + run))).collect();
            let compare = |values: Vec<f64>, expected: f64, deviations: &mut Vec<f64>| {
                let (mean, error) = mean_and_error(&values);
                let errors = (mean - expected) / error;
                assert!(errors.abs() < 4.5, "{mean} ± {error}, theory {expected}, {parameters:?}");
                deviations.push(errors);
            };
            compare(runs.iter().map(|run| run.inhibition_mean).collect(), parameters.inhibition, &mut of_mean);
            let variance = inhibition_variance(&cell).unwrap();
            compare(runs.iter().map(|run| run.inhibition_variance).collect(), variance, &mut of_variance);
        }
    }
    for (name, deviations) in [("mean", of_mean), ("variance", of_variance)] {
        let count = deviations.len() as f64;
        let mean_square = deviations.iter().map(|errors| errors * errors).sum::<f64>() / count;
        let mean = deviations.iter().sum::<f64>() / count;
        println!(
            "inhibition, {name}: {count} points, root mean square {:.2}, mean {mean:+.2} errors",
            mean_square.sqrt()
        );
        assert!(count >= 20.0 && mean_square < 2.0 && mean.abs() < 4.0 / count.sqrt(), "{mean_square} {mean}");
    }
}

#[test]
fn a_theory_is_silent_where_it_does_not_hold() {
    let theory = |parameters| ConstantInhibition::of(&cell(parameters));
    assert_eq!(theory(ReboundParameters::default()), None);
    // Less inhibition than g*, or too much left of it, or too short a pause: no crossing.
    for parameters in [
        ReboundParameters { inhibition: 0.06, ..constant() },
        ReboundParameters { inhibition: 0.2, paused_share: 0.5, ..constant() },
        ReboundParameters { inhibition: 0.2, pause: 14.0, ..constant() },
    ] {
        assert_eq!(theory(parameters).unwrap().latency, None);
        assert_eq!(simulate(&cell(parameters), &stream(1)).latency, None);
    }
    // Fires, but not yet regularly.
    let early = ReboundParameters { inhibition: 0.0, pause_start: 200.0, ..constant() };
    assert_eq!(theory(early).unwrap().tonic_rate, None);
    let slow = ReboundParameters { inhibition_decay: 100.0, ..Default::default() };
    assert_eq!(inhibition_variance(&cell(slow)), None);
}

#[test]
fn a_pause_of_nothing_is_nothing() {
    let run = simulate(&cell(ReboundParameters { pause: 0.0, ..constant() }), &stream(1));
    assert_eq!((run.burst_spikes, run.burst_without_t_current, run.latency), (0, 0, None));
    let none = simulate(&cell(ReboundParameters { paused_share: 0.0, ..constant() }), &stream(1));
    assert_eq!((none.burst_spikes, none.latency), (0, None));
}

#[test]
fn what_is_out_of_range_is_named() {
    let base = constant();
    for (wrong, name) in [
        (ReboundParameters { inhibition: -0.1, ..base }, "inhibition"),
        (ReboundParameters { applied_current: f64::NAN, ..base }, "applied_current"),
        (ReboundParameters { t_conductance: 2.0, ..base }, "t_conductance"),
        (ReboundParameters { purkinje_cells: 10_001, ..base }, "purkinje_cells"),
        (ReboundParameters { purkinje_rate: 0.0, ..base }, "purkinje_rate"),
        (ReboundParameters { inhibition_decay: 0.0, ..base }, "inhibition_decay"),
        (ReboundParameters { synchrony: 1.1, ..base }, "synchrony"),
        (ReboundParameters { pause: -1.0, ..base }, "pause"),
        (ReboundParameters { pause_start: 0.0, ..base }, "pause_start"),
        (ReboundParameters { pause_start: 0.001, ..base }, "pause_start"),
        (ReboundParameters { paused_share: -0.1, ..base }, "paused_share"),
        (ReboundParameters { recovery_time: 0.0, ..base }, "recovery_time"),
        (ReboundParameters { inactivation_time: 2e4, ..base }, "inactivation_time"),
        (ReboundParameters { inhibition_reversal: -60.0, ..base }, "inhibition_reversal"),
    ] {
        let refused: ReboundError = ReboundCell::new(wrong).unwrap_err();
        assert!(refused.to_string().starts_with(name), "{refused}");
    }
}
