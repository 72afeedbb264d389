//! `[sweep]`: the name, the experiment, the seed and the replicates.

use super::super::{Problem, Streams};
use super::document::Section;
use super::names;
use super::problems::{Problems, Reported};
use crate::catalogue;
use crate::experiment::Experiment;
use crate::wording::counted;

pub(super) const MAXIMUM_REPLICATES: i64 = 1_000_000;
/// What points begin with if a precision is asked for and nothing is said: fewer hardly show their own spread.
const FIRST_REPLICATES: i64 = 10;
/// Bytes of a name: with what is added to it, a file system takes 255.
const LONGEST_NAME: usize = 120;
/// Letters of a title.
const LONGEST_TITLE: usize = 200;

pub(super) struct Header {
    pub(super) name: Result<String, Reported>,
    pub(super) title: Option<String>,
    pub(super) experiment: &'static dyn Experiment,
    pub(super) seed: u64,
    pub(super) replicates: u32,
    pub(super) streams: Streams,
}

/// Everything else in the file depends on the experiment.
pub(super) fn read(file: &Section, problems: &mut Problems) -> Result<Header, Reported> {
    let header = file.section("sweep");
    let header = header.and_then(|header| header.ok_or_else(|| Problem::new("sweep", "the table [sweep] is missing")));
    let header = problems.keep(header)?;
    let experiment = problems.keep(read_experiment(&header));
    names::check_header(&header, experiment.ok().map(Experiment::declaration), problems);
    let default = if file.entry("precision").is_some() { FIRST_REPLICATES } else { 1 };
    let name = problems.keep(read_name(&header));
    let title = problems.keep(read_title(&header));
    let seed = problems.keep(read_seed(&header));
    let replicates = problems.keep(read_replicates(&header));
    let streams = problems.keep(read_streams(&header));
    // What could not be read has been reported, so that what stands in its place is never used.
    Ok(Header {
        name,
        title: title.unwrap_or_default(),
        experiment: experiment?,
        seed: seed.unwrap_or_default() as u64,
        replicates: replicates.ok().flatten().unwrap_or(default) as u32,
        streams: streams.unwrap_or(Streams::Independent),
    })
}

fn read_name(header: &Section) -> Result<String, Problem> {
    let Some(entry) = header.entry("name") else {
        return Err(header.missing("name", "give the sweep a name"));
    };
    let name = entry.text()?;
    let plain = |letter: char| letter.is_alphanumeric() || "-_.+ ".contains(letter);
    let begins = |name: &str| !name.is_empty() && !name.starts_with(['.', ' ']);
    if name.len() > LONGEST_NAME {
        let what = format!("has {} bytes; a name has at most {LONGEST_NAME}, because it names a directory", name.len());
        return Err(entry.problem(what));
    }
    if !begins(name) || !name.chars().all(plain) {
        let rule = "use letters, digits, spaces, `-`, `_`, `.` and `+`, with neither a space nor `.` at the beginning";
        return Err(entry.problem(format!("{name:?} cannot name a directory; {rule}")));
    }
    Ok(name.to_string())
}

fn read_title(header: &Section) -> Result<Option<String>, Problem> {
    let Some(entry) = header.entry("title") else { return Ok(None) };
    let title = entry.text()?;
    let letters = title.chars().count();
    if title.chars().any(char::is_control) {
        let what = "contains a line break, a tab or another control character; write one line of letters and spaces";
        return Err(entry.problem(what));
    }
    if title.trim().is_empty() || letters > LONGEST_TITLE {
        let what = format!("no title ({}); write one line of 1 to {LONGEST_TITLE} letters", counted(letters, "letter"));
        return Err(entry.problem(what));
    }
    Ok(Some(title.to_string()))
}

fn read_experiment(header: &Section) -> Result<&'static dyn Experiment, Problem> {
    let Some(entry) = header.entry("experiment") else {
        return Err(header.missing("experiment", "`microzone experiments` lists the experiments"));
    };
    let name = entry.text()?;
    let visible: Vec<&str> = catalogue::visible().map(|known| known.declaration().name).collect();
    catalogue::find(name).ok_or_else(|| entry.unknown_value("experiment", name, &visible))
}

fn read_seed(header: &Section) -> Result<i64, Problem> {
    let Some(entry) = header.entry("seed") else { return Ok(0) };
    if entry.elements(false).is_some() {
        let what =
            "a list where one whole number is expected; for repetitions with other random numbers use `replicates`";
        return Err(entry.problem(what));
    }
    entry.whole(0, i64::MAX)
}

fn read_replicates(header: &Section) -> Result<Option<i64>, Problem> {
    let Some(entry) = header.entry("replicates") else { return Ok(None) };
    match entry.elements(false) {
        None => entry.whole(1, MAXIMUM_REPLICATES).map(Some),
        Some(elements) => {
            let count = elements.count().max(1);
            let what = format!("a list where one whole number is expected: how many per point, such as {count}");
            Err(entry.problem(what))
        }
    }
}

fn read_streams(header: &Section) -> Result<Streams, Problem> {
    let Some(entry) = header.entry("streams") else { return Ok(Streams::Independent) };
    match entry.text()? {
        "independent" => Ok(Streams::Independent),
        "paired" => Ok(Streams::Paired),
        other => Err(entry.unknown_value("kind of stream", other, &["independent", "paired"])),
    }
}
