//! Records on disk: journals, shards, merged results. Knows records, not who computed them.

pub mod atomic;
pub mod contents;
mod deterministic;
pub mod directory;
pub mod error;
pub mod fold;
mod folder;
pub mod journal;
pub mod lock;
pub mod netcdf;
pub mod record;
pub mod run_record;
mod seal;
pub mod shard;
mod text_attribute;

pub use contents::Contents;
pub use directory::Directory;
pub use error::StoreError;
pub use netcdf::Netcdf;
pub use record::Record;
