//! The sheet of nitric oxide during a movement: the adapter of [`crate::models::nitric_oxide::movement_snapshot`].

use crate::catalogue::nitric_oxide::sheet::{
    ACCURACY, DECAY, DIFFUSION, IO_RATE, MICROZONE_ORDER, MICROZONES, RELEASE, START, cost_of_sheet, microzone_order,
    sheet, start, steps,
};
use crate::catalogue::sources;
use crate::experiment::{
    Cost, Declaration, Estimates, Experiment, Observable, OwnDimension, Parameter, Parameters, Picture, Range,
    TaskFailure, TheoryDeclaration, Values,
};
use crate::models::nitric_oxide::{
    self, DOMAIN_SIDE, MICROZONE_LENGTH, MICROZONE_WIDTH, MicrozoneOrder, MovementRates, STEP, Start, expected_mean,
    movement_snapshot,
};
use crate::random::RandomStream;

pub(in crate::catalogue) struct Movement;

static PARAMETERS: [Parameter; 9] = [
    DIFFUSION,
    DECAY,
    IO_RATE.sentence(
        "mean rate over the movement of the olive cells of a shoulder microzone, and twice that of an elbow microzone",
    ),
    MICROZONES,
    MICROZONE_ORDER,
    START.sentence(
        "where the movement begins: on the 90° target, as the paper's first one, which goes to the middle of the \
         circle, so that shoulder extensor and elbow flexor err first; or in the middle, the other way round",
    ),
    RELEASE,
    Parameter::number("time", Range::closed(0.005, 100.0), 0.7)
        .symbol("t")
        .unit("s", "s")
        .sentence("time of the snapshot after the beginning of a movement of 0.7 s; a multiple of 0.005"),
    ACCURACY,
];

static OBSERVABLES: [Observable; 4] = [
    Observable::scalar("mean_concentration")
        .label("mean concentration")
        .unit("s", "s")
        .sentence(
            "mean over the sheet, in units of what a discharge releases in one second; the theory is its expectation",
        )
        .with_theory(),
    Observable::scalar("largest_concentration")
        .label("largest concentration")
        .unit("s", "s")
        .sentence("largest concentration on the sheet, in units of what a discharge releases in one second"),
    Observable::scalar("spatial_variation")
        .label("spatial variation")
        .sentence("standard deviation over the sheet, relative to the mean"),
    Observable::array("concentration", &[Y, X])
        .drawn_as(Picture::Image)
        .unit("s", "s")
        .sentence("concentration; which microzone lies where along x is microzone_order"),
];

const Y: OwnDimension = OwnDimension::new("y", MICROZONE_LENGTH, middle)
    .unit("µm", "µm")
    .sentence("position along the microzones, middle of the domain");

const X: OwnDimension = OwnDimension::new("x", nitric_oxide::MICROZONES * MICROZONE_WIDTH, middle)
    .unit("µm", "µm")
    .sentence("position across the microzones, along the parallel fibres, middle of the domain");

fn middle(domain: usize) -> f64 {
    (domain as f64 + 0.5) * DOMAIN_SIDE
}

const THEORY: TheoryDeclaration = TheoryDeclaration {
    summary: "The expected mean of the concentration over the sheet",
    examples: &["--time 0.35", "--decay 0 --format json"],
    parameters: &["decay", "io_rate", "time"],
    ..TheoryDeclaration::new(1)
};

static DECLARATION: Declaration = Declaration {
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    theory: Some(THEORY),
    sources: &[sources::SCHWEIGHOFER_2000],
    ..Declaration::new(
        "movement",
        2,
        "The sheet of nitric oxide during one movement of the arm (Schweighofer & Ferriol 2000, Fig. 1).",
    )
};

fn rates(parameters: &Parameters) -> Result<MovementRates, TaskFailure> {
    Ok(MovementRates {
        mean: parameters.number("io_rate")?,
        order: microzone_order(parameters)?,
        start: start(parameters)?,
    })
}

impl Experiment for Movement {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
        let (step, bytes) = cost_of_sheet(&sheet(parameters, nitric_oxide::MICROZONES)?);
        Ok(Cost { seconds: 0.03 + step * parameters.number("time")? / STEP, bytes: 4.0 * bytes })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), TaskFailure> {
        steps("time", parameters.number("time")?).map(drop)
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let steps = steps("time", parameters.number("time")?)?;
        let rates = rates(parameters)?;
        let snapshot = movement_snapshot(sheet(parameters, nitric_oxide::MICROZONES)?, rates, steps, &stream)
            .map_err(TaskFailure::model)?;
        values.set("mean_concentration", snapshot.mean);
        values.set("largest_concentration", snapshot.largest);
        values.set("spatial_variation", snapshot.spatial_variation);
        values.set_array("concentration", &snapshot.field);
        Ok(())
    }

    fn theory_cost(&self, _parameters: &Parameters, _relative_error: f64) -> Result<Cost, TaskFailure> {
        Ok(Cost { seconds: 1e-6, bytes: 1e3 })
    }

    fn theory(
        &self,
        parameters: &Parameters,
        _stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        // Neither order nor start changes the amount that is released; the theory declares neither.
        let (order, start) = (MicrozoneOrder::ExtensorFirst, Start::Target);
        let rates = MovementRates { mean: parameters.number("io_rate")?, order, start };
        let steps = steps("time", parameters.number("time")?)?;
        estimates.set_exact("mean_concentration", expected_mean(parameters.number("decay")?, rates, steps));
        Ok(())
    }
}
