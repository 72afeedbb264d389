//! Where the results of a sweep go.

use std::path::{Path, PathBuf};

use super::{Exit, Failure};
use crate::store::Directory;
use crate::sweep::Sweep;

/// The folder of results directories that the environment names.
const ROOT_VARIABLE: &str = "MICROZONE_RESULTS";

/// The directory that somebody gave; else that of the sweep file, if it is the `sweep.toml` of a results directory;
/// else one of the sweep's name, in the folder that the variable `MICROZONE_RESULTS` names, or in `results`.
///
/// # Errors
/// HDF5 could not open files there.
pub(super) fn results_directory(given: Option<&Path>, sweep_file: &Path, sweep: &Sweep) -> Result<Directory, Failure> {
    results_directory_below(Path::new("results"), given, sweep_file, sweep)
}

/// As [`results_directory`], with another folder in the place of `results`.
///
/// # Errors
/// Likewise.
pub(super) fn results_directory_below(
    folder: &Path,
    given: Option<&Path>,
    sweep_file: &Path,
    sweep: &Sweep,
) -> Result<Directory, Failure> {
    let root = std::env::var_os(ROOT_VARIABLE).filter(|root| !root.is_empty());
    let named = || root.map_or_else(|| folder.to_path_buf(), PathBuf::from).join(&sweep.name);
    let found = given.map(Path::to_path_buf).or_else(|| directory_of(sweep_file)).unwrap_or_else(named);
    check_path(&found, Exit::Usage, "choose another --out")?;
    Ok(Directory::new(found))
}

/// Whether HDF5 can open files there. Its Rust crate takes text only; where the working directory is does not matter.
///
/// # Errors
/// It cannot; `remedy` helps.
pub(super) fn check_path(path: &Path, exit: Exit, remedy: &str) -> Result<(), Failure> {
    let refuse = || {
        let message = format!("{}: the path is not valid UTF-8, which HDF5 cannot open; {remedy}", path.display());
        Failure::new(exit, message)
    };
    path.to_str().map(|_| ()).ok_or_else(refuse)
}

/// The results directory whose `sweep.toml` this is.
fn directory_of(sweep_file: &Path) -> Option<PathBuf> {
    let parent = sweep_file.parent()?;
    let root = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let directory = Directory::new(root);
    let is_its_own = sweep_file.file_name() == directory.sweep_file().file_name() && directory.has_been_claimed();
    is_its_own.then(|| root.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_file_inside_a_results_directory_means_that_directory() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[sweep]\nname = \"here\"\nexperiment = \"null\"\n";
        let sweep = Sweep::parse(Path::new("sweep.toml"), text.into()).unwrap();
        let root = |given: Option<&Path>, file: &str| {
            results_directory(given, &folder.path().join(file), &sweep).unwrap().root().to_path_buf()
        };
        let scratch = results_directory_below(Path::new("/scratch"), None, Path::new("other.toml"), &sweep);
        assert_eq!(scratch.unwrap().root(), Path::new("/scratch/here"));
        let named = Path::new("results/here");
        assert_eq!(root(None, "sweep.toml"), named, "a sweep file in any other folder");
        Directory::new(folder.path()).claim(&sweep, &|| Ok(())).unwrap();
        assert_eq!(root(None, "sweep.toml"), folder.path());
        assert_eq!(root(None, "other.toml"), named);
        assert_eq!(root(Some(Path::new("elsewhere")), "sweep.toml"), Path::new("elsewhere"));
        assert_eq!(directory_of(Path::new("sweep.toml")), None);
    }
}
