//! What is known of prediction without a simulation.

use crate::experiment::{Estimates, Observable, TheoryDeclaration};
use crate::models::prediction::{Controller, Covariances, ForwardModel, Loop, Prediction, critical_feedback_gain};

pub(super) const THEORY: TheoryDeclaration = TheoryDeclaration {
    summary: "Stability and tracking errors with the best forward model, and what no predictor can remove",
    examples: &[
        "--controller feedback --sensory-delay 0.05",
        "--feedback-gain 32 --sensory-noise 0 --format json",
        "--plant-change 2 --plant-noise 0.05",
    ],
    details: "Tracking errors are those of a stationary loop: with the weights that Wiener's theory gives for the \
              commands of the learning phase (what is learned in finitely many steps differs), and for feedback alone. \
              They have no value where the loop is unstable or within 2 % of it, or too slow to resolve. The critical \
              gain with prediction is that of an exact model of the plant, and has no value where the fibres cannot \
              come near it, nothing is learned, or the plant has changed. Where the delay is an even number of steps \
              it is an upper bound for any model; where it is odd, learned models exceed it, by 0.5 % at 21 steps and \
              by half at one step. Badly learned models stay far below it.",
    parameters: &[
        "plant_time_constant",
        "plant_change",
        "sensory_delay",
        "sensory_noise",
        "plant_noise",
        "parallel_fibres",
        "shortest_time_constant",
        "longest_time_constant",
        "command_time_constant",
        "reference_time_constant",
        "learning_rate",
        "learning_steps",
        "controller",
        "feedback_gain",
    ],
    closed_forms: &[
        Observable::scalar("critical_feedback_gain")
            .symbol("K*")
            .label("gain limit of feedback")
            .sentence("least gain at which feedback alone is unstable"),
        Observable::scalar("critical_prediction_gain")
            .label("gain limit of prediction")
            .sentence("least gain at which the loop with an exact model is unstable; (1 + α)/(1 - α) without a change"),
        Observable::scalar("least_prediction_error")
            .label("least prediction error")
            .sentence("σ_v² + E y² - βᵀR⁻¹β, the bound that Wiener's weights reach; the disturbance is in E y²"),
        Observable::scalar("least_residual")
            .label("least residual")
            .sentence("share of what commands do to the plant that Wiener's weights do not predict"),
        Observable::scalar("least_variance").label("least variance of the plant").sentence(
            "part of the variance of an unannounced disturbance that no controller can remove, because of the delay",
        ),
    ],
    ..TheoryDeclaration::new(1)
};

/// The share of E y² that Wiener's weights may leave where the critical gain is called that of an exact model.
const SMALL_RESIDUAL: f64 = 0.01;

/// The share of the critical gain from which on oscillations die out so slowly that a run shows less than their mean.
const NEARLY_CRITICAL: f64 = 0.98;

pub(super) fn set_theory(prediction: &Prediction, estimates: &mut Estimates) {
    let parameters = prediction.parameters();
    let feedback = Loop::new(prediction, Controller::Feedback, &[]);
    let critical_feedback = critical_feedback_gain(prediction);
    let exact = ForwardModel { retentions: vec![prediction.retention()], weights: vec![1.0] };
    let critical_prediction = feedback.clone().with_model(exact).critical_gain();
    estimates.set_exact("critical_feedback_gain", critical_feedback);
    estimates.set_exact("critical_prediction_gain", critical_prediction);
    let is_feedback = parameters.controller == Controller::Feedback;
    let is_learned = !is_feedback && parameters.learning_rate > 0.0 && parameters.learning_steps > 0;
    let of_feedback = tracking_error(&feedback, parameters.feedback_gain);
    let of_controller = if is_feedback {
        of_feedback
    } else {
        let best = prediction.best_model().filter(|_| is_learned);
        best.and_then(|model| tracking_error(&feedback.with_model(model), parameters.feedback_gain))
    };
    for (name, error) in [("tracking_error", of_controller), ("tracking_error_feedback", of_feedback)] {
        if let Some(error) = error {
            estimates.set_exact(name, error);
        }
    }
    let covariances = Covariances::new(prediction);
    if let (Some(least), Some(residual)) = (covariances.least_error(), covariances.least_residual()) {
        estimates.set_exact("least_prediction_error", least);
        if residual > 0.0 {
            estimates.set_exact("least_residual", residual);
        }
        if is_learned && residual <= SMALL_RESIDUAL && parameters.plant_change == 1.0 {
            estimates.set_exact("critical_gain", critical_prediction);
        }
    }
    if is_feedback {
        estimates.set_exact("critical_gain", critical_feedback);
    }
    estimates.set_exact("least_variance", prediction.least_variance());
}

fn tracking_error(feedback_loop: &Loop, gain: f64) -> Option<f64> {
    let is_near = gain > NEARLY_CRITICAL * feedback_loop.critical_gain();
    if is_near { None } else { feedback_loop.tracking_error() }
}
