//! `microzone table`

use std::path::PathBuf;

use super::open::Opened;
use super::{Exit, Failure};
use crate::report::{self, Format};

/// Print the table of a sweep: mean, standard error, n, theory, and the deviation from it
///
/// Shows what is there now, also while the sweep runs. The deviation is relative to the theory; `in errors` is in units
/// of its standard error. If the size of the model is an axis of at least three values, a second table has the values
/// at infinite size (in CSV they have a file of their own, DIR/tables/NAME_extrapolated.csv).
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  microzone table results/quickstart\n  microzone table results/quickstart --observable \
    silent_fraction\n  microzone table results/quickstart --format csv > capacity.csv"
)]
pub(super) struct Arguments {
    /// The results directory
    pub dir: PathBuf,
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
    /// Which observable [default: the first of the experiment]
    #[arg(long, value_name = "NAME")]
    pub observable: Option<String>,
}

/// # Errors
/// The directory has no sweep or is damaged, or there is no such observable.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&arguments.dir)?;
    opened.tell_of_other_rules();
    let tables = report::tables(&opened.results()?);
    let wanted = |name: &String| tables.iter().find(|table| table.observable.name() == name.as_str());
    let chosen = arguments.observable.as_ref().map_or_else(|| tables.first(), wanted);
    let Some(table) = chosen else {
        let known: Vec<&str> = tables.iter().map(|table| table.observable.name()).collect();
        let name = arguments.observable.as_deref().unwrap_or_default();
        let message = format!("no table of {name:?}; there are: {}", known.join(", "));
        return Err(Failure::new(Exit::Usage, message));
    };
    say!("{}", table.render(arguments.format).trim_end_matches('\n'));
    Ok(Exit::Complete)
}
