//! Where and by what results were made.

use super::runs::RunFacts;

/// What the results do not know about themselves.
#[derive(Clone, Debug)]
pub(crate) struct Provenance {
    /// Of the program that writes the page.
    pub(crate) version: String,
    pub(crate) commit: String,
    /// The results directory, in full.
    pub(crate) directory: String,
    /// When the page is written, in ISO 8601.
    pub(crate) written: String,
    /// BLAKE3 of results.h5, if that file has these results.
    pub(crate) results_digest: Option<String>,
    /// In their order.
    pub(crate) runs: Vec<RunFacts>,
    /// Why this program cannot read the records, so that the page shows what results.h5 has; empty if it can.
    pub(crate) other_rules: String,
}
