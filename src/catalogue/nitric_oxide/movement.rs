//! The sheet of nitric oxide during a movement: the adapter of [`crate::models::nitric_oxide::movement_snapshot`].

use std::ops::Bound::Included;

use crate::catalogue::nitric_oxide::sheet::{
    ACCURACY, DECAY, DIFFUSION, MICROZONES, RELEASE, cost_of_sheet, io_rate, sheet, steps,
};
use crate::experiment::{
    Cost, Estimate, Experiment, Kept, Kind, Observable, OwnDimension, Parameter, Parameters, TaskError, Value,
};
use crate::models::nitric_oxide::{
    DOMAIN_SIDE, MICROZONE_LENGTH, MICROZONE_WIDTH, MOVEMENT_MICROZONES, MovementRates, STEP, expected_mean,
    movement_snapshot,
};
use crate::random::RandomStream;

pub struct Movement;

static PARAMETERS: [Parameter; 7] = [
    DIFFUSION,
    DECAY,
    io_rate(
        "mean rate over the movement of the olive cells of a shoulder microzone, and twice that of an elbow microzone",
    ),
    MICROZONES,
    RELEASE,
    Parameter {
        name: "time",
        unit: "s",
        kind: Kind::Number(Included(0.005), Included(100.0)),
        default: Value::Number(0.7),
        doc: "of the snapshot, after the beginning of a movement of 0.7 s; a multiple of 0.005",
    },
    ACCURACY,
];

static OBSERVABLES: [Observable; 4] = [
    Observable {
        name: "mean_concentration",
        unit: "s",
        doc: "mean over the sheet, in what a discharge releases in one second; the theory is its expectation",
        dimensions: &[],
        kept: Kept::EveryReplicate,
        has_theory: true,
    },
    Observable {
        name: "largest_concentration",
        unit: "s",
        doc: "over the sheet",
        dimensions: &[],
        kept: Kept::EveryReplicate,
        has_theory: false,
    },
    Observable {
        name: "spatial_variation",
        unit: "1",
        doc: "standard deviation over the sheet, over the mean",
        dimensions: &[],
        kept: Kept::EveryReplicate,
        has_theory: false,
    },
    Observable {
        name: "concentration",
        unit: "s",
        doc: "microzones from left to right: shoulder flexor, shoulder extensor, elbow flexor, elbow extensor",
        dimensions: &[
            OwnDimension {
                name: "y",
                unit: "um",
                doc: "along the microzones, middle of the domain",
                length: MICROZONE_LENGTH,
                coordinate: middle,
            },
            OwnDimension {
                name: "x",
                unit: "um",
                doc: "across the microzones, along the parallel fibres, middle of the domain",
                length: MOVEMENT_MICROZONES * MICROZONE_WIDTH,
                coordinate: middle,
            },
        ],
        kept: Kept::EveryReplicate,
        has_theory: false,
    },
];

fn middle(domain: usize) -> f64 {
    (domain as f64 + 0.5) * DOMAIN_SIDE
}

impl Experiment for Movement {
    fn name(&self) -> &'static str {
        "movement"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "The sheet of nitric oxide during one movement of the arm (Schweighofer & Ferriol 2000, Fig. 1)."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn observables(&self) -> &'static [Observable] {
        &OBSERVABLES
    }

    fn cost(&self, parameters: &Parameters) -> Cost {
        let cost = || -> Result<Cost, TaskError> {
            let (step, bytes) = cost_of_sheet(&sheet(parameters, MOVEMENT_MICROZONES)?);
            Ok(Cost { seconds: 0.03 + step * parameters.number("time")? / STEP, bytes: 4.0 * bytes })
        };
        cost().unwrap_or(Cost { seconds: 0.1, bytes: 4e7 })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), String> {
        let time = parameters.number("time").and_then(|time| steps("time", time));
        time.map(|_| ()).map_err(|error| error.to_string())
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream) -> Result<Vec<f64>, TaskError> {
        let steps = steps("time", parameters.number("time")?)?;
        let rates = MovementRates { mean: parameters.number("io_rate")? };
        let snapshot = movement_snapshot(sheet(parameters, MOVEMENT_MICROZONES)?, rates, steps, &stream)
            .map_err(|error| TaskError::Model(error.to_string()))?;
        let mut values = vec![snapshot.mean, snapshot.largest, snapshot.spatial_variation];
        values.extend(snapshot.field);
        Ok(values)
    }

    fn theory(&self, parameters: &Parameters) -> Vec<(&'static str, Vec<Estimate>)> {
        let expected = || -> Result<f64, TaskError> {
            let rates = MovementRates { mean: parameters.number("io_rate")? };
            let steps = steps("time", parameters.number("time")?)?;
            Ok(expected_mean(parameters.number("decay")?, rates, steps))
        };
        let exact = |value| vec![Estimate { value, standard_error: 0.0 }];
        expected().map(|value| ("mean_concentration", exact(value))).into_iter().collect()
    }

    fn theory_parameters(&self) -> Vec<&'static str> {
        vec!["decay", "io_rate", "time"]
    }
}
