//! Records on disk: journals, shards, merged results. Knows records, not who computed them.

pub mod atomic;
mod deterministic;
pub mod error;
pub mod netcdf;
pub mod record;
mod seal;
pub mod shard;
mod text_attribute;

pub use error::StoreError;
pub use netcdf::Netcdf;
pub use record::{Outcome, Record};
pub use shard::ShardContents;
