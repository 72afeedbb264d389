//! `microzone diff`

use std::path::PathBuf;

use super::locate;
use super::open::Opened;
use super::table::unknown;
use super::{Exit, Failure};
use crate::experiment::{Declaration, Observable};
use crate::report::difference::{Differences, Format, Question};
use crate::results::difference::{Matching, common_observables};
use crate::sweep::Problem;

/// Compare two results directories point by point: two seeds, two versions, two machines
///
/// Points match if all parameters of the experiment agree. If the same replicates have the same random numbers (the
/// same seed and parameters, or paired streams with the same seed), their differences are averaged; otherwise the means
/// are compared, with the errors of both (Welch). Without `--observable`, all observables are compared, and the first
/// one is printed point by point. Exit codes: 0 if both have the same points, replicates and bits; 3 if anything
/// differs; 2 if there is nothing to compare.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone diff results/here results/there\n  microzone diff results/seed-1 \
    results/seed-2 --observable silent_fraction\n  microzone diff results/small results/large --ignore inputs --format \
    csv > differences.csv")]
pub(super) struct Arguments {
    /// A results directory, its sweep file, or a file inside it: A in the output
    pub dir_a: PathBuf,
    /// The one that is compared with it, B in the output
    pub dir_b: PathBuf,
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
    /// Compare this observable only [default: all]
    #[arg(long, value_name = "NAME")]
    pub observable: Option<String>,
    /// A parameter that may differ between matching points; may be repeated
    #[arg(long, value_name = "PARAMETER")]
    pub ignore: Vec<String>,
}

/// # Errors
/// A directory has no sweep or is damaged, nothing can be compared, or there is no such observable or parameter.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let open = |path| Opened::read(&locate::directory(path)?);
    let [mut a, mut b] = [open(&arguments.dir_a)?, open(&arguments.dir_b)?];
    [&a, &b].into_iter().for_each(Opened::tell_of_other_rules);
    // Other rules may have given the same streams to other numbers.
    let same_program = a.other_rules.is_none() && b.other_rules.is_none();
    let ignored: Vec<&str> = arguments.ignore.iter().map(String::as_str).collect();
    check_ignored(a.sweep.declaration(), &ignored)?;
    let matching = Matching::new([&a.sweep, &b.sweep], [&a.identities, &b.identities], &ignored, same_program)
        .map_err(|why| {
            let [a, b] = [&arguments.dir_a, &arguments.dir_b].map(|dir| dir.display());
            Failure::new(Exit::Usage, format!("{a} and {b}: {why}"))
        })?;
    let sides = [&a.results()?, &b.results()?];
    let observable = arguments.observable.as_deref().map(|name| chosen(name, &common_observables(sides)));
    let question = Question { sides, matching: &matching, ignored: &ignored, observable: observable.transpose()? };
    let differences = Differences::new(&question).map_err(|why| Failure::new(Exit::Usage, why))?;
    say!("{}", differences.render(arguments.format).trim_end_matches('\n'));
    Ok(if differences.are_none() { Exit::Complete } else { Exit::FailedTasks })
}

fn chosen(name: &str, common: &[&'static Observable]) -> Result<&'static Observable, Failure> {
    let known: Vec<&str> = common.iter().map(|observable| observable.name()).collect();
    let found = common.iter().find(|observable| observable.name() == name);
    found.copied().ok_or_else(|| Failure::new(Exit::Usage, unknown(name, &known)))
}

fn check_ignored(declaration: &Declaration, ignored: &[&str]) -> Result<(), Failure> {
    let known: Vec<&str> = declaration.parameters.iter().map(|parameter| parameter.name()).collect();
    match ignored.iter().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let problem = Problem::unknown("--ignore", &format!("parameter of `{}`", declaration.name), name, &known);
            Err(Failure::new(Exit::Usage, problem.to_string()))
        }
    }
}
