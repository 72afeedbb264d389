//! Control with a frozen forward model.

use super::forward_model::advance;
use super::signals::{Autoregressive, Delay, Noise};
use super::{Controller, ForwardModel, Prediction, substream};
use crate::random::RandomStream;

/// The mean of (r - y)² over the given number of steps, after a warm-up; meaningless where the loop is not stable.
///
/// In each step u = r + K (r - ỹ), with ỹ = senses, or senses + ŷ(t) - ŷ(t - D); then the plant and the fibres follow
/// u. Both controllers meet the same reference and the same noise in the same stream.
pub fn tracking_error(
    prediction: &Prediction,
    controller: Controller,
    model: &ForwardModel,
    stream: &RandomStream,
) -> f64 {
    let parameters = prediction.parameters();
    let reference = stream.substream(substream::REFERENCE);
    let mut reference = Autoregressive::new(prediction.reference_retention(), reference);
    let mut senses = Noise::new(parameters.sensory_noise, stream.substream(substream::SENSES_IN_CONTROL));
    let mut disturbance = Noise::new(parameters.plant_noise, stream.substream(substream::PLANT_IN_CONTROL));
    let (alpha, gain) = (prediction.retention_in_control(), parameters.feedback_gain);
    let mut plant_before = Delay::new(prediction.delay());
    let mut predicted_before = Delay::new(prediction.delay());
    let mut fibres = vec![0.0; parameters.parallel_fibres];
    let (mut plant, mut sum) = (0.0, 0.0);
    let warm_up = prediction.control_warm_up();
    for step in 0..warm_up + parameters.control_steps {
        let wanted = reference.take();
        if step >= warm_up {
            sum += (wanted - plant) * (wanted - plant);
        }
        let mut seen = plant_before.pass(plant) + senses.draw();
        if controller == Controller::Prediction {
            let predicted = model.predict(&fibres);
            seen += predicted - predicted_before.pass(predicted);
        }
        let command = wanted + gain * (wanted - seen);
        plant = alpha * plant + (1.0 - alpha) * command + disturbance.draw();
        if controller == Controller::Prediction {
            advance(&mut fibres, &model.retentions, command);
        }
    }
    sum / parameters.control_steps as f64
}
