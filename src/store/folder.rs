//! What lies in a folder.

use std::path::{Path, PathBuf};

use super::StoreError;
use crate::machine::files;

/// The files of a folder with this extension, in order of name; none if there is no such folder.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, StoreError> {
    let names = match files::names(folder) {
        Ok(names) => names,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io(folder)(error)),
    };
    let is_hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let is_one = |path: &PathBuf| !is_hidden(path) && path.extension().is_some_and(|found| found == extension);
    let mut paths: Vec<PathBuf> = names.into_iter().map(|name| folder.join(name)).filter(is_one).collect();
    paths.sort();
    Ok(paths)
}
