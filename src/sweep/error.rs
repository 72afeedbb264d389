//! What can be wrong with a sweep file: the file, the key, the problem with its value, and the remedy.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::excerpt::{excerpt, position};

/// Mistakes that a message shows.
const SHOWN: usize = 10;

/// No name is longer that somebody meant to write like another one.
const LONGEST_NAME: usize = 200;

/// Why there is no sweep. Its text is one line; [`SweepError::in_full`] is for people who mend the file.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum SweepError {
    #[error("{}: {source}{}", path.display(), hint(source))]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}: not a text file in UTF-8 (byte {offset})", path.display())]
    NotText { path: PathBuf, offset: usize },
    #[error("{}", in_short(path, text, problems))]
    Mistakes { path: PathBuf, text: String, problems: Vec<Problem> },
}

fn hint(source: &std::io::Error) -> &'static str {
    match source.kind() {
        std::io::ErrorKind::IsADirectory => {
            " (a sweep file is expected; for a results directory use `microzone status`)"
        }
        std::io::ErrorKind::NotFound => " (is the path right? `sweeps/quickstart.toml` is an example)",
        _ => "",
    }
}

/// The first mistake.
fn in_short(path: &Path, text: &str, problems: &[Problem]) -> String {
    let more = match problems.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    problems.first().map_or_else(String::new, |first| format!("{}{more}", first.line(path, text)))
}

impl SweepError {
    /// All mistakes of the file, each with its line and a mark below the place.
    pub fn in_full(&self) -> String {
        let Self::Mistakes { path, text, problems } = self else { return self.to_string() };
        let shown: Vec<String> = problems.iter().take(SHOWN).map(|problem| problem.in_full(path, text)).collect();
        let shown = shown.join("\n");
        match problems.len() {
            0 | 1 => shown,
            count if count > SHOWN => {
                format!("{}: {count} mistakes\n{shown}\nand {} more", path.display(), count - SHOWN)
            }
            count => format!("{}: {count} mistakes\n{shown}", path.display()),
        }
    }
}

/// One thing wrong with what a sweep file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The key, with its table: `grid.input_correlation`.
    pub key: String,
    /// What is wrong with its value, and the remedy.
    pub what: String,
    /// Where in the text of the file, in bytes, if it has a place there.
    pub place: Option<Range<usize>>,
}

impl Problem {
    /// A problem with a key.
    pub fn new(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self { key: key.into(), what: what.into(), place: None }
    }

    /// The same, at a place in the text.
    pub(super) fn at(self, place: Option<Range<usize>>) -> Self {
        Self { place, ..self }
    }

    /// An unknown key, with the nearest known one if any is near, else all of them.
    pub fn unknown(key: impl Into<String>, kind: &str, name: &str, known: &[&str]) -> Self {
        // To compare a long name takes its length times that of the other, in time and in memory.
        let nearest = known
            .iter()
            .filter(|_| name.len() <= LONGEST_NAME)
            .map(|candidate| (strsim::normalized_damerau_levenshtein(name, candidate), *candidate))
            .max_by(|left, right| left.0.total_cmp(&right.0));
        let remedy = match nearest {
            Some((similarity, candidate)) if similarity >= 0.5 => format!("did you mean `{candidate}`?"),
            _ => format!("known: {}", known.join(", ")),
        };
        Self::new(key, format!("unknown {kind} `{name}`; {remedy}"))
    }

    /// With the file and the place: `sweep.toml:3:8: sweep.seed: …`.
    fn line(&self, path: &Path, text: &str) -> String {
        let path = path.display();
        match self.place.as_ref().map(|place| position(text, place)) {
            None => format!("{path}: {self}"),
            Some((line, column)) => format!("{path}:{line}:{column}: {self}"),
        }
    }

    fn in_full(&self, path: &Path, text: &str) -> String {
        let line = self.line(path, text);
        self.place.as_ref().map_or_else(|| line.clone(), |place| format!("{line}\n{}", excerpt(text, place)))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}: {}", self.key, self.what)
    }
}
