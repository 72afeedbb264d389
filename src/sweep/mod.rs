//! A sweep: what its file means, its tasks, their identities and their random streams.

mod axis;
mod demand;
mod difference;
mod edit;
mod error;
mod excerpt;
mod figure;
mod file;
mod identity;
mod precision;
mod selection;
mod spacing;
pub mod statistics;
mod theory_cells;
mod verdict;

pub use axis::Axis;
pub use demand::Demand;
pub use edit::with_settings;
pub use error::{Problem, SweepError};
pub use figure::FigureChoice;
pub use identity::Identities;
pub use precision::{Extent, Precision, Target};
pub use theory_cells::TheoryCells;
pub use verdict::Verdict;

use std::collections::HashSet;

use crate::experiment::{Cost, Declaration, Experiment, Kept, Observable, Parameters, Value};

/// The most tasks that one sweep may have.
pub(crate) const MAXIMUM_TASKS: u64 = 1_000_000_000;

/// How the random streams of different points are related.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// Every task has its own random numbers.
    Independent,
    /// The same replicate has the same random numbers at every point (common random numbers).
    Paired,
}

impl Streams {
    /// The word in sweep files.
    pub fn name(self) -> &'static str {
        match self {
            Streams::Independent => "independent",
            Streams::Paired => "paired",
        }
    }

    /// The scheme by which tasks are named, of which each kind of streams has its own: a new number where other texts
    /// name them.
    pub fn scheme(self) -> &'static str {
        match self {
            Streams::Independent => "independent 1",
            Streams::Paired => "paired 2",
        }
    }

    /// The scheme of directories that do not name theirs.
    pub(crate) fn first_scheme(self) -> &'static str {
        match self {
            Streams::Independent => "independent 1",
            Streams::Paired => "paired 1",
        }
    }
}

/// A validated sweep: every task of it has parameters that its experiment accepts.
#[derive(Clone)]
pub struct Sweep {
    /// The name, which results directories have by default.
    pub name: String,
    /// One line for people, if the file has one.
    pub title: Option<String>,
    /// What figures draw if nothing else is asked for.
    pub figure: FigureChoice,
    /// What is computed at each point.
    pub experiment: &'static dyn Experiment,
    /// Part of the identity of every task.
    pub seed: u64,
    /// How many replicates every point has, or, with a precision, begins with.
    pub replicates: u32,
    /// What decides how many more there are, if anything does.
    pub precision: Option<Precision>,
    /// The relative standard error that the theory is to have, if the file asks for one. It is not part of the identity
    /// of tasks.
    pub theory_error: Option<f64>,
    /// How random streams are related.
    pub streams: Streams,
    /// First axis slowest.
    pub axes: Vec<Axis>,
    /// The parameters that no axis moves: those of `[fixed]`, and the catalogue's defaults.
    pub base: Parameters,
    /// The parameters that `[fixed]` names, by catalogue position, sorted.
    pub fixed: Vec<usize>,
    /// The file as given.
    pub text: String,
}

/// A task of a sweep: its place in the grid (row-major, first axis slowest, replicate fastest).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Task(pub u32);

impl Sweep {
    /// The number of grid points.
    pub fn points(&self) -> usize {
        self.axes.iter().map(Axis::len).product()
    }

    /// The most replicates that a point can have.
    pub(crate) fn most_replicates(&self) -> u32 {
        self.precision.map_or(self.replicates, |precision| precision.max_replicates)
    }

    /// How many replicates of a point can keep an observable.
    pub(crate) fn replicates_keeping(&self, observable: &Observable) -> usize {
        match observable.kept {
            Kept::EveryReplicate => self.most_replicates() as usize,
            Kept::FirstReplicate => 1,
        }
    }

    /// The number of tasks: points times replicates. With a precision, of those that can be called for.
    pub fn tasks(&self) -> usize {
        self.points() * self.most_replicates() as usize
    }

    /// A replicate of a grid point.
    pub fn task(&self, point: usize, replicate: u32) -> Task {
        Task((point * self.most_replicates() as usize) as u32 + replicate)
    }

    /// The grid point of a task.
    pub(crate) fn point_of(&self, task: Task) -> usize {
        task.0 as usize / self.most_replicates() as usize
    }

    /// Which repetition of its point a task is, from 0.
    pub(crate) fn replicate_of(&self, task: Task) -> u32 {
        task.0 % self.most_replicates()
    }

    /// The index along each axis of a grid point.
    pub(crate) fn indices(&self, point: usize) -> Vec<usize> {
        let lengths: Vec<usize> = self.axes.iter().map(Axis::len).collect();
        unravelled(point, &lengths)
    }

    /// All parameter values of a grid point.
    pub fn parameters(&self, point: usize) -> Parameters {
        let mut parameters = self.base.clone();
        for (axis, index) in self.axes.iter().zip(self.indices(point)) {
            for (position, value) in axis.positions.iter().zip(axis.point(index)) {
                parameters.set(*position, *value);
            }
        }
        parameters
    }

    /// The catalogue entry of the experiment.
    pub fn declaration(&self) -> &'static Declaration {
        self.experiment.declaration()
    }

    /// The expected cost of each task of a point.
    pub fn cost(&self, point: usize) -> Cost {
        // The parameters make sense together, so that an error is the adapter's; the cost is an estimate anyway.
        self.experiment.cost(&self.parameters(point)).unwrap_or_default()
    }

    /// What a task is expected to take on one thread of today.
    pub(crate) fn expected_seconds(&self, task: Task) -> f64 {
        self.cost(self.point_of(task)).seconds
    }

    /// The different values that a parameter takes, in the order of its axis.
    pub(crate) fn values_of(&self, name: &str) -> Vec<Value> {
        let mut seen = HashSet::new();
        let on_axis = |axis: &Axis| Some(axis.column(axis.names.iter().position(|own| *own == name)?));
        let fixed = || self.base.iter().filter(|(own, _)| *own == name).map(|(_, value)| value).collect();
        let values = self.axes.iter().find_map(on_axis).unwrap_or_else(fixed);
        values.into_iter().filter(|value| seen.insert(value.key())).collect()
    }

    /// The names of the swept parameters, sorted.
    pub(crate) fn swept(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.axes.iter().flat_map(|axis| axis.names.iter().copied()).collect();
        names.sort_unstable();
        names
    }
}

/// The index along each of some lengths, the last one fastest.
pub(crate) fn unravelled(place: usize, lengths: &[usize]) -> Vec<usize> {
    let mut rest = place;
    let mut indices = vec![0; lengths.len()];
    for (index, length) in indices.iter_mut().zip(lengths).rev() {
        *index = rest % length;
        rest /= length;
    }
    indices
}

impl std::fmt::Debug for Sweep {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.debug_struct("Sweep").field("name", &self.name).field("axes", &self.axes).finish_non_exhaustive()
    }
}
