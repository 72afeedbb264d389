//! Slurm: the text of a job script, the profile of a site, and what Slurm says about jobs.
//!
//! All of it but [`sbatch`], which starts Slurm's programs, and the files of [`record`], is pure.

pub(crate) mod answer;
pub(crate) mod decision;
pub(crate) mod error;
pub(crate) mod job;
pub(crate) mod log;
pub(crate) mod memory;
pub(crate) mod profile;
pub(crate) mod proposal;
pub(crate) mod queue;
pub(crate) mod record;
pub(crate) mod sbatch;
pub(crate) mod script;
