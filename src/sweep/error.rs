//! What can be wrong with a sweep file: the file, the key, the problem with its value, and the remedy.

use std::fmt;
use std::path::PathBuf;

/// Why there is no sweep.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum SweepError {
    #[error("{}: {source}{}", path.display(), hint(source))]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}: not a text file in UTF-8 (byte {offset})", path.display())]
    NotText { path: PathBuf, offset: usize },
    #[error("{}: not TOML: {message}", path.display())]
    Syntax { path: PathBuf, message: String },
    #[error("{}: {problem}", path.display())]
    Meaning { path: PathBuf, problem: Problem },
}

fn hint(source: &std::io::Error) -> &'static str {
    match source.kind() {
        std::io::ErrorKind::IsADirectory => " (a sweep file is wanted; for a results directory use `microzone status`)",
        std::io::ErrorKind::NotFound => " (is the path right? `sweeps/quickstart.toml` is an example)",
        _ => "",
    }
}

/// One thing wrong with what a sweep file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The key, with its table: `grid.input_correlation`.
    pub key: String,
    /// What is wrong with its value, and the remedy.
    pub what: String,
}

impl Problem {
    /// A problem with a key.
    pub fn new(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self { key: key.into(), what: what.into() }
    }

    /// An unknown key, with the nearest known one if any is near, else all of them.
    pub fn unknown(key: impl Into<String>, kind: &str, name: &str, known: &[&str]) -> Self {
        let nearest = known
            .iter()
            .map(|candidate| (strsim::normalized_damerau_levenshtein(name, candidate), *candidate))
            .max_by(|left, right| left.0.total_cmp(&right.0));
        let remedy = match nearest {
            Some((similarity, candidate)) if similarity >= 0.5 => format!("did you mean `{candidate}`?"),
            _ => format!("known: {}", known.join(", ")),
        };
        Self::new(key, format!("unknown {kind} `{name}`; {remedy}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}: {}", self.key, self.what)
    }
}
