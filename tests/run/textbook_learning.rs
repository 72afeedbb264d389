//! On the small twins of the sweeps of `conditioning` and `prediction` the chapter's findings come out.

use serde_json::Value;

use crate::figures::Figure;

/// The mean of an observable at the one point where these parameters have these values.
fn mean_of(rows: &[Value], observable: &str, parameters: &[(&str, Value)]) -> Value {
    let is_equal = |own: &Value, wanted: &Value| match (own.as_f64(), wanted.as_f64()) {
        (Some(own), Some(wanted)) => (own - wanted).abs() < 1e-12,
        _ => own == wanted,
    };
    let has = |row: &&Value| parameters.iter().all(|(name, wanted)| is_equal(&row[*name], wanted));
    let found: Vec<&Value> = rows.iter().filter(has).collect();
    assert_eq!(found.len(), 1, "{parameters:?}");
    found[0][format!("{observable}_mean")].clone()
}

fn number(value: Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn a_response_is_learned_in_time_between_two_limits() {
    let figure = Figure::computed("textbook", "conditioning-interval");
    let at = |interval: f64| [("us_rate", Value::from(20)), ("interstimulus_interval", Value::from(interval))];
    let (leads, trials) = (figure.observable("response_lead"), figure.observable("trials_to_criterion"));
    for interval in [0.1, 0.15, 0.25, 0.5, 0.7] {
        let lead = number(mean_of(&leads, "response_lead", &at(interval)));
        assert!(lead > 0.04 && lead < 0.11, "{interval}: {lead}");
        assert!(number(mean_of(&trials, "trials_to_criterion", &at(interval))) < 300.0, "{interval}");
    }
    for interval in [0.06, 0.85, 1.0] {
        assert_eq!(number(mean_of(&trials, "trials_to_criterion", &at(interval))), 301.0, "{interval}");
    }
}

#[test]
fn without_feed_forward_inhibition_nothing_pauses() {
    let figure = Figure::computed("textbook", "conditioning-inhibition");
    let depth = figure.observable("pause_depth");
    let depth = |q: f64| number(mean_of(&depth, "pause_depth", &[("feed_forward_inhibition", q.into())]));
    assert!(depth(0.0) < 1e-3 && depth(0.5) > 15.0 && depth(1.0) > depth(0.5));
    assert_eq!(mean_of(&figure.rows, "response_peak", &[("feed_forward_inhibition", 0.into())]), Value::Null);
}

#[test]
fn the_loop_takes_the_error_from_the_olive() {
    let rows = Figure::computed("textbook", "conditioning-loop").observable("climbing_fibre_rate_us");
    let olive = |inhibition: f64| {
        let place = [
            ("acquisition_trials", Value::from(300)),
            ("loop_delay", Value::from(0.1)),
            ("nucleo_olivary_inhibition", Value::from(inhibition)),
        ];
        number(mean_of(&rows, "climbing_fibre_rate_us", &place))
    };
    assert_eq!(olive(0.0), 21.0);
    assert!(olive(0.5) < 8.0 && olive(1.0) < olive(0.5), "{} {}", olive(0.5), olive(1.0));
}

#[test]
fn a_nearly_silent_olive_extinguishes_slowly_and_what_is_left_makes_savings() {
    let figure = Figure::computed("textbook", "conditioning-extinction");
    let (rest, savings) = (figure.observable("extinction_remainder"), figure.observable("savings"));
    let at = |baseline: f64, trials: i64| {
        let place = [("olive_baseline", Value::from(baseline)), ("extinction_trials", Value::from(trials))];
        (number(mean_of(&rest, "extinction_remainder", &place)), number(mean_of(&savings, "savings", &place)))
    };
    assert!(at(1.0, 100).0 > 2.0 * at(5.0, 100).0);
    assert!(at(1.0, 200).1 == 1.0 && at(1.0, 400).1 > 0.4 && at(1.0, 9000).1 < 0.3);
}

#[test]
fn a_model_takes_gains_at_which_feedback_is_unstable() {
    let rows = Figure::computed("textbook", "prediction-delay").rows;
    let error = |controller: &str, delay: f64, gain: f64| {
        let place = [
            ("controller", Value::from(controller)),
            ("sensory_noise", Value::from(0.1)),
            ("sensory_delay", Value::from(delay)),
            ("feedback_gain", Value::from(gain)),
        ];
        mean_of(&rows, "tracking_error", &place)
    };
    assert_eq!(error("feedback", 0.1, 4.0), Value::Null);
    let best = [0.25, 0.5, 1.0, 2.0].map(|gain| number(error("feedback", 0.1, gain))).into_iter().fold(1.0, f64::min);
    for delay in [0.05, 0.1, 0.2] {
        assert!(number(error("prediction", delay, 16.0)) < 0.4 * best);
    }
}

#[test]
fn no_controller_removes_a_disturbance_without_warning() {
    let rows = Figure::computed("textbook", "prediction-disturbance").rows;
    let alpha = (-0.005_f64 / 0.15).exp();
    for delay in [0.05, 0.1, 0.2] {
        let steps = (delay / 0.005_f64).round() as i32 + 1;
        let least = 0.0025 * (1.0 - alpha.powi(2 * steps)) / (1.0 - alpha * alpha);
        for controller in ["feedback", "prediction"] {
            for gain in [0.5, 1.0, 4.0, 32.0] {
                let place = [
                    ("controller", Value::from(controller)),
                    ("plant_noise", Value::from(0.05)),
                    ("sensory_delay", Value::from(delay)),
                    ("feedback_gain", Value::from(gain)),
                ];
                let error = mean_of(&rows, "tracking_error", &place);
                assert!(error.as_f64().is_none_or(|error| error > least), "{controller}, {delay}, {gain}: {error}");
            }
        }
    }
}
