//! What is known of prediction without a simulation.

use crate::experiment::{Estimates, Observable, TheoryDeclaration};
use crate::models::prediction::{Controller, Covariances, ForwardModel, Loop, Prediction, critical_feedback_gain};

pub(super) const THEORY: TheoryDeclaration = TheoryDeclaration {
    summary: "Stability and tracking errors with the best forward model, and what no predictor can remove",
    examples: &[
        "",
        "--controller feedback --sensory-delay 0.05",
        "--feedback-gain 32 --sensory-noise 0 --format json",
        "--plant-change 2 --plant-noise 0.05",
    ],
    details: "Tracking errors are those of a stationary loop: with the weights that Wiener's theory gives for the \
              commands of the learning phase (what is learned in finitely many steps differs), and for feedback alone. \
              They have no value where the loop is unstable. The critical gain with prediction is that of an exact \
              model, and has no value where the fibres cannot come near it or the plant has changed. Where the delay \
              is an even number of steps it is an upper bound for any model; where it is odd, learned models pass it \
              by a little.",
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
            .sentence("σ_v² + E y² - βᵀR⁻¹β, the bound that Wiener's weights reach"),
        Observable::scalar("least_residual")
            .label("least residual")
            .sentence("share of what commands do to the plant that Wiener's weights do not predict"),
        Observable::scalar("least_variance")
            .label("least variance of the plant")
            .sentence("what no controller can remove of a disturbance without warning, behind the delay"),
    ],
    ..TheoryDeclaration::new(1)
};

/// The share of E y² that Wiener's weights may leave where the critical gain is called that of an exact model.
const SMALL_RESIDUAL: f64 = 0.01;

pub(super) fn set_theory(prediction: &Prediction, estimates: &mut Estimates) {
    let parameters = prediction.parameters();
    let feedback = Loop::new(prediction, Controller::Feedback, &[]);
    let critical_feedback = critical_feedback_gain(prediction);
    let exact = ForwardModel { retentions: vec![prediction.retention()], weights: vec![1.0] };
    let critical_prediction = feedback.clone().with_model(exact).critical_gain();
    estimates.set_exact("critical_feedback_gain", critical_feedback);
    estimates.set_exact("critical_prediction_gain", critical_prediction);
    let is_feedback = parameters.controller == Controller::Feedback;
    let of_feedback = feedback.tracking_error();
    let best = prediction.best_model();
    let of_controller =
        if is_feedback { of_feedback } else { best.and_then(|model| feedback.with_model(model).tracking_error()) };
    for (name, error) in [("tracking_error", of_controller), ("tracking_error_feedback", of_feedback)] {
        if let Some(error) = error {
            estimates.set_exact(name, error);
        }
    }
    let covariances = Covariances::new(prediction);
    if let (Some(least), Some(residual)) = (covariances.least_error(), covariances.least_residual()) {
        estimates.set_exact("least_prediction_error", least);
        estimates.set_exact("least_residual", residual);
        if !is_feedback && residual <= SMALL_RESIDUAL && parameters.plant_change == 1.0 {
            estimates.set_exact("critical_gain", critical_prediction);
        }
    }
    if is_feedback {
        estimates.set_exact("critical_gain", critical_feedback);
    }
    estimates.set_exact("least_variance", prediction.least_variance());
}
