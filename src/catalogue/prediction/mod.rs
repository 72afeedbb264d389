//! A learned forward model and control with it: the adapter of [`crate::models::prediction`].

mod parameters;
mod theory;

use self::parameters::{FEEDBACK, PARAMETERS};
use self::theory::{THEORY, set_theory};
use crate::catalogue::sources;
use crate::experiment::{
    Better, Cost, Declaration, Estimates, Experiment, Observable, OwnDimension, Parameters, TaskFailure, Value, Values,
};
use crate::models::prediction::{
    CURVE_POINTS, Controller, ForwardModel, Learning, Loop, Prediction as Model, PredictionParameters, WARM_UP,
    critical_feedback_gain, tracking_error,
};
use crate::random::RandomStream;

pub(super) struct Prediction;

const DIVERGED: &str = "diverged";

const SHARE: OwnDimension =
    OwnDimension::new("share_of_learning", CURVE_POINTS, |point| point as f64 / (CURVE_POINTS - 1) as f64)
        .label("share of learning")
        .sentence("share of the learning steps that came before");

static OBSERVABLES: [Observable; 6] = [
    Observable::scalar("tracking_error")
        .label("tracking error")
        .sentence("mean squared difference of reference and plant with the controller")
        .better(Better::Less)
        .with_theory(),
    Observable::scalar("tracking_error_feedback")
        .label("error of feedback alone")
        .sentence("the same with the senses alone, at the same gain; no value where that is unstable")
        .better(Better::Less)
        .optional()
        .with_theory(),
    Observable::scalar("prediction_error")
        .label("prediction error")
        .sentence("expected squared difference of senses and prediction on new commands, after learning")
        .better(Better::Less),
    Observable::scalar("critical_gain")
        .label("critical gain")
        .sentence("least gain at which the loop with the controller is unstable")
        .better(Better::More)
        .optional()
        .with_theory(),
    Observable::scalar(DIVERGED).sentence("1 if the loop is unstable or the weights grow without bound, else 0"),
    Observable::array("learning_curve", &[SHARE])
        .label("learning curve")
        .sentence("prediction error over learning")
        .better(Better::Less),
];

static DECLARATION: Declaration = Declaration {
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    theory: Some(THEORY),
    divergence_flag: Some(DIVERGED),
    example: &[("learning_steps", Value::Integer(2000)), ("control_steps", Value::Integer(1000))],
    sources: &[sources::MIALL_1993],
    ..Declaration::new(
        "prediction",
        1,
        "A learned forward model in place of delayed senses (Miall, Weir, Wolpert & Stein 1993).",
    )
};

impl Experiment for Prediction {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    /// Fits measured times (`benches/circuit.rs`) within a factor of two.
    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
        let fibres = parameters.count("parallel_fibres")? as f64;
        let learning = (parameters.count("learning_steps")? + WARM_UP) as f64;
        let control = (parameters.count("control_steps")? + model(parameters)?.control_warm_up()) as f64;
        let delay = 200.0 * parameters.number("sensory_delay")?;
        let seconds = learning * (6e-8 + 5e-9 * fibres) + control * (1e-7 + 4e-9 * fibres);
        Ok(Cost { seconds: seconds + 128.0 * (delay + 2.0) * (1e-7 + 1.5e-8 * fibres), bytes: 1e6 })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), TaskFailure> {
        model(parameters).map(drop)
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let prediction = model(parameters)?;
        let own = prediction.parameters();
        let learned = Learning::run(&prediction, &stream);
        let weights = learned.as_ref().map_or(vec![0.0; own.parallel_fibres], |learned| learned.weights.clone());
        let model = ForwardModel::new(&prediction, weights);
        let critical = match (&learned, own.controller) {
            (None, Controller::Prediction) => 0.0,
            _ => Loop::new(&prediction, own.controller, &model.weights).critical_gain(),
        };
        let error = |controller| tracking_error(&prediction, controller, &model, &stream);
        let feedback = (own.feedback_gain < critical_feedback_gain(&prediction)).then(|| error(Controller::Feedback));
        let is_stable = own.feedback_gain < critical;
        values.set(
            "tracking_error",
            match (is_stable, own.controller) {
                (false, _) => f64::NAN,
                (true, Controller::Feedback) => feedback.unwrap_or(f64::NAN),
                (true, Controller::Prediction) => error(Controller::Prediction),
            },
        );
        match feedback {
            Some(error) => values.set("tracking_error_feedback", error),
            None => values.absent("tracking_error_feedback"),
        }
        if critical > 0.0 && critical.is_finite() {
            values.set("critical_gain", critical);
        } else {
            values.absent("critical_gain");
        }
        values.set(DIVERGED, if is_stable && learned.is_some() { 0.0 } else { 1.0 });
        let curve = learned.map_or(vec![f64::NAN; CURVE_POINTS], |learned| learned.curve);
        values.set("prediction_error", curve[CURVE_POINTS - 1]);
        values.set_array("learning_curve", &curve);
        Ok(())
    }

    fn theory_cost(&self, parameters: &Parameters, _relative_error: f64) -> Result<Cost, TaskFailure> {
        let fibres = parameters.count("parallel_fibres")? as f64;
        let slowest = parameters.number("plant_time_constant")?.max(parameters.number("reference_time_constant")?);
        Ok(Cost { seconds: 2e-3 * (1.0 + 0.1 * fibres) * (1.0 + slowest), bytes: 1e6 })
    }

    fn theory(
        &self,
        parameters: &Parameters,
        _stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        set_theory(&model(parameters)?, estimates);
        Ok(())
    }
}

fn model(parameters: &Parameters) -> Result<Model, TaskFailure> {
    let number = |name| parameters.number(name);
    let is_feedback = parameters.choice("controller")? == FEEDBACK;
    let parameters = PredictionParameters {
        plant_time_constant: number("plant_time_constant")?,
        plant_change: number("plant_change")?,
        sensory_delay: number("sensory_delay")?,
        sensory_noise: number("sensory_noise")?,
        plant_noise: number("plant_noise")?,
        parallel_fibres: parameters.count("parallel_fibres")?,
        shortest_time_constant: number("shortest_time_constant")?,
        longest_time_constant: number("longest_time_constant")?,
        command_time_constant: number("command_time_constant")?,
        reference_time_constant: number("reference_time_constant")?,
        learning_rate: number("learning_rate")?,
        learning_steps: parameters.count("learning_steps")?,
        controller: if is_feedback { Controller::Feedback } else { Controller::Prediction },
        feedback_gain: number("feedback_gain")?,
        control_steps: parameters.count("control_steps")?,
    };
    Model::new(parameters).map_err(TaskFailure::model)
}
