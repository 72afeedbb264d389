//! Nucleo-olivary loops against closed forms, against a slow plain program, and against a second program that was
//! written from the text without sight of the code.

mod loops;
mod plain;
mod second_program;
mod theory;

use microzone::models::micromodules::{MicromoduleParameters, Micromodules};
use microzone::random::RandomStream;

fn stream(number: u64) -> RandomStream {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    RandomStream::from_seed(seed)
}

fn modules(parameters: MicromoduleParameters) -> Micromodules {
    Micromodules::new(parameters).unwrap()
}

/// Mean and standard error.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}
