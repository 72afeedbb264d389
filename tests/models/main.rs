//! The models against closed forms, slow plain programs, and second programs that were written from the text without
//! sight of the code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, in its helpers too"
)]

mod conditioning;
mod micromodules;
mod nitric_oxide;
mod numbers;
mod perceptron;
mod prediction;
mod reaching;
mod rebound;
mod recoding;
mod statistics;
