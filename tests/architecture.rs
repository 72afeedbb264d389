//! Imports run one way, files and functions stay short: what ARCHITECTURE.md promises, read off the source.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Modules by themselves, from left to right: each may import what stands to its left, less what [`FORBIDDEN`] says.
const ORDER: [&str; 12] = [
    "instruction_set",
    "random",
    "models",
    "experiment",
    "catalogue",
    "sweep",
    "schedule",
    "store",
    "results",
    "report",
    "slurm",
    "cli",
];

/// What a module may not import although it stands to its left.
const FORBIDDEN: [(&str, &[&str]); 6] = [
    ("experiment", &["models"]),
    ("sweep", &["models"]),
    ("schedule", &["models", "experiment", "catalogue"]),
    ("store", &["models", "catalogue", "schedule"]),
    ("results", &["models", "catalogue", "schedule"]),
    ("report", &["models", "catalogue", "schedule", "store"]),
];

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;

/// One source file, without its tests.
struct Source {
    path: PathBuf,
    /// `["models", "perceptron", "weights"]`; that of a `mod.rs` is its folder's.
    module: Vec<String>,
    lines: Vec<String>,
}

impl Source {
    fn read(path: &Path, root: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let is_test = |line: &&str| !line.starts_with("#[cfg(test)]");
        let lines = text.lines().take_while(is_test).map(String::from).collect();
        let relative = path.strip_prefix(root).unwrap().with_extension("");
        let mut module: Vec<String> = relative.iter().map(|part| part.to_str().unwrap().to_string()).collect();
        if ["mod", "lib", "main"].contains(&module.last().unwrap().as_str()) {
            module.pop();
        }
        Self { path: path.to_path_buf(), module, lines }
    }

    /// The paths that begin with `crate` or `super`, outside of comments, from the root of the crate.
    fn imports(&self) -> Vec<Vec<String>> {
        let code = self.lines.iter().map(|line| line.trim_start()).filter(|line| !line.starts_with("//"));
        code.flat_map(|line| self.paths_in(line)).collect()
    }

    fn paths_in(&self, line: &str) -> Vec<Vec<String>> {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
        let paths = line.split(|letter| !is_part(letter)).filter(|path| path.contains("::"));
        let resolve = |path: &str| {
            let parts: Vec<&str> = path.split("::").filter(|part| !part.is_empty()).collect();
            let ups = parts.iter().take_while(|part| **part == "super").count();
            let base = match parts.first().copied() {
                Some("crate") => Vec::new(),
                Some("super") => self.module[..self.module.len().checked_sub(ups)?].to_vec(),
                _ => return None,
            };
            let rest = parts[ups.max(1)..].iter().map(ToString::to_string);
            Some(base.into_iter().chain(rest).collect())
        };
        paths.filter_map(resolve).collect()
    }

    fn is_folder_module(&self) -> bool {
        self.path.file_name().is_some_and(|name| name == "mod.rs")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                None => folders.push(path),
                Some(_) if path.ends_with("tests.rs") => {}
                Some(_) => sources.push(Source::read(&path, &root)),
            }
        }
    }
    assert!(sources.len() > 100, "{} files", sources.len());
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    sources
}

/// The parts of the crate that each of its parts imports.
fn parts() -> BTreeMap<String, BTreeSet<String>> {
    let mut parts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let Some(own) = source.module.first().cloned() else { continue };
        let imported = source.imports().into_iter().filter_map(|path| path.first().cloned());
        let others = imported.filter(|other| *other != own && ORDER.contains(&other.as_str()));
        parts.entry(own.clone()).or_default().extend(others);
    }
    parts
}

#[test]
fn imports_run_from_left_to_right() {
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    for (own, others) in parts() {
        let here = place(&own).unwrap_or_else(|| panic!("`{own}` has no place in the order"));
        let forbidden = FORBIDDEN.iter().find(|(name, _)| *name == own).map_or(&[][..], |(_, names)| names);
        for other in others {
            assert!(place(&other) < Some(here), "{own} imports {other}, which stands to its right");
            assert!(!forbidden.contains(&other.as_str()), "{own} imports {other}");
        }
    }
}

#[test]
fn models_know_science_only() {
    let allowed = ["models", "random", "instruction_set"].map(String::from);
    assert!(parts()["models"].iter().all(|other| allowed.contains(other)), "{:?}", parts()["models"]);
}

#[test]
fn only_the_catalogue_knows_models_and_what_an_experiment_is() {
    let both = |others: &BTreeSet<String>| others.contains("models") && others.contains("experiment");
    let knowing: Vec<String> = parts().into_iter().filter(|(_, others)| both(others)).map(|(own, _)| own).collect();
    assert_eq!(knowing, ["catalogue"]);
}

#[test]
fn only_commands_and_reports_know_results() {
    let parts = parts();
    let knowing: Vec<&str> =
        parts.iter().filter(|(_, others)| others.contains("results")).map(|(own, _)| &own[..]).collect();
    assert_eq!(knowing, ["cli", "report"]);
}

#[test]
fn no_imports_go_in_a_circle() {
    let sources = sources();
    // A folder's mod.rs names its children and passes on what they have; it is in no circle by that.
    let files: Vec<&Source> = sources.iter().filter(|source| !source.is_folder_module()).collect();
    let mut edges: BTreeMap<&[String], BTreeSet<&[String]>> = BTreeMap::new();
    for source in &files {
        let imported = source.imports().into_iter().filter_map(|path| {
            (1..=path.len()).rev().find_map(|length| files.iter().find(|file| file.module == path[..length]))
        });
        edges.insert(
            &source.module,
            imported.map(|file| &file.module[..]).filter(|file| *file != source.module).collect(),
        );
    }
    assert!(edges.values().map(BTreeSet::len).sum::<usize>() > 150, "hardly any imports were read");
    // Files that import nothing that is left go first; what cannot go is in a circle.
    while let Some(free) = edges.iter().find(|(_, imported)| imported.iter().all(|file| !edges.contains_key(file))) {
        let free = *free.0;
        edges.remove(free);
    }
    assert!(edges.is_empty(), "in circles, or behind one: {:?}", edges.keys().collect::<Vec<_>>());
}

#[test]
fn files_and_functions_are_short() {
    for source in sources() {
        let (path, lines) = (source.path.display(), &source.lines);
        assert!(lines.len() <= LONGEST_FILE, "{path}: {} lines", lines.len());
        for (start, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let indent = line.len() - code.len();
            let is_function = code.split_whitespace().take_while(|word| !word.contains('(')).any(|word| word == "fn");
            if !is_function || code.starts_with("//") || code.ends_with('}') || code.ends_with(';') {
                continue;
            }
            let is_end = |line: &String| line.len() == indent + 1 && line.ends_with('}');
            let length = lines[start..].iter().position(is_end).unwrap_or(0) + 1;
            assert!(length <= LONGEST_FUNCTION, "{path}:{}: a function of {length} lines", start + 1);
        }
    }
}
