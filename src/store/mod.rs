//! Records on disk: journals, shards, merged results. Knows records, not who computed them.

pub mod error;
pub mod journal;
pub mod lock;
pub mod record;

pub use error::StoreError;
pub use record::{Outcome, Record};
