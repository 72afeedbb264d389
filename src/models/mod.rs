//! The science: pure functions without files, clocks or ranks, which know nothing of sweeps.

pub mod conditioning;
mod gaussian;
mod linear_algebra;
pub mod micromodules;
pub mod nitric_oxide;
pub mod perceptron;
pub mod prediction;
pub mod reaching;
pub mod rebound;
pub mod recoding;
