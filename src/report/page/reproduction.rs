//! How to compute the results again, and how to cite them.

use super::provenance::Provenance;
use crate::results::{Results, Status};
use crate::shell::quoted;

/// What somebody else needs.
pub(super) struct Reproduction {
    /// The name of the file to save.
    pub(super) file: String,
    /// The sweep as given.
    pub(super) sweep: String,
    pub(super) command: String,
    /// The digest of the meaning of the sweep, and of all records.
    pub(super) sweep_digest: String,
    pub(super) records: String,
    /// Whether a run of the whole sweep gives the same results: nothing is missing, and nothing that failed may come to
    /// another end.
    pub(super) is_final: bool,
    /// How to cite the program and the sources of the model.
    pub(super) citations: Vec<String>,
}

impl Reproduction {
    pub(super) fn new(results: &Results, provenance: &Provenance) -> Self {
        let sweep = results.sweep;
        let file = format!("{}.toml", sweep.name);
        let directory = quoted(&format!("reproduced/{}", sweep.name));
        let commit =
            if provenance.commit.is_empty() { String::new() } else { format!(", commit {}", provenance.commit) };
        let program = format!(
            "The microzone developers. microzone: large, exactly reproducible parameter sweeps of cerebellar-learning \
             models. Version {}{commit}.",
            provenance.version
        );
        let sources = sweep.declaration().sources.iter().map(ToString::to_string);
        Self {
            command: format!("microzone run {} --out {directory} && b3sum {directory}/results.h5", quoted(&file)),
            file,
            sweep: sweep.text.clone(),
            sweep_digest: sweep.digest().to_hex().to_string(),
            records: results.records.clone(),
            is_final: results.count(Status::Missing) == 0
                && results.theory.left() == 0
                && !results.all_failures().any(|failure| failure.class.may_differ()),
            citations: std::iter::once(program).chain(sources).collect(),
        }
    }
}
