//! Prediction and control against matrices in the time domain, and against a second program that was written from the
//! text without sight of the code.

mod corners;
mod learning;
mod second_program;
mod state_space;
