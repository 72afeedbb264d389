//! A nuclear cell against closed forms, against slow plain programs, and against a second program that was written from
//! the text without sight of the code.

mod exclusion;
mod plain;
mod second_program;
mod theory;

use microzone::models::rebound::{ReboundCell, ReboundParameters};

use crate::statistics::{mean_and_error, stream};

fn cell(parameters: ReboundParameters) -> ReboundCell {
    ReboundCell::new(parameters).unwrap()
}

/// The default with constant inhibition.
fn constant() -> ReboundParameters {
    ReboundParameters { purkinje_cells: 0, ..Default::default() }
}
