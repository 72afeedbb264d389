//! `microzone reduce`: joins store and report.

use std::path::{Path, PathBuf};

use super::open::Opened;
use super::{Exit, Failure};
use crate::report::{self, Format};
use crate::results::Status;
use crate::results::{Results, file};
use crate::store::{Directory, StoreError, atomic};

/// Merge what is there into results.h5 and tables/*.csv
///
/// `run` does this at its end; do it by hand to look at a sweep that is still running or was killed.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  microzone reduce results/quickstart")]
pub(super) struct Arguments {
    /// The results directory
    pub dir: PathBuf,
}

/// # Errors
/// The directory has no sweep, is damaged, or cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&arguments.dir)?;
    let directory = opened.directory.clone();
    let results = opened.results()?;
    write(&directory, &results)?;
    let (done, tasks) = (results.count(Status::Done), results.tasks());
    say!("{done} of {tasks} tasks: {}", directory.results_file().display());
    Ok(Exit::Complete)
}

/// Writes the results file, the tables and their checksums.
///
/// # Errors
/// A file cannot be written.
pub(super) fn write(directory: &Directory, results: &Results) -> Result<(), Failure> {
    directory.create()?;
    let mut written = vec![directory.results_file()];
    file::write(&written[0], results)?;
    for table in report::tables(results) {
        let path = |suffix: &str| directory.tables().join(format!("{}{suffix}.csv", table.observable.name()));
        let points = Some((path(""), table.render(Format::Csv)));
        let extrapolated = table.extrapolated_csv().map(|text| (path("_extrapolated"), text));
        for (path, text) in points.into_iter().chain(extrapolated) {
            atomic::write_bytes(&path, text.as_bytes())?;
            written.push(path);
        }
    }
    let mut checksums = String::new();
    for path in written {
        let name = path.strip_prefix(directory.root()).unwrap_or(&path).display().to_string();
        checksums.push_str(&format!("{}  {name}\n", hash(&path)?));
    }
    Ok(atomic::write_bytes(&directory.checksums_file(), checksums.as_bytes())?)
}

/// BLAKE3 of a file, in hexadecimal digits.
///
/// # Errors
/// The file cannot be read.
pub(super) fn hash(path: &Path) -> Result<String, StoreError> {
    let mut hasher = blake3::Hasher::new();
    std::fs::File::open(path).and_then(|file| hasher.update_reader(file).map(|_| ())).map_err(StoreError::io(path))?;
    Ok(hasher.finalize().to_hex().to_string())
}
