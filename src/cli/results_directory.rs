//! Where the results of a sweep go.

use std::path::{Path, PathBuf};

use crate::store::Directory;
use crate::sweep::Sweep;

/// The directory that somebody gave; else that of the sweep file, if it is the `sweep.toml` of a results directory;
/// else `results/<sweep name>`.
pub(super) fn results_directory(given: Option<&Path>, sweep_file: &Path, sweep: &Sweep) -> Directory {
    let named = || PathBuf::from("results").join(&sweep.name);
    let found = given.map(Path::to_path_buf).or_else(|| directory_of(sweep_file));
    Directory::new(found.unwrap_or_else(named))
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
            results_directory(given, &folder.path().join(file), &sweep).root().to_path_buf()
        };
        let named = Path::new("results/here");
        assert_eq!(root(None, "sweep.toml"), named, "a sweep file in any other folder");
        Directory::new(folder.path()).claim(&sweep).unwrap();
        assert_eq!(root(None, "sweep.toml"), folder.path());
        assert_eq!(root(None, "other.toml"), named);
        assert_eq!(root(Some(Path::new("elsewhere")), "sweep.toml"), Path::new("elsewhere"));
        assert_eq!(directory_of(Path::new("sweep.toml")), None);
    }
}
