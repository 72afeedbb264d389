//! `microzone plot`

use std::path::PathBuf;

use toml::{Table, Value as Toml};

use super::locate;
use super::open::{Opened, tell_of_missing_theory};
use super::{Exit, Failure};
use crate::experiment::Literal;
use crate::report::figure::{draw, figure};
use crate::store::{Directory, atomic};
use crate::sweep::Problem;

/// Draw the figure of a sweep as SVG and PNG: points with error bars, theory, and the deviation from it
///
/// The numeric axis with most values is along x. The next axis becomes lines, at most six; with more values the figure
/// is a heat map. The others become panels, at most twelve; an axis that has no place is shown at its first value, and
/// the caption says so. Flags choose something else, and so does the table [figure] of the sweep file, with the same
/// names. Shows what has been computed so far, even while the sweep runs. The files are in DIR/figures, named after the
/// observable.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  microzone plot results/quickstart\n  microzone plot results/quickstart --x bistability \
    --observable silent_fraction\n  microzone plot results/quickstart --rows bistability\n  \
    microzone plot results/quickstart --at bistability=0.5 --observable weight_histogram"
)]
pub(super) struct Arguments {
    /// The results directory, its sweep file, or a file inside it
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The axis along x
    #[arg(long, value_name = "AXIS")]
    pub x: Option<String>,
    /// The axis whose values are lines
    #[arg(long, value_name = "AXIS")]
    pub lines: Option<String>,
    /// The axis whose values are rows of a heat map [default: one with more than six values]
    #[arg(long, value_name = "AXIS", conflicts_with = "lines")]
    pub rows: Option<String>,
    /// Which observable [default: the one in [figure], or the first of the experiment]
    #[arg(long, value_name = "NAME")]
    pub observable: Option<String>,
    /// Show one value of an axis (again for other axes)
    #[arg(long, value_name = "AXIS=VALUE")]
    pub at: Vec<String>,
    /// Give an axis, or the observable, a logarithmic scale [default: where values are chosen by equal ratios]
    #[arg(long, value_name = "AXIS")]
    pub log: Vec<String>,
}

/// # Errors
/// The directory has no sweep or is damaged, a name or a value does not belong to it, or a file cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&locate::directory(&arguments.dir)?)?;
    opened.tell_of_other_rules();
    let blamed = |problem| blamed(problem, arguments);
    let choice = opened.sweep.figure_choice(&flags(arguments)?).map_err(blamed)?;
    let folder = opened.directory.figures();
    let results = opened.results()?;
    tell_of_missing_theory(&results);
    let planned = figure(&results, &choice).map_err(blamed)?;
    let drawing = draw(&planned).map_err(|error| Failure::new(Exit::Internal, error.to_string()))?;
    Directory::create_within(&folder)?;
    for (ending, bytes) in [("svg", drawing.svg.as_bytes()), ("png", &drawing.png)] {
        let path = folder.join(format!("{}.{ending}", planned.name));
        atomic::write_bytes(&path, bytes)?;
        say!("{}", path.display());
    }
    Ok(Exit::Complete)
}

/// A problem with `figure.x`, or with `x` alone, is a problem with the flag of this name, or with the sweep file if the
/// flag was not given.
fn blamed(problem: Problem, arguments: &Arguments) -> Failure {
    let key = problem.key.strip_prefix("figure.").unwrap_or(&problem.key);
    let is_typed = match key.split_once('.').unwrap_or((key, "")) {
        ("x", _) => arguments.x.is_some(),
        ("lines", _) => arguments.lines.is_some(),
        ("rows", _) => arguments.rows.is_some(),
        ("observable", _) => arguments.observable.is_some(),
        ("log", _) => !arguments.log.is_empty(),
        ("at", axis) => arguments.at.iter().any(|text| text.split('=').next().map(str::trim) == Some(axis)),
        _ => true,
    };
    let place = if is_typed { format!("--{}", key.replacen('.', " ", 1)) } else { format!("[figure] {key}") };
    Failure::new(Exit::Usage, format!("{place}: {}", problem.what))
}

/// The flags, as the text of a `[figure]`.
///
/// # Errors
/// Something is not of the form axis=value.
fn flags(arguments: &Arguments) -> Result<String, Failure> {
    let mut table = Table::new();
    let named = [
        ("x", &arguments.x),
        ("lines", &arguments.lines),
        ("rows", &arguments.rows),
        ("observable", &arguments.observable),
    ];
    for (key, name) in named {
        table.extend(name.iter().map(|name| (key.to_string(), Toml::String(name.clone()))));
    }
    if !arguments.log.is_empty() {
        table.insert("log".into(), Toml::Array(arguments.log.iter().cloned().map(Toml::String).collect()));
    }
    let mut at = Table::new();
    for text in &arguments.at {
        let Some((axis, value)) = text.split_once('=') else {
            let what = format!("--at {text}: not of the form axis=value, such as --at diffusion=3300");
            return Err(Failure::new(Exit::Usage, what));
        };
        let value = match Literal::read(value.trim()) {
            Literal::Number(number) => Toml::Float(number),
            Literal::Integer(integer) => Toml::Integer(integer),
            Literal::Text(text) => Toml::String(text),
        };
        if at.insert(axis.trim().to_string(), value).is_some() {
            return Err(Failure::new(Exit::Usage, format!("--at {text}: {} is given twice", axis.trim())));
        }
    }
    if !at.is_empty() {
        table.insert("at".into(), Toml::Table(at));
    }
    Ok(Table::from_iter([("figure".to_string(), Toml::Table(table))]).to_string())
}
