//! The sweeps of histories: tasks that take between no time and a minute, fail, never end, or end their process.

use std::path::PathBuf;
use std::sync::OnceLock;

/// A sweep, and how it is run.
pub(super) struct Case {
    pub(super) sweep: PathBuf,
    pub(super) options: &'static [&'static str],
    /// Whether tasks end their process.
    pub(super) kills: bool,
}

const NO_OPTIONS: &[&str] = &[];
const TEXTS: [(&str, &[&str]); 10] = [
    ("replicates = 4\n[grid]\nduration = [0, 0.01, 2, 12]\n", NO_OPTIONS),
    ("replicates = 30\n[fixed]\nduration = 5\n", NO_OPTIONS),
    (
        "replicates = 3\n[grid]\nindex = [1, 2, 3]\n[fixed]\nduration = 4\n\
         [precision]\nobservable = \"value\"\nrelative_error = 0.1\nmax_replicates = 12\n",
        NO_OPTIONS,
    ),
    ("replicates = 2\n[grid]\nduration = [0.1, 60]\nindex = [1, 2]\n", NO_OPTIONS),
    (
        "replicates = 5\n[grid]\nindex = [1, 2, 3]\n[fixed]\nduration = 3\noutcome = \"error\"\nfailing = 0.3\n",
        NO_OPTIONS,
    ),
    (
        "replicates = 4\n[grid]\nindex = [1, 2, 3]\n[fixed]\nduration = 2\noutcome = \"endless\"\nfailing = 0.2\n",
        &["--task-time-limit", "40s"],
    ),
    (
        "replicates = 5\n[grid]\nindex = [1, 2]\n[fixed]\nduration = 1\noutcome = \"memory\"\nfailing = 0.2\n",
        NO_OPTIONS,
    ),
    (
        "replicates = 4\n[grid]\nindex = [1, 2, 3]\n[fixed]\nduration = 2\noutcome = \"abort\"\nfailing = 0.2\n",
        NO_OPTIONS,
    ),
    // What threads share of a panic is not simulated, so that these tasks do not wait for each other.
    ("replicates = 30\n[grid]\nindex = [1, 2]\n[fixed]\noutcome = \"panic\"\nfailing = 0.3\n", NO_OPTIONS),
    ("replicates = 100\n", NO_OPTIONS),
];

pub(super) fn cases() -> Vec<Case> {
    static FOLDER: OnceLock<(tempfile::TempDir, Vec<PathBuf>)> = OnceLock::new();
    let (_, sweeps) = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let write = |(number, (text, _)): (usize, &(&str, &[&str]))| {
            let path = folder.path().join(format!("{number}.toml"));
            std::fs::write(&path, format!("[sweep]\nname = \"s{number}\"\nexperiment = \"null\"\n{text}")).unwrap();
            path
        };
        let paths = TEXTS.iter().enumerate().map(write).collect();
        (folder, paths)
    });
    sweeps
        .iter()
        .cloned()
        .zip(TEXTS)
        .map(|(sweep, (text, options))| Case {
            sweep,
            options,
            kills: text.contains("memory") || text.contains("abort"),
        })
        .collect()
}
