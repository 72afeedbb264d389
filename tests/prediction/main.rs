//! Prediction and control against matrices in the time domain, and against a second program that was written from the
//! text without sight of the code.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its helpers too")]

mod corners;
mod learning;
#[path = "../common/second_program.rs"]
mod numbers;
mod second_program;
mod state_space;
