//! The science of storage capacity against independent methods and known results.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, in its helpers too"
)]

mod capacity;
mod common;
mod decision;
mod exact_oracle;
mod free_weights;
mod learning;
mod pattern_statistics;
mod plain_loop;
mod theory;
mod ties;
