//! Opens a results directory for the verbs that read it.

use std::path::Path;
use std::sync::Arc;

use super::Failure;
use crate::results::Results;
use crate::store::{Contents, Directory};
use crate::sweep::{Identities, Sweep};

/// A directory with its sweep and all its good records.
pub(super) struct Opened {
    pub directory: Directory,
    pub sweep: Arc<Sweep>,
    pub identities: Identities,
    pub contents: Contents,
}

impl Opened {
    /// # Errors
    /// No sweep has been run there, or something cannot be read; damage is left to the caller.
    pub(super) fn read(root: &Path) -> Result<Self, Failure> {
        let directory = Directory::new(root);
        let sweep = Arc::new(directory.sweep()?);
        let identities = Identities::new(&sweep);
        let contents = Contents::read(&directory)?;
        Ok(Self { directory, sweep, identities, contents })
    }

    /// The merged results of an undamaged directory.
    ///
    /// # Errors
    /// The directory is damaged.
    pub(super) fn results(&mut self) -> Result<Results<'_>, Failure> {
        self.contents = std::mem::take(&mut self.contents).undamaged()?;
        Ok(Results::merge(&self.sweep, &self.identities, &self.contents)?)
    }
}
