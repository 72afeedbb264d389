//! Estimates of mutual information from samples.
//!
//! Three ways, each with its own fault. [`binned`] counts visits to bins and is biased upwards by about (bins visited
//! together - bins of x - bins of y + 1) / (2 samples ln 2) bits: fine for few bins, worthless for many.
//! [`kraskov_information`] asks for nearest neighbours and has little bias, but scatters. [`coherent_information`] is a
//! lower bound that is tight for linear channels with Gaussian signals.

pub mod binned;
mod coherence;
mod nearest_neighbours;

pub use coherence::{Complex, coherent_information};
pub use nearest_neighbours::kraskov_information;
