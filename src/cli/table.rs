//! `microzone table`

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::locate;
use super::open::{Opened, tell_of_missing_theory};
#[cfg(feature = "parquet")]
use super::output;
use super::{Exit, Failure};
#[cfg(feature = "parquet")]
use crate::report::table::Table;
use crate::report::{self, Format};
use crate::sweep::Problem;

/// Print the table of an observable: mean with standard error, n, theory, and the deviation from it
///
/// Shows what has been computed so far, even while the sweep runs. `0.997(12)` is 0.997 ± 0.012. The deviation is
/// relative to the theory; `in errors` is in units of its standard error. A star marks means over a selection: some
/// replicates failed, diverged, exceeded a limit or have no value. CSV and JSON have all columns at full precision. If
/// the size of the model is an axis of at least three values, a second table has the values at infinite size (in CSV
/// they are in a separate file, DIR/tables/NAME_extrapolated.csv). An array such as `learning_curve` has one row per
/// point and coordinate; `reduce` writes its CSV file if it has at most 50 000 rows.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  microzone table results/quickstart\n  microzone table results/quickstart --observable \
    silent_fraction\n  microzone table results/quickstart --format csv > capacity.csv\n  microzone table \
    results/quickstart --observable weight_histogram --format latex > histogram.tex"
)]
pub(super) struct Arguments {
    /// The results directory, its sweep file, or a file inside it
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    #[arg(long, value_enum, default_value = "text")]
    pub format: Wanted,
    /// Which observable [default: the first of the experiment]
    #[arg(long, value_name = "NAME")]
    pub observable: Option<String>,
}

/// A format that is a text, or the one that is not.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Written(Format),
    #[cfg(feature = "parquet")]
    Parquet,
}

impl ValueEnum for Wanted {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Written(Format::Text),
            Self::Written(Format::Csv),
            Self::Written(Format::Markdown),
            Self::Written(Format::Latex),
            Self::Written(Format::Json),
            #[cfg(feature = "parquet")]
            Self::Parquet,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Written(format) => format.to_possible_value(),
            #[cfg(feature = "parquet")]
            Self::Parquet => {
                Some(PossibleValue::new("parquet").help("The columns of CSV with their types, for a file"))
            }
        }
    }
}

/// # Errors
/// The directory has no sweep or is damaged, or there is no such observable.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&locate::directory(&arguments.dir)?)?;
    opened.tell_of_other_rules();
    let results = opened.results()?;
    let known: Vec<&str> = results.series.iter().map(|series| series.observable.name()).collect();
    let name = arguments.observable.as_deref().or(known.first().copied()).unwrap_or_default();
    let Some(table) = report::table(&results, name) else {
        return Err(Failure::new(Exit::Usage, unknown(name, &known)));
    };
    if table.has_theory {
        tell_of_missing_theory(&results);
    }
    match arguments.format {
        Wanted::Written(format) => say!("{}", table.render(format).trim_end_matches('\n')),
        #[cfg(feature = "parquet")]
        Wanted::Parquet => print_parquet(&table)?,
    }
    Ok(Exit::Complete)
}

/// # Errors
/// Standard output is a terminal.
#[cfg(feature = "parquet")]
fn print_parquet(table: &Table) -> Result<(), Failure> {
    use std::io::{IsTerminal, Write, stdout};

    if stdout().is_terminal() {
        let what = "--format parquet: a terminal cannot show it; send it to a file with `> table.parquet`";
        return Err(Failure::new(Exit::Usage, what));
    }
    let bytes = table.parquet().map_err(|why| Failure::new(Exit::Internal, format!("--format parquet: {why}")))?;
    output::attempt(|| stdout().write_all(&bytes));
    Ok(())
}

/// Reports that there is no such observable, which one may have been meant, and which ones exist.
pub(super) fn unknown(name: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    let problem = Problem::unknown("--observable", "observable", name, known).to_string();
    if problem.ends_with(&all) { problem } else { format!("{problem} (known: {all})") }
}
