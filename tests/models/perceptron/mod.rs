//! The science of storage capacity against independent methods and known results.

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
