//! Nucleo-olivary loops against closed forms, against a slow plain program, and against a second program that was
//! written from the text without sight of the code.

mod loops;
mod plain;
mod second_program;
mod theory;

use microzone::models::micromodules::{MicromoduleParameters, Micromodules};

use crate::statistics::{mean_and_error, stream};

fn modules(parameters: MicromoduleParameters) -> Micromodules {
    Micromodules::new(parameters).unwrap()
}
