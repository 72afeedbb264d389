//! `microzone experiments`

mod data;
mod text;

use super::{Exit, Failure};
use crate::catalogue;
use crate::experiment::{Declaration, Experiment};
use crate::sweep::Problem;

/// Print the catalogue: experiments, their parameters and their observables
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone experiments\n  microzone experiments capacity\n  \
    microzone experiments capacity --format json")]
pub(super) struct Arguments {
    /// One experiment, in full
    pub name: Option<String>,
    /// For people, or everything for programs
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// # Errors
/// There is no experiment of that name.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let chosen = arguments.name.as_deref().map(find).transpose()?;
    let text = match (arguments.format, chosen) {
        (Format::Text, None) => text::list(),
        (Format::Text, Some(declaration)) => text::describe(declaration),
        (Format::Json, None) => {
            let all: Vec<_> = catalogue::visible().map(|known| data::Entry::of(known.declaration())).collect();
            json(&all)?
        }
        (Format::Json, Some(declaration)) => json(&data::Entry::of(declaration))?,
    };
    say!("{}", text.trim_end());
    Ok(Exit::Complete)
}

/// The declaration of an experiment, hidden or not.
///
/// # Errors
/// There is none of that name.
pub(super) fn find(name: &str) -> Result<&'static Declaration, Failure> {
    catalogue::find(name).map(Experiment::declaration).ok_or_else(|| {
        let names: Vec<&str> = catalogue::visible().map(|known| known.declaration().name).collect();
        Failure::new(Exit::Usage, Problem::unknown("", "experiment", name, &names).what)
    })
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|error| Failure::new(Exit::Internal, error.to_string()))
}
