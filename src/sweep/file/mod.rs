//! The sweep file: TOML in, a validated [`Sweep`] out. No bad value gets past here.

mod document;
mod figure;
mod fixed;
mod grid;
mod header;
mod names;
mod precision;
mod problems;
mod range;
#[cfg(test)]
mod tests;
mod theory;

use std::path::Path;

use document::Section;
use problems::{Problems, Reported};
use rayon::prelude::*;
use toml::de::DeTable;

use super::{Axis, FigureChoice, MAXIMUM_TASKS, Problem, Sweep, SweepError};
use crate::experiment::Parameters;
use crate::machine::files;
use crate::wording::counted;

/// Syntax errors that are shown: those after the first may follow from it.
const SYNTAX_ERRORS: usize = 3;

impl Sweep {
    /// Reads and validates a sweep file.
    ///
    /// # Errors
    /// The file, and each mistake in it: line, column, key, what is wrong with its value, and the remedy.
    pub fn read(path: &Path) -> Result<Self, SweepError> {
        Self::parse(path, Self::text_of(path)?)
    }

    /// The text of a sweep file.
    ///
    /// # Errors
    /// It cannot be read, or is not text.
    pub fn text_of(path: &Path) -> Result<String, SweepError> {
        let bytes = files::read(path).map_err(|source| SweepError::Unreadable { path: path.to_path_buf(), source })?;
        String::from_utf8(bytes)
            .map_err(|error| SweepError::NotText { path: path.to_path_buf(), offset: error.utf8_error().valid_up_to() })
    }

    /// Validates the text of a sweep file; `path` is for messages only.
    ///
    /// # Errors
    /// As [`Sweep::read`].
    pub fn parse(path: &Path, text: String) -> Result<Self, SweepError> {
        match understand(&text) {
            Ok(sweep) => Ok(Sweep { text, ..sweep }),
            Err(problems) => Err(SweepError::Mistakes { path: path.to_path_buf(), text, problems }),
        }
    }
}

impl Sweep {
    /// What `[figure]` says, with what `flags`, the text of another `[figure]`, says in its place.
    ///
    /// # Errors
    /// The first name or value that the sweep does not have, with those that it has.
    pub(crate) fn figure_choice(&self, flags: &str) -> Result<FigureChoice, Problem> {
        let (table, errors) = DeTable::parse_recoverable(flags);
        if let Some(error) = errors.first() {
            return Err(Problem::new("not TOML", error.message()));
        }
        let mut problems = Problems::default();
        let chosen = figure::read(&Section::file(table.get_ref()), self.declaration(), &self.axes, &mut problems);
        match problems.into_sorted().into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(chosen.over(&self.figure, self.declaration(), &self.axes)),
        }
    }
}

fn understand(text: &str) -> Result<Sweep, Vec<Problem>> {
    let (table, mut errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        errors.sort_by_key(|error| error.span().map(|place| place.start));
        let problem = |error: &toml::de::Error| Problem::new("not TOML", error.message()).at(error.span());
        return Err(errors.iter().take(SYNTAX_ERRORS).map(problem).collect());
    }
    let mut problems = Problems::default();
    match from_file(&Section::file(table.get_ref()), &mut problems) {
        Ok(sweep) if problems.none().is_ok() => Ok(sweep),
        Ok(_) | Err(Reported { .. }) => Err(problems.into_sorted()),
    }
}

fn from_file(file: &Section, problems: &mut Problems) -> Result<Sweep, Reported> {
    let header = header::read(file, problems);
    let declaration = header.as_ref().ok().map(|header| header.experiment.declaration());
    names::check_tables(file, declaration, problems);
    let header = header?;
    let declaration = header.experiment.declaration();
    let before = problems.count();
    let grid = grid::read(file, declaration, problems);
    let is_grid_sound = problems.count() == before;
    let (base, fixed) = fixed::read(file, declaration, &grid, problems);
    let precision = precision::read(file, declaration, header.replicates, problems);
    let theory_error = theory::read(file, declaration, problems);
    // A mistake in an axis would count twice.
    let figure = if is_grid_sound { figure::read(file, declaration, &grid.axes, problems) } else { Default::default() };
    problems.none()?;
    let sweep = Sweep {
        name: header.name?,
        title: header.title,
        figure,
        experiment: header.experiment,
        seed: header.seed,
        replicates: header.replicates,
        precision: precision?,
        theory_error: theory_error?,
        streams: header.streams,
        axes: grid.axes,
        base,
        fixed,
        text: String::new(),
    };
    problems.keep(check_size(&sweep, file))?;
    let refusal = (0..sweep.points()).into_par_iter().find_map_first(|point| {
        let parameters = sweep.parameters(point);
        sweep.experiment.check(&parameters).err().map(|why| Problem::new("sweep", format!("{why}{}", at(&parameters))))
    });
    refusal.map_or(Ok(sweep), |refusal| Err(problems.add(refusal)))
}

/// The values that are not the catalogue's.
fn at(parameters: &Parameters) -> String {
    let changed = parameters.changed().map(|(parameter, value)| format!("{} = {value}", parameter.name()));
    let changed = changed.collect::<Vec<_>>().join(", ");
    if changed.is_empty() { String::new() } else { format!(" (at {changed})") }
}

fn check_size(sweep: &Sweep, file: &Section) -> Result<(), Problem> {
    let points = sweep.axes.iter().try_fold(1u64, |product, axis| product.checked_mul(axis.len() as u64));
    match points.and_then(|points| points.checked_mul(sweep.most_replicates().into())) {
        Some(tasks) if tasks <= MAXIMUM_TASKS => Ok(()),
        total => {
            let lengths: Vec<String> = sweep.axes.iter().map(Axis::len).map(|length| length.to_string()).collect();
            let product = format!("{} points x {}", lengths.join(" x "), counted(sweep.most_replicates(), "replicate"));
            let size = total.map_or("too many tasks to count".to_string(), |tasks| format!("{tasks} tasks"));
            let what = format!("{product} are {size}; a sweep has at most {MAXIMUM_TASKS}");
            let grid = file.section("grid").ok().flatten();
            Err(grid.map_or_else(|| Problem::new("grid", &what), |grid| grid.problem(&what)))
        }
    }
}
