//! Records on disk: journals, shards and netCDF files. Knows records, not who computed them.

pub(crate) mod atomic;
pub(crate) mod checksums;
pub mod columns;
pub mod contents;
mod deterministic;
pub(crate) mod directory;
pub(crate) mod error;
pub(crate) mod fold;
mod folder;
pub(crate) mod frame;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod guarded;
pub(crate) mod journal;
pub(crate) mod lease;
pub(crate) mod lock;
mod merge;
pub mod netcdf;
mod owner;
mod ownership;
pub(crate) mod record;
mod records;
pub mod rules;
pub(crate) mod run_record;
mod seal;
pub mod shard;
mod stamp;
pub(crate) mod suspects;
mod text_attribute;

pub use contents::Contents;
pub use directory::Directory;
pub use error::StoreError;
pub use frame::Frame;
pub use netcdf::Netcdf;
pub use record::Record;
pub use records::Records;
pub use rules::Rules;
