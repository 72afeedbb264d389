//! Large, exactly reproducible parameter sweeps of cerebellar-learning models.
//!
//! The rooms, each of which knows only those before it:
//!
//! [`random`] is the floor: the random stream of a task and the samplers that decide results.
//!
//! [`perceptron`], [`nitric_oxide`] and [`reaching`] are science: pure functions without files, clocks or ranks.
//! Storage capacity of a Purkinje-cell perceptron, decided exactly, beside its large-N theory; a sheet of nitric oxide
//! that diffuses between Purkinje cells, with the information that it carries about the climbing fibres; and an arm
//! that learns to reach by it.
//!
//! [`experiment`] is the catalogue: one adapter a model declares parameters, observables and cost, and computes one
//! task.
//!
//! [`sweep`] turns a TOML file into tasks with identities: what a task is called, and where its random numbers come
//! from, depends on its parameters and on nothing else.
//!
//! [`schedule`] spreads task numbers over ranks and threads, longest first. It knows no models and no files.
//!
//! [`store`] keeps records: journals that survive any kill, shards, and `results.h5`. It does not care who computed
//! them.
//!
//! [`report`] makes tables of results, and [`cli`] has one door for each verb.

pub mod catalogue;
pub mod cli;
pub mod experiment;
mod instruction_set;
pub mod models;
pub mod random;
mod report;
pub mod results;
mod schedule;
pub mod store;
pub mod sweep;
