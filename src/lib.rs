//! Large, exactly reproducible parameter sweeps of cerebellar-learning models.
//!
//! A sweep is one TOML file. A task is named by its experiment, version, parameters, replicate, seed and kind of
//! streams, and this name seeds its random stream. So its numbers do not depend on the order, the rank, the time or the
//! machine.
//!
//! ```
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! use microzone::experiment::{Outcome, evaluate};
//! use microzone::sweep::{Identities, Sweep};
//!
//! let text = r#"
//!     [sweep]
//!     name = "first"
//!     experiment = "capacity"
//!     seed = 2012
//!     replicates = 2
//!
//!     [grid]
//!     output_correlation = [0.0, 0.8]
//!
//!     [fixed]
//!     inputs = 50
//!     bistability = 1.0
//! "#;
//! let sweep = Arc::new(Sweep::parse(Path::new("first.toml"), text.into())?);
//! assert_eq!((sweep.points(), sweep.tasks()), (2, 4));
//!
//! // The second replicate of the second point, as any rank of any run would compute it.
//! let task = sweep.task(1, 1);
//! let (_digest, stream) = Identities::new(&sweep).digest_and_stream(task);
//! let Outcome::Done(values) = evaluate(sweep.experiment, &sweep.parameters(1), 1, stream) else { panic!() };
//! let offset = sweep.declaration().offset("capacity").unwrap();
//! assert!(values[offset] > 1.0, "{} patterns per input", values[offset]);
//! # Ok::<(), microzone::sweep::SweepError>(())
//! ```
//!
//! # The modules
//!
//! Each knows only those before it:
//!
//! - [`random`]: the random stream of a task, and the samplers that decide results.
//! - [`models`]: the science, pure functions without files, clocks or ranks. [`models::perceptron`] decides exactly
//!   what a Purkinje cell can store and has its theory for many inputs, [`models::nitric_oxide`] is a sheet of nitric
//!   oxide that diffuses between Purkinje cells, [`models::reaching`] an arm that learns to reach by it.
//! - [`experiment`]: what an experiment is: a declaration as data, values set by name, one task computed.
//! - [`catalogue`]: one adapter per experiment, and the list of them.
//! - [`sweep`]: the TOML file, its axes, its tasks and their identities.
//! - `schedule`: task numbers over ranks and threads, longest first. It knows no models and no files.
//! - [`store`]: records on disk: journals that survive any kill, shards, netCDF files. It runs no model.
//! - [`results`]: the records of a sweep merged, with statistics and theory, and `results.h5`.
//! - `report`: tables for people and programs.
//! - [`cli`]: one file per verb.

pub mod catalogue;
pub mod cli;
mod duration;
pub mod experiment;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod instruction_set;
mod machine;
pub mod models;
pub mod random;
mod report;
pub mod results;
pub mod schedule;
mod shell;
mod slurm;
pub mod store;
pub mod sweep;
mod wording;

/// The worked model of the guide, which the documentation tests compile and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/guide/adding-a-model.md")]
pub struct AddingAModel;
