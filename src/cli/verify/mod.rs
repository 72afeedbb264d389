//! `microzone verify`

mod recompute;
mod standing;

use std::path::{Path, PathBuf};
use std::time::Duration;

use standing::Standing;

use super::open::Opened;
use super::{Exit, Failure, locate, publication};
use crate::machine::{files, program};
use crate::results::{Results, Summary};
use crate::store::checksums::Checksums;
use crate::store::directory::{FORMAT_FILE, RESULTS_FILE, SWEEP_FILE};
use crate::store::{Contents, Directory, StoreError, lease};
use crate::wording::counted;

/// Check the store: checksums of journals, shards, results and tables; recompute a random selection, compare bits
///
/// Also writes the results again elsewhere and compares the bytes. With exit code 5 it lists what is damaged, and
/// where. Results that are merely older than the records of a living or killed run are not damage.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  microzone verify results/quickstart\n  microzone verify results/quickstart --recompute 5"
)]
pub(super) struct Arguments {
    /// The results directory, its sweep file, or a file inside it
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Recompute this many of the done tasks and theory cells, drawn at random, and compare every bit
    #[arg(long, value_name = "N", default_value = "0")]
    pub recompute: usize,
}

/// A run or a `reduce` may be replacing what is looked at: then it is looked at again.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(200);

/// # Errors
/// The directory has no sweep, cannot be read, or is damaged (with the first damage).
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let root = locate::directory(&arguments.dir)?;
    let directory = Directory::new(&root);
    let noted = || files::read(&directory.checksums_file()).ok();
    let mut look = 1;
    let (opened, mut found) = loop {
        let before = noted();
        let (opened, found) = look_at(&root)?;
        let is_moving = || noted() != before || lease::is_reduce_held(directory.root()).unwrap_or(false);
        if found.faults.is_empty() || look == LOOKS || !is_moving() {
            break (opened, found);
        }
        look += 1;
        std::thread::sleep(PAUSE);
    };
    found.sayings.iter().for_each(|saying| say!("{saying}"));
    if opened.other_rules.is_none() {
        found.faults.extend(recompute::recompute(&opened, arguments.recompute)?);
    } else if arguments.recompute > 0 {
        let what = "the records follow different rules, so nothing can be recomputed; use the version that wrote them";
        return Err(Failure::new(Exit::OtherSweep, what));
    }
    verdict(&found.faults)
}

/// What was found in a directory.
#[derive(Default)]
struct Found {
    sayings: Vec<String>,
    faults: Vec<String>,
}

fn look_at(root: &Path) -> Result<(Opened, Found), Failure> {
    let mut opened = Opened::read(root)?;
    let mut found = Found::default();
    let directory = opened.directory.clone();
    match &opened.other_rules {
        Some(why) => {
            found.sayings.push(format!("rules       {why}; the records are not compared with results.h5"));
            // Their checksums hold whatever they mean.
            check_records(root, &mut Contents::read(&directory)?, &mut found)?;
        }
        None => {
            let good = check_records(root, &mut opened.contents, &mut found)?;
            let cells = opened.contents.cells.len();
            let theory = if cells > 0 { format!(", and {}", counted(cells, "theory cell")) } else { String::new() };
            found.sayings.push(format!("records     {good} good{theory}"));
        }
    }
    if opened.other_rules.is_some() || !found.faults.is_empty() {
        check_checksums(&directory, &expected(&directory, None), &mut found)?;
        return Ok((opened, found));
    }
    let results = opened.results()?;
    check_checksums(&directory, &expected(&directory, Some(&results)), &mut found)?;
    if found.faults.is_empty() && directory.results_file().is_file() {
        let standing = Standing::of(&directory, &results)?;
        found.sayings.push(format!("results.h5  {standing}"));
        found.faults.extend(standing.fault(&directory));
    }
    drop(results);
    Ok((opened, found))
}

/// Looks at every record, and says how many are good.
fn check_records(root: &Path, contents: &mut Contents, found: &mut Found) -> Result<usize, Failure> {
    let mut is_good = vec![false; contents.records.len()];
    let of_values = contents.visit(&mut |number, _| is_good[number as usize] = true)?;
    for damage in contents.damage.drain(..).chain(of_values) {
        // A file may be damaged in both looks.
        let fault = Failure::from(damage).message;
        if !found.faults.contains(&fault) {
            found.faults.push(fault);
        }
    }
    let contradictions = contents.records.contradictions();
    if contradictions > 0 {
        found.faults.push(format!(
            "{}: {} more than one result, and the values differ: processors have computed them differently, or a \
             file was changed; compute the sweep again in a new directory, on one kind of processor",
            root.display(),
            match contradictions {
                1 => "a task has".into(),
                _ => format!("{contradictions} tasks have"),
            }
        ));
    }
    Ok(is_good.iter().filter(|good| **good).count() + contents.records.failures().count())
}

fn verdict(faults: &[String]) -> Result<Exit, Failure> {
    match faults.split_first() {
        None => {
            say!("no damage");
            Ok(Exit::Complete)
        }
        Some((first, others)) => {
            others.iter().for_each(|fault| tell!("microzone: {fault}"));
            Err(Failure::new(Exit::Damaged, first.clone()))
        }
    }
}

/// The files that must have a checksum.
fn expected(directory: &Directory, results: Option<&Results>) -> Vec<String> {
    let mut names = Vec::new();
    if directory.format_file().is_file() {
        names.extend([FORMAT_FILE.to_string(), SWEEP_FILE.to_string()]);
    }
    if directory.results_file().is_file() {
        names.push(RESULTS_FILE.to_string());
        // Another version has written other tables; those that it noted are looked at anyway.
        let of_own_version = |summary: Summary| summary.program == program::version();
        if let Some(results) = results.filter(|_| publication::summary(directory).is_some_and(of_own_version)) {
            names.extend(publication::table_names(results));
        }
    }
    names
}

/// What is wrong with the files that have checksums, or must have one.
fn check_checksums(directory: &Directory, expected: &[String], found: &mut Found) -> Result<(), Failure> {
    const REMEDY: &str = "`microzone reduce` writes it again";
    let path = directory.checksums_file();
    match Checksums::read(directory) {
        Ok(None) if expected.is_empty() => {}
        Ok(None) => found.faults.push(format!("{}: missing; {REMEDY}", path.display())),
        Err(damage @ StoreError::Damaged { .. }) => found.faults.push(format!("{damage}; {REMEDY}")),
        Err(error) => return Err(error.into()),
        Ok(Some(checksums)) => {
            found.sayings.push(format!("checksums   {}", counted(checksums.names().count(), "file")));
            for (path, what) in checksums.faults(directory, expected)? {
                found.faults.push(format!("{}: {what}; {REMEDY}", path.display()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Outcome;
    use crate::store::{Record, journal::Journal};

    /// What is found where two runs have computed the same task, with these values.
    fn faults(values: [f64; 2]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(folder.path());
        std::fs::create_dir_all(directory.journal(1, 0).parent().unwrap()).unwrap();
        for (run, value) in (1..).zip(values) {
            let journal = Journal::create(&directory.journal(run, 0), "{}").unwrap();
            journal.append(&Record { digest: [1; 32], outcome: Outcome::Done(vec![value]) }).unwrap();
            journal.finish().unwrap();
        }
        let mut found = Found::default();
        let good = check_records(folder.path(), &mut Contents::read(&directory).unwrap(), &mut found).unwrap();
        assert_eq!(good, 1);
        found.faults
    }

    #[test]
    fn a_task_with_two_values_is_reported() {
        assert_eq!(faults([1.0, 1.0]), [""; 0]);
        let [fault] = &faults([1.0, 1.0 + f64::EPSILON])[..] else { panic!("one fault") };
        assert!(fault.contains("a task has more than one result") && fault.contains("in a new directory"), "{fault}");
    }
}
