//! Reads the sweep file of a command line, with the values that `--set` changes.

use std::path::Path;

use super::{Exit, Failure};
use crate::sweep::{Sweep, with_settings};

/// # Errors
/// The file cannot be read or is bad, or a setting is.
pub(super) fn read(path: &Path, settings: &[String]) -> Result<Sweep, Failure> {
    let text = Sweep::text_of(path)?;
    if settings.is_empty() {
        return Ok(Sweep::parse(path, text)?);
    }
    let refuse = |problem| Failure::new(Exit::Usage, format!("{}: --set: {problem}", path.display()));
    let edited = with_settings(&text, settings).map_err(refuse)?;
    // The lines of a message are those of the changed text.
    let name = format!("{} (with --set {})", path.display(), settings.join(" --set "));
    Ok(Sweep::parse(Path::new(&name), edited)?)
}
