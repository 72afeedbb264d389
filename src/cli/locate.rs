//! What the verbs that read results take for a results directory: the directory, its sweep file, or a file inside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::results_directory::results_directory;
use super::{Exit, Failure, sweep_file};
use crate::store::{Directory, StoreError};
use crate::sweep::Sweep;

/// Files of a results directory that are sweep files too.
const OWN_SWEEPS: [&str; 2] = ["sweep.toml", "sweep.next.toml"];

/// What a path stands for.
pub(super) enum Place {
    /// A results directory, or a path that may be meant to be one.
    Directory(PathBuf),
    /// A sweep file, with the directory that `run` would use, which need not exist.
    Sweep(Arc<Sweep>, Directory),
    /// A folder with several results directories, in order of name.
    Parent(Vec<PathBuf>),
}

/// # Errors
/// The path is a file that has nothing to do with a sweep, or a bad sweep file.
pub(super) fn place(path: &Path) -> Result<Place, Failure> {
    if path.is_dir() {
        return Ok(place_of_folder(path));
    }
    if !path.is_file() {
        return Ok(Place::Directory(path.into()));
    }
    let is_sweep = path.extension().is_some_and(|extension| extension == "toml");
    let is_own = OWN_SWEEPS.iter().any(|name| path.file_name().is_some_and(|file| file == *name));
    match around(path) {
        Some(root) if !is_sweep || is_own => Ok(Place::Directory(root)),
        _ if is_sweep => {
            let sweep = Arc::new(sweep_file::read(path, &[])?);
            let directory = results_directory(None, path, &sweep)?;
            Ok(Place::Sweep(sweep, directory))
        }
        _ => {
            let what = "it is neither a results directory nor a sweep file, nor inside a results directory";
            Err(Failure::new(Exit::Usage, format!("{}: {what}", path.display())))
        }
    }
}

/// The one results directory that a path stands for. Whether there is anything in it is seen when it is read.
///
/// # Errors
/// As [`place`], or the directory of a sweep file belongs to another sweep, or does not exist.
pub(super) fn directory(path: &Path) -> Result<PathBuf, Failure> {
    match place(path)? {
        Place::Directory(root) => Ok(root),
        Place::Parent(_) => Ok(path.into()),
        Place::Sweep(sweep, directory) => {
            directory.check_owner(&sweep)?;
            if !directory.root().is_dir() {
                let what = format!("there is no such directory; `microzone run {}` makes it", path.display());
                return Err(StoreError::NoSweep { path: directory.root().into(), what }.into());
            }
            Ok(directory.root().into())
        }
    }
}

fn place_of_folder(path: &Path) -> Place {
    if is_results_directory(path) {
        return Place::Directory(path.into());
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut children: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_results_directory(path)).collect();
    children.sort();
    match children.is_empty() {
        false => Place::Parent(children),
        true => Place::Directory(around(path).unwrap_or_else(|| path.into())),
    }
}

/// Whether a sweep has been run here, or sent to Slurm; some of it may be lost.
fn is_results_directory(path: &Path) -> bool {
    let directory = Directory::new(path);
    let others = [directory.runs(), directory.journals(), directory.shards(), directory.results_file()];
    directory.sweep_file().is_file() && others.iter().any(|path| path.exists())
}

/// The results directory that a path is inside of, written as the path is.
fn around(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let (levels, root) = absolute.ancestors().enumerate().skip(1).find(|(_, above)| is_results_directory(above))?;
    Some(match path.ancestors().nth(levels) {
        Some(above) if above.as_os_str().is_empty() => ".".into(),
        Some(above) => above.into(),
        None => root.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_for_a_directory_a_sweep_or_several() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let text = "[sweep]\nname = \"here\"\nexperiment = \"null\"\n";
        std::fs::write(at("here.toml"), text).unwrap();
        std::fs::write(at("notes.txt"), "").unwrap();
        let sweep = Sweep::parse(&at("here.toml"), text.into()).unwrap();
        for name in ["results/b", "results/a"] {
            Directory::new(at(name)).claim(&sweep, &|| Ok(())).unwrap();
        }
        std::fs::write(at("results/a/runs/run-0001.json"), "{}").unwrap();
        std::fs::create_dir(at("results/a/figures")).unwrap();
        std::fs::write(at("results/a/other.toml"), text).unwrap();
        let directory_of = |name: &str| match place(&at(name)) {
            Ok(Place::Directory(root)) => root,
            _ => panic!("{name}"),
        };
        for inside in ["", "/sweep.toml", "/runs/run-0001.json", "/figures", "/runs"] {
            assert_eq!(directory_of(&format!("results/a{inside}")), at("results/a"), "{inside}");
        }
        assert_eq!(directory_of("nowhere"), at("nowhere"));
        assert!(
            matches!(place(&at("results")), Ok(Place::Parent(found)) if found == [at("results/a"), at("results/b")])
        );
        for file in ["here.toml", "results/a/other.toml"] {
            let Ok(Place::Sweep(found, directory)) = place(&at(file)) else { panic!("{file}") };
            assert_eq!((&found.name[..], directory.root()), ("here", Path::new("results/here")), "{file}");
        }
        assert!(place(&at("notes.txt")).is_err_and(|failure| failure.exit == Exit::Usage));
        assert!(directory(&at("here.toml")).is_err_and(|failure| failure.message.contains("microzone run")));
    }
}
