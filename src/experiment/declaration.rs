//! What an experiment is, as data.

use super::{Kept, Observable, Parameter, Value};

/// The entry of an experiment in the catalogue. Sweep files, tables, `results.h5`, figures and documents come from it.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The name in sweep files.
    pub name: &'static str,
    /// Raised whenever the same parameters and stream give other numbers: it is part of a task's identity.
    pub version: u32,
    /// One sentence, with the source.
    pub summary: &'static str,
    /// What to cite, each in full: authors (year), title, journal, volume and pages.
    pub sources: &'static [&'static str],
    /// Left out of the printed catalogue (instruments for tests and benchmarks).
    pub hidden: bool,
    /// What can be chosen.
    pub parameters: &'static [Parameter],
    /// What a task reports, in the order of its record. The first one is what `table` shows.
    pub observables: &'static [Observable],
    /// What is known of some of the observables without a simulation.
    pub theory: Option<TheoryDeclaration>,
    /// The parameter that is the size of the model, if it has one: tables extrapolate an axis of it to infinity.
    pub size: Option<&'static str>,
    /// The scalar observable that is 1 for a run that diverged and 0 for any other, if runs can diverge.
    ///
    /// A run that diverged is a result like any other, except that its other observables may be NaN: they have no
    /// value.
    pub divergence_flag: Option<&'static str>,
    /// Values (others are the defaults) of a task that takes at most 0.1 s (`reaching`: 0.5 s), which the tests run.
    pub example: &'static [(&'static str, Value)],
}

/// The entry of a theory in the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct TheoryDeclaration {
    /// Raised whenever the same parameters give other numbers.
    pub version: u32,
    /// One clause on what it is the theory of.
    pub summary: &'static str,
    /// Some sentences on how it comes about, for `microzone theory EXPERIMENT --help`.
    pub details: &'static str,
    /// Flags of `microzone theory EXPERIMENT` that show something.
    pub examples: &'static [&'static str],
    /// The names of the parameters that it knows; points that agree in them share one theory.
    pub parameters: &'static [&'static str],
    /// Closed forms that are not observables: `microzone theory` prints them.
    pub closed_forms: &'static [Observable],
    /// How precise its estimates can be; `None` if all values are exact.
    pub relative_error: Option<RelativeError>,
    /// A parameter whose best value the theory can find, if it can.
    pub optimum: Option<OptimumDeclaration>,
}

/// The relative standard errors that can be asked of a theory.
#[derive(Clone, Copy, Debug)]
pub struct RelativeError {
    /// Unless another is requested.
    pub default: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
}

impl RelativeError {
    /// The number as it was written.
    ///
    /// # Errors
    /// It is not a number, or out of range.
    pub fn accept(&self, text: &str) -> Result<f64, String> {
        let Self { least, greatest, .. } = self;
        let number = text.parse().ok().filter(|number| (*least..=*greatest).contains(number));
        number.ok_or_else(|| format!("{text} is not a number between {least:e} and {greatest}"))
    }
}

/// A search for the value of a parameter at which the first observable is largest.
#[derive(Clone, Copy, Debug)]
pub struct OptimumDeclaration {
    /// The parameter that is free.
    pub parameter: &'static str,
    /// What is found, for `microzone theory EXPERIMENT --help`.
    pub sentence: &'static str,
    /// What the gain is a gain in, and over what.
    pub gain: &'static str,
}

impl TheoryDeclaration {
    /// A theory with exact values and a version; the rest is set by struct update.
    pub const fn new(version: u32) -> Self {
        Self {
            version,
            summary: "",
            details: "",
            examples: &[],
            parameters: &[],
            closed_forms: &[],
            relative_error: None,
            optimum: None,
        }
    }

    /// The relative standard error unless another is requested; 0 if all values are exact.
    pub(crate) fn default_error(&self) -> f64 {
        self.relative_error.map_or(0.0, |error| error.default)
    }
}

impl Declaration {
    /// An experiment with a name, a version and a summary; the rest is set by struct update.
    pub const fn new(name: &'static str, version: u32, summary: &'static str) -> Self {
        Self {
            name,
            version,
            summary,
            sources: &[],
            hidden: false,
            parameters: &[],
            observables: &[],
            theory: None,
            size: None,
            divergence_flag: None,
            example: &[],
        }
    }

    /// The declaration of a parameter, with its position.
    pub fn parameter(&self, name: &str) -> Option<(usize, &'static Parameter)> {
        self.parameters.iter().enumerate().find(|(_, parameter)| parameter.name() == name)
    }

    /// The declaration of an observable.
    pub fn observable(&self, name: &str) -> Option<&'static Observable> {
        self.observables.iter().find(|observable| observable.name() == name)
    }

    /// The observables that have a theory, and the closed forms that are not observables.
    pub(crate) fn with_closed_form(&self) -> impl Iterator<Item = &'static Observable> {
        let closed_forms = self.theory.map_or(&[][..], |theory| theory.closed_forms);
        self.observables.iter().filter(|observable| observable.has_theory).chain(closed_forms)
    }

    /// The number of values of a theory cell: a value and a standard error for each element that has a theory.
    pub(crate) fn theory_width(&self) -> usize {
        self.observables.iter().filter(|observable| observable.has_theory).map(|observable| 2 * observable.size()).sum()
    }

    /// The number of values of a task.
    pub fn width(&self) -> usize {
        self.observables.iter().map(Observable::size).sum()
    }

    /// The number of these that are recorded, which are the first ones.
    pub(crate) fn kept_width(&self, replicate: u32) -> usize {
        let is_kept = |observable: &&Observable| observable.kept == Kept::EveryReplicate || replicate == 0;
        self.observables.iter().filter(is_kept).map(Observable::size).sum()
    }

    /// Where the values of an observable begin among those of a task.
    pub fn offset(&self, observable: &str) -> Option<usize> {
        find(self.observables, observable).map(|(_, offset)| offset)
    }
}

/// The index of an observable, and where its values begin among those of all.
pub(super) fn find(observables: &[Observable], name: &str) -> Option<(usize, usize)> {
    let index = observables.iter().position(|declared| declared.name() == name)?;
    Some((index, observables[..index].iter().map(Observable::size).sum()))
}
