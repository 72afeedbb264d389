//! Tasks at the edge of stability, and theories that have nothing to say.

use microzone::catalogue;
use microzone::experiment::{Estimate, Literal, Outcome, Parameters, TheoryCell, evaluate};
use microzone::models::prediction::{Prediction, PredictionParameters, critical_feedback_gain};
use microzone::random::RandomStream;

fn parameters(changes: &[(&str, Literal)]) -> Parameters {
    let experiment = catalogue::find("prediction").unwrap();
    let defaults = Parameters::defaults(experiment.declaration().parameters);
    changes.iter().fold(defaults, |parameters, (name, value)| parameters.with(name, value).unwrap())
}

fn text(word: &str) -> Literal {
    Literal::Text(word.to_string())
}

#[test]
fn a_run_at_the_critical_gain_has_diverged_or_has_not() {
    let experiment = catalogue::find("prediction").unwrap();
    let flag = experiment.declaration().offset("diverged").unwrap();
    for delay in [0.0, 0.005, 0.05, 0.1, 0.2] {
        let own = PredictionParameters { sensory_delay: delay, ..Default::default() };
        let critical = critical_feedback_gain(&Prediction::new(own).unwrap());
        let near = [critical.next_down(), critical, critical.next_up()];
        for gain in near.into_iter().chain([critical * (1.0 - 1e-12), critical * (1.0 + 1e-12)]) {
            let parameters = parameters(&[
                ("controller", text("feedback")),
                ("sensory_delay", Literal::Number(delay)),
                ("feedback_gain", Literal::Number(gain)),
                ("learning_steps", Literal::Integer(10)),
                ("control_steps", Literal::Integer(10)),
            ]);
            // Next to a short decimal a number is that decimal.
            let diverged = f64::from(parameters.number("feedback_gain").unwrap() >= critical);
            match evaluate(experiment, &parameters, 0, RandomStream::from_seed([1; 32])) {
                Outcome::Done(values) => assert_eq!(values[flag], diverged, "{delay}, {gain}"),
                Outcome::Failed(failure) => panic!("{delay}, {gain}: {failure}"),
            }
        }
    }
}

#[test]
fn a_theory_of_a_model_needs_one_that_is_learned() {
    let experiment = catalogue::find("prediction").unwrap();
    let known = |changes: &[(&str, Literal)], name: &str| {
        let estimates = TheoryCell::new(experiment, parameters(changes), None).estimates().unwrap();
        estimates.of(name).map(|found: &[Estimate]| found[0].value)
    };
    let nothing = ("learning_steps", Literal::Integer(0));
    for name in ["tracking_error", "critical_gain"] {
        assert!(known(&[], name).is_some(), "{name}");
        assert_eq!(known(std::slice::from_ref(&nothing), name), None, "{name}");
        assert!(known(&[nothing.clone(), ("controller", text("feedback"))], name).is_some(), "{name}");
    }
    assert_eq!(known(&[("plant_change", Literal::Number(2.0))], "critical_gain"), None);
    assert_eq!(known(&[("parallel_fibres", Literal::Integer(2))], "critical_gain"), None);
    // Of what is left of the plant with sixteen fibres rounding leaves nothing.
    assert!(known(&[("parallel_fibres", Literal::Integer(8))], "least_residual").is_some());
    assert_eq!(known(&[("parallel_fibres", Literal::Integer(16))], "least_residual"), None);
    // An unstable loop has no error.
    let at = |gain: f64| known(&[("feedback_gain", Literal::Number(gain))], "tracking_error_feedback");
    assert!(at(2.8).is_some() && at(2.96).is_none() && at(4.0).is_none());
}
