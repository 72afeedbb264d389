//! `microzone verify`

use std::path::PathBuf;

use super::open::Opened;
use super::{Exit, Failure, reduce};
use crate::experiment::{Outcome, evaluate};
use crate::random::RandomStream;
use crate::results::{Results, file};
use crate::store::Directory;
use crate::sweep::Task;

/// Check the store: checksums of journals, shards, results and tables; recompute tasks drawn at random, compare bits
///
/// Also writes the results anew beside the old ones and compares the bytes. Exit code 5 says what is damaged, and
/// where.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  microzone verify results/quickstart\n  microzone verify results/quickstart --recompute 5"
)]
pub(super) struct Arguments {
    /// The results directory
    pub dir: PathBuf,
    /// Recompute so many of the done tasks, drawn at random, and compare every bit
    #[arg(long, value_name = "N", default_value = "0")]
    pub recompute: usize,
}

/// # Errors
/// The directory has no sweep, cannot be read, or is damaged (with the first damage).
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&arguments.dir)?;
    let mut faults: Vec<String> = opened.contents.damage.drain(..).map(|damage| damage.to_string()).collect();
    say!("records     {} good", opened.contents.outcomes.len());
    faults.extend(check_checksums(&opened.directory)?);
    let directory = opened.directory.clone();
    let results = opened.results()?;
    if directory.results_file().is_file() && faults.is_empty() {
        match rebuilt_equals(&directory, &results)? {
            true => say!("results.h5  equal to what the records give"),
            false => say!("results.h5  not what the records give now; `microzone reduce` brings it up to date"),
        }
    }
    drop(results);
    faults.extend(recompute(&opened, arguments.recompute)?);
    match faults.first() {
        None => {
            say!("no damage");
            Ok(Exit::Complete)
        }
        Some(first) => {
            faults.iter().skip(1).for_each(|fault| tell!("microzone: {fault}"));
            Err(Failure::new(Exit::Damaged, first.clone()))
        }
    }
}

/// The files that do not have the checksum noted when they were written.
fn check_checksums(directory: &Directory) -> Result<Vec<String>, Failure> {
    let path = directory.checksums_file();
    let noted = match std::fs::read_to_string(&path) {
        Ok(noted) => noted,
        Err(_) if directory.results_file().is_file() => {
            return Ok(vec![format!("{}: missing or unreadable; `microzone reduce` writes it", path.display())]);
        }
        Err(_) => return Ok(Vec::new()),
    };
    let mut faults = Vec::new();
    for line in noted.lines() {
        let Some((hash, name)) = line.split_once("  ") else {
            faults.push(format!("{}: not a checksum: {line:?}", directory.checksums_file().display()));
            continue;
        };
        let path = directory.root().join(name);
        if !path.is_file() {
            faults.push(format!("{}: missing; `microzone reduce` writes it", path.display()));
        } else if reduce::hash(&path)? != hash {
            faults.push(format!(
                "{}: not the bytes that were written; `microzone reduce` writes it anew",
                path.display()
            ));
        }
    }
    say!("checksums   {} files", noted.lines().count());
    Ok(faults)
}

fn rebuilt_equals(directory: &Directory, results: &Results) -> Result<bool, Failure> {
    let path = std::env::temp_dir().join(format!("microzone-verify-{}.h5", std::process::id()));
    let written = file::write(&path, results);
    let equal = written
        .map_err(Failure::from)
        .and_then(|()| Ok(reduce::hash(&path)? == reduce::hash(&directory.results_file())?));
    // The file is only for the comparison.
    let _ = std::fs::remove_file(&path);
    equal
}

/// The tasks whose records are not what computing them again gives.
fn recompute(opened: &Opened, count: usize) -> Result<Vec<String>, Failure> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let sweep = &opened.sweep;
    let recorded =
        |task: &Task| matches!(opened.contents.outcomes.get(&opened.identities.digest(*task)), Some(Outcome::Done(_)));
    let mut candidates: Vec<Task> = (0..sweep.tasks() as u32).map(Task).filter(recorded).collect();
    // Which tasks are drawn is no result: another draw every time finds more.
    let now = std::time::SystemTime::now();
    let mut draw =
        RandomStream::from_seed(*blake3::hash(format!("{now:?} {}", std::process::id()).as_bytes()).as_bytes());
    let mut faults = Vec::new();
    let mut equal = 0;
    for _ in 0..count.min(candidates.len()) {
        let task = candidates.swap_remove((draw.uniform() * candidates.len() as f64) as usize);
        let parameters = sweep.parameters(sweep.point_of(task));
        let (digest, stream) = opened.identities.digest_and_stream(task);
        let replicate = sweep.replicate_of(task);
        let again = evaluate(sweep.experiment, &parameters, replicate, stream);
        let same = match (opened.contents.outcomes.get(&digest), &again) {
            (Some(Outcome::Done(before)), Outcome::Done(now)) => {
                before.iter().map(|value| value.to_bits()).eq(now.iter().map(|value| value.to_bits()))
            }
            _ => false,
        };
        if same {
            equal += 1;
        } else {
            faults.push(format!("{parameters}, replicate {replicate}: recomputing gives other bits than the record"));
        }
    }
    say!("recomputed  {equal} of {} tasks with equal bits", equal + faults.len());
    Ok(faults)
}
