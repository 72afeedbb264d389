//! The program end to end: launched alone and over MPI, killed, stopped, damaged, refused, resumed, and looked at.
//!
//! Every process that a test starts carries a mark in its environment; a test that ends kills what is left of it, by
//! pid.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, in its helpers too"
)]

mod clopath2012;
mod damage;
mod dataset;
mod deaths;
mod difference;
mod divergence;
mod extrapolation;
mod failures;
mod figures;
mod first_replicate;
mod formats;
mod guards;
mod kills;
mod launch;
mod leases;
mod limits;
mod lines;
mod links;
mod loss;
mod matrix;
mod messages;
mod only;
mod optional;
mod owners;
mod place;
mod plot;
mod points;
mod precision;
mod products;
#[path = "../common/python.rs"]
mod python;
mod reaching;
mod readers;
mod refusals;
mod report;
mod reuse;
mod running;
mod scale;
mod schweighofer2000;
mod screen;
mod shares;
mod simulated_ranks;
mod standstill;
mod states;
mod stops;
mod submit;
mod sweep_files;
mod tables;
mod terminal;
mod textbook;
mod textbook_learning;
mod textbook_loops;
mod theory;
mod theory_cells;
mod twins;
mod views;
