//! The granule layer against closed forms, against a slow plain program, and against a second program that was written
//! from the text without sight of the code.

mod capacity;
mod measurement;
mod plain;
mod second_program;

use microzone::models::recoding::{Circuit, RecodingParameters};

use crate::statistics::{mean_and_error, stream};

fn circuit(parameters: RecodingParameters) -> Circuit {
    Circuit::new(parameters).unwrap()
}
